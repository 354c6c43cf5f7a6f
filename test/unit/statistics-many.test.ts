import { describe, expect, it } from "vitest";
import { compareMany } from "../../protocol/statistics/compare-many.ts";
import { scoresOf } from "../../protocol/statistics/scores.ts";
import { found } from "../support/determination.ts";

const UNCERTAIN = { U: "0.06", k: "2" };

/** Laboratories a, b, c … with these values. */
const labs = (...values: string[]) =>
  values.map((value, index) => found(String.fromCodePoint(0x61 + index), value, UNCERTAIN));

const EIGHT = labs("9.91", "9.96", "9.99", "10.00", "10.02", "10.04", "10.08", "10.60");

const caveats = (result: ReturnType<typeof compareMany>) =>
  "caveats" in result ? result.caveats.map(({ caveat }) => caveat) : [];

describe("many laboratories", () => {
  it("from eight on are held against Algorithm A, third figure", () => {
    const result = compareMany(EIGHT, { sigma: { value: "0.1", unit: "ppm" } });
    expect(result).toMatchObject({
      outcome: "compared",
      unit: "mg/kg",
      k: "2",
      assigned: { by: "algorithm-a", p: 8, value: { text: "10.0170" }, spread: { text: "0.0795277" } },
      sigma: { by: "given", text: "0.100000" },
      algorithmA: { thirdFigure: { iterations: 9 }, converged: { iterations: 43 } },
    });
    // u = 1.25 · 0.0795277 / √8 = 0.0351466: more than 0.3 · 0.1.
    expect(result).toMatchObject({ assigned: { u: { text: "0.0351466" }, U: { text: "0.0702932" } } });
    expect(caveats(result)).toEqual(["laboratories-formed-value", "assigned-value-uncertain"]);
    expect("laboratories" in result && result.laboratories[7]).toMatchObject({
      laboratory: "h",
      formedAssigned: true,
      z: { text: "5.82977", verdict: "unsatisfactory" },
      zPrime: { text: "5.49996", verdict: "unsatisfactory" },
      zeta: { text: "12.6161", verdict: "unsatisfactory" },
      en: { text: "6.30803", verdict: "differ" },
    });
  });

  it("below eight are held against the median and nIQR", () => {
    const result = compareMany(EIGHT.slice(0, 7));
    expect(result).toMatchObject({
      assigned: { by: "median-niqr", p: 7, value: { text: "10.0000" }, spread: { text: "0.0407715" } },
      sigma: { by: "assigned-spread", text: "0.0407715" },
    });
    expect(result).not.toHaveProperty("algorithmA");
    expect(caveats(result)).toEqual(["laboratories-formed-value", "few-laboratories", "assigned-value-uncertain"]);
  });

  it("of which most are equal are scored by the plain standard deviation", () => {
    const result = compareMany(labs("10", "10", "10", "10", "10", "10", "10", "12"));
    expect(result).toMatchObject({
      assigned: { spread: { by: "standard-deviation", text: "0.707107" }, u: { text: "0.312500" } },
      sigma: { by: "assigned-spread", text: "0.707107" },
      algorithmA: { thirdFigure: { stopped: "collapsed" } },
    });
    expect(caveats(result)).toContain("robust-spread-zero");
    expect("laboratories" in result && result.laboratories[7]).toMatchObject({ z: { text: "2.82843" } });
  });

  it("that are all equal have no z", () => {
    const result = compareMany(labs("3", "3", "3"));
    expect(result).not.toHaveProperty("sigma");
    expect("laboratories" in result && result.laboratories[0]).toMatchObject({
      z: { absent: "no-sigma" },
      zPrime: { absent: "no-sigma" },
      en: { value: 0, verdict: "agree" },
    });
  });

  it("that state no uncertainty have z and z′, and no ζ and E_n", () => {
    const result = compareMany(["1", "2", "3"].map((value, index) => found(`lab ${index}`, value)));
    expect("laboratories" in result && result.laboratories[0]).toMatchObject({
      z: { text: "-1.34898" },
      zeta: { absent: "no-uncertainty" },
      en: { absent: "no-uncertainty" },
    });
  });

  it("below their limits do not form the value, and are held against it", () => {
    const result = compareMany([...labs("1.0", "1.1", "1.2"), found("y", "<0.5"), found("z", "<2")]);
    expect(result).toMatchObject({ assigned: { p: 3, value: { text: "1.10000" } } });
    expect("laboratories" in result && result.laboratories.slice(3)).toMatchObject([
      { laboratory: "y", comparator: "<", formedAssigned: false, verdict: "differ", reason: "value-beyond-limit" },
      { laboratory: "z", comparator: "<", formedAssigned: false, verdict: "compatible", reason: "value-within-limit" },
    ]);
    expect(caveats(result)).toContain("censored-left-out");
  });

  it("that are excluded are scored, and do not form the value", () => {
    const result = compareMany(EIGHT, { assigned: "mean", excluded: ["h"] });
    expect(result).toMatchObject({ assigned: { by: "mean", p: 7, value: { text: "10.0000" } } });
    expect("laboratories" in result && result.laboratories[7]).toMatchObject({ formedAssigned: false });
    expect(caveats(result)).toContain("excluded");
  });

  it("of a mean state U with Student's t", () => {
    // s² = 0.02 / 2, u = 0.1 / √3; t(0.975, 2) = 4.303.
    expect(compareMany(labs("1.0", "1.1", "1.2"), { assigned: "mean" })).toMatchObject({
      assigned: { spread: { text: "0.100000" }, u: { text: "0.0577350" }, U: { text: "0.248434" } },
    });
  });

  it.each([
    ["too-few", labs("1", "2"), ["a", "b"]],
    ["too-few", [], []],
    [
      "mostly-censored",
      [...labs("1", "2", "3"), found("x", "<1"), found("y", "<1"), found("z", "<1")],
      ["x", "y", "z"],
    ],
    ["same-laboratory", [...labs("1", "2", "3"), found("b", "2.1")], ["b"]],
  ])("are refused as %s", (reason, list, names) => {
    const result = compareMany(list);
    expect(result).toMatchObject({ outcome: "refused", refusals: [{ reason }] });
    expect("refusals" in result && result.refusals[0]?.between.map(({ laboratory }) => laboratory)).toEqual(names);
  });

  it("are refused where two of them may not be compared", () => {
    const list = [...labs("1", "2", "3"), found("d", "4", { method: "ASTM F963" })];
    expect(compareMany(list)).toMatchObject({
      outcome: "refused",
      refusals: [{ reason: "method", between: [{ laboratory: "a" }, { laboratory: "d", text: "ASTM F963" }] }],
    });
  });

  it.each([
    [{ excluded: ["nobody"] }, "STATISTICS_OPTIONS"],
    [{ sigma: { value: "1", unit: "mm" } }, "STATISTICS_OPTIONS"],
    [{ sigma: { value: "0", unit: "mg/kg" } }, "STATISTICS_NUMBER_MALFORMED"],
  ])("are not compared with %j", (options, code) => {
    expect(() => compareMany(EIGHT, options)).toThrow(expect.objectContaining({ code }));
  });

  it("are at most 512", () => {
    const list = Array.from({ length: 513 }, (_, index) => found(`lab ${index}`, "1"));
    expect(() => compareMany(list)).toThrow(expect.objectContaining({ code: "STATISTICS_COUNT" }));
  });

  it("lists laboratories by name, also where one name begins with another", () => {
    const listed = compareMany([found("A b", "10"), found('A"', "10.2"), found("A", "10.1"), found("A!", "9.9")]);
    expect("laboratories" in listed && listed.laboratories.map(({ laboratory }) => laboratory)).toEqual([
      "A",
      "A b",
      "A!",
      'A"',
    ]);
  });
});

