import { describe, expect, it } from "vitest";
import { algorithmA } from "../../protocol/statistics/algorithm-a.ts";
import { roundSignificant } from "../../protocol/statistics/figure.ts";
import { parseFraction } from "../../protocol/statistics/fraction.ts";

const of = (...texts: string[]) => algorithmA(texts.map(parseFraction));

describe("Algorithm A", () => {
  it("stops at the third figure earlier than at the limit, and gives both", () => {
    const { thirdFigure, converged } = of("9.91", "9.96", "9.99", "10.00", "10.02", "10.04", "10.08", "10.60");
    expect(thirdFigure).toMatchObject({
      stopped: "rule",
      iterations: 9,
      x: { text: "10.0170" },
      s: { text: "0.0795277" },
    });
    expect(converged).toMatchObject({
      stopped: "rule",
      iterations: 43,
      x: { text: "10.0171" },
      s: { text: "0.0796057" },
    });
    expect(converged.trajectory.slice(0, 9)).toEqual(thirdFigure.trajectory);
  });

  it("leaves no value outside of 1.5 s* in s*: 1 and 1000 are drawn in alike", () => {
    const near = of("1", "2", "3", "4", "5", "6", "7", "100");
    const far = of("1", "2", "3", "4", "5", "6", "7", "1000");
    expect(near.converged).toEqual(far.converged);
  });

  it("loses no digits to a large common offset", () => {
    const small = of("0.01", "0.02", "0.03", "0.05", "0.08", "0.13", "0.21", "0.34");
    const offset = of(...["01", "02", "03", "05", "08", "13", "21", "34"].map((end) => `123456789012.${end}`));
    expect(offset.converged.s).toEqual(small.converged.s);
  });

  it("begins with the standard deviation where more than half of the values are equal", () => {
    const found = of("10", "10", "10", "10", "10", "10", "11", "12");
    expect(found).toMatchObject({ startedFrom: "standard-deviation", start: { x: 10 } });
    expect(found.start.s).toBeCloseTo(0.744024, 6);
    expect(found.thirdFigure).toMatchObject({ stopped: "rule", s: { text: "0.546769" } });
  });

  it("says that s* collapsed, and that it is zero", () => {
    const found = of("10", "10", "10", "10", "10", "10", "10", "12");
    expect(found.thirdFigure).toMatchObject({
      stopped: "collapsed",
      s: { value: 0, text: "0" },
      x: { text: "10.0000" },
    });
    expect(found.converged).toMatchObject({ stopped: "collapsed" });
  });

  it("has nothing to do where all values are equal", () => {
    const found = of("0.3", "0.3", "0.3");
    const still = { stopped: "rule", iterations: 0, trajectory: [], x: { value: 0.3 }, s: { value: 0 } };
    expect(found).toMatchObject({ startedFrom: "equal-values", thirdFigure: still, converged: still });
  });

  it("goes on while only x* still changes in its third figure", () => {
    // In the sixth iteration s* reads as before and x* does not.
    const { thirdFigure } = of("-4.3", "4.2", "10.4", "1.2", "-3.0", "-4.3", "4.5", "2.2");
    const figures = thirdFigure.trajectory.map(({ x, s }) => [roundSignificant(x, 3), roundSignificant(s, 3)]);
    expect(figures.slice(4)).toEqual([
      ["1.28", "5.61"],
      ["1.27", "5.61"],
      ["1.27", "5.60"],
      ["1.27", "5.60"],
    ]);
    expect(thirdFigure.iterations).toBe(8);
  });

  it("stops at a thousand iterations where s* only creeps", () => {
    // 28 of 82 drawn in: each iteration multiplies s* by little more than 1.0001.
    const near = Array.from({ length: 54 }, (_, index) => `0.${10 + index}`);
    const far = Array.from({ length: 14 }, () => ["1000000", "-1000000"]).flat();
    const found = of(...near, ...far);
    expect(found.converged).toMatchObject({ stopped: "cap", iterations: 1000 });
    expect(found.thirdFigure.stopped).toBe("rule");
  });

  it("needs two values", () => {
    expect(() => of("1")).toThrow(expect.objectContaining({ code: "STATISTICS_COUNT" }));
  });
});