describe("scores", () => {
  it.each([
    ["12", "satisfactory"],
    ["12.0000000000000000000000001", "questionable"],
    ["12.9999999999999999999999999", "questionable"],
    ["13", "unsatisfactory"],
    ["8", "satisfactory"],
    ["7", "unsatisfactory"],
  ])("of %s, assigned 10, sigma 1: z %s", (value, verdict) => {
    expect(scoresOf({ value }, { value: "10" }, "1").z).toMatchObject({ verdict });
  });

  it("that cannot be computed say why", () => {
    const zero = { value: "1", U: "0", k: "2" };
    expect(scoresOf(zero, zero, "0")).toEqual({
      z: { absent: "zero-sigma" },
      zPrime: { absent: "zero-sigma" },
      zeta: { absent: "zero-uncertainty" },
      en: { absent: "zero-uncertainty" },
    });
    expect(scoresOf({ value: "1", U: "1" }, zero)).toMatchObject({
      z: { absent: "no-sigma" },
      zeta: { absent: "no-coverage-factor" },
    });
    expect(scoresOf(zero, { value: "1" }, "1").zPrime).toEqual({ absent: "no-uncertainty" });
  });

  it.each([
    [{ value: "1", U: "-1", k: "2" }, "1"],
    [{ value: "1", U: "1", k: "-2" }, "1"],
    [{ value: "1", U: "1", k: "0" }, "1"],
    [{ value: "one" }, "1"],
    [{ value: "1" }, "-1"],
  ])("are not computed of %j", (result, sigma) => {
    const malformed = expect.objectContaining({ code: "STATISTICS_NUMBER_MALFORMED" });
    expect(() => scoresOf(result, { value: "1", U: "1", k: "2" }, sigma)).toThrow(malformed);
  });
});
