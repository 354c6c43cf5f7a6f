import { describe, expect, it } from "vitest";
import { compareTwo } from "../../protocol/statistics/pairwise.ts";
import { found } from "../support/determination.ts";

const a = found("A", "10.08", { U: "0.06", k: "2" });
const b = found("B", "10.00", { U: "0.02", k: "2" });

describe("two laboratories", () => {
  it("differ if their difference is more than their uncertainties explain", () => {
    expect(compareTwo(a, b)).toEqual({
      verdict: "differ",
      reason: "en-above-1",
      unit: "mg/kg",
      k: "2",
      difference: { value: 0.08, text: "0.0800000" },
      combinedU: { value: Math.sqrt(0.004), text: "0.0632456" },
      en: { value: Math.sqrt(1.6), text: "1.26491" },
      enAsStated: { value: Math.sqrt(1.6), text: "1.26491" },
      caveats: [],
    });
  });

  it("agree at exactly 1, and no further", () => {
    // 3-4-5: a difference of 0.5 against U of 0.3 and 0.4, none of which is a double.
    const left = found("A", "1.5", { U: "0.3", k: "2" });
    const right = found("B", "1.0", { U: "0.4", k: "2" });
    expect(compareTwo(left, right)).toMatchObject({ verdict: "agree", reason: "en-at-most-1", en: { value: 1 } });
    const further = { ...left, value: "1.50000000000000000000000000000000000001" };
    expect(compareTwo(further, right)).toMatchObject({ verdict: "differ", en: { value: 1 } });
  });

  it("are brought to k = 2 first", () => {
    const half = { ...a, U: "0.03", k: "1" };
    const third = { ...b, U: "0.03", k: "3" };
    expect(compareTwo(half, third)).toMatchObject({
      en: { value: Math.sqrt(1.6) },
      enAsStated: { text: "1.88562" },
    });
  });

  it("are brought to one unit, exactly", () => {
    const percent = found("A", "0.001008", { U: "0.000006", k: "2", unit: "% by mass" });
    const ppb = found("B", "10000", { U: "20", k: "2", unit: "ppb" });
    expect(compareTwo(percent, ppb)).toMatchObject({ unit: "mg/kg", en: { value: Math.sqrt(1.6) } });
  });

  it("remain undecided without an uncertainty", () => {
    const without = found("B", "10.00");
    expect(compareTwo(a, without)).toMatchObject({ verdict: "inconclusive", reason: "no-uncertainty" });
    expect(compareTwo(a, without)).not.toHaveProperty("en");
    const noK = found("B", "10.00", { U: "0.02" });
    expect(compareTwo(a, noK)).toMatchObject({ verdict: "inconclusive", reason: "no-coverage-factor" });
    const zero = { U: "0", k: "2" };
    const zeros = compareTwo(found("A", "1", zero), found("B", "1", zero));
    expect(zeros).toMatchObject({ verdict: "inconclusive", reason: "zero-uncertainty", difference: { text: "0" } });
  });
});

describe("a censored result", () => {
  const U = { U: "2", k: "2" };

  it.each([
    ["<5", "<0.5", "compatible", "both-below"],
    [">5", ">50", "compatible", "both-above"],
    ["<5", ">4", "compatible", "limits-overlap"],
    ["<5", ">5", "differ", "limits-apart"],
    ["<5", ">6", "differ", "limits-apart"],
    ["<5", "4", "compatible", "value-within-limit"],
    ["<5", "5", "compatible", "value-within-limit"],
    ["<5", "7", "compatible", "value-within-limit-by-uncertainty"],
    ["<5", "7.01", "differ", "value-beyond-limit"],
    [">5", "6", "compatible", "value-within-limit"],
    [">5", "3", "compatible", "value-within-limit-by-uncertainty"],
    [">5", "2.99", "differ", "value-beyond-limit"],
  ])("of %s against %s ± 2: %s, %s", (one, other, verdict, reason) => {
    const [left, right] = [found("A", one, U), found("B", other, U)];
    expect(compareTwo(left, right)).toMatchObject({ verdict, reason });
    expect(compareTwo(right, left)).toMatchObject({ verdict, reason });
    expect(compareTwo(left, right)).not.toHaveProperty("en");
  });

  it("against a value without uncertainty beyond its limit leaves it open", () => {
    expect(compareTwo(found("A", "<5"), found("B", "5.01"))).toMatchObject({
      verdict: "inconclusive",
      reason: "no-uncertainty",
    });
    expect(compareTwo(found("A", "<5"), found("B", "5.01", { U: "1" }))).toMatchObject({
      verdict: "inconclusive",
      reason: "no-coverage-factor",
    });
  });

  it("with a U of its own does not count it", () => {
    expect(compareTwo(found("A", "<5", { U: "5", k: "2" }), found("B", "7.01", U))).toMatchObject({
      verdict: "differ",
    });
  });
});

describe("what may not be compared", () => {
  it.each([
    ["method", { method: "ASTM F963" }, "EN 71-3", "ASTM F963"],
    ["standard", { standard: "GB 6675.4" }, "EN 71-3", "GB 6675.4"],
    ["clause", { clause: "4.3" }, "4.2", "4.3"],
    ["category", { category: "I" }, "III", "I"],
    ["extraction", { extraction: "total digestion" }, "0.07 mol/l HCl", "total digestion"],
    ["analyte", { analyte: "Cadmium" }, "Lead", "Cadmium"],
    ["unit-dimension", { unit: "mg/l" }, "mg/kg", "mg/l"],
    ["unknown-unit", { unit: "drops" }, "drops", "mg/kg"],
  ])("is refused for its %s, with both texts", (reason, parts, ...texts) => {
    const full = { standard: "EN 71-3", clause: "4.2", category: "III", extraction: "0.07 mol/l HCl" };
    const result = compareTwo(found("A", "1", full), found("B", "1", { ...full, ...parts }));
    expect(result).toMatchObject({ verdict: "refused", refusals: [{ reason }] });
    const between = "refusals" in result ? result.refusals[0]?.between : [];
    expect(between?.map(({ text }) => text)).toEqual(texts);
    expect(between?.map(({ laboratory }) => laboratory).toSorted()).toEqual(["A", "B"]);
  });

  it.each([
    ["value", { value: "1,5" }, "1,5"],
    ["U", { U: "-1", k: "2" }, "-1"],
    ["k", { U: "1", k: "0" }, "0"],
    ["loq", { loq: "n.d." }, "n.d."],
  ])("is a number that is none: %s", (field, parts, text) => {
    expect(compareTwo(found("A", "1", parts), found("B", "1"))).toEqual({
      verdict: "refused",
      refusals: [{ reason: "not-a-number", field, between: [{ laboratory: "A", text }] }],
    });
  });

  it("is refused for everything that is wrong at once", () => {
    const result = compareTwo(found("A", "x"), found("B", "1", { method: "ASTM F963", unit: "mm", analyte: "Lid" }));
    const reasons = "refusals" in result ? result.refusals.map(({ reason }) => reason) : [];
    expect(reasons).toEqual(["not-a-number", "analyte", "method", "unit-dimension"]);
  });

  it("is decided by CAS numbers where both have one, else by names", () => {
    const cas = "7439-92-1";
    expect(compareTwo(found("A", "1", { cas }), found("B", "1", { cas, analyte: "铅" })).verdict).toBe("inconclusive");
    expect(compareTwo(found("A", "1", { cas }), found("B", "1", { cas: "7440-43-9" })).verdict).toBe("refused");
    expect(compareTwo(found("A", "1", { cas }), found("B", "1", { analyte: "铅" })).verdict).toBe("refused");
  });

  it("is not what is written with other spaces or in other case", () => {
    expect(compareTwo(a, { ...b, method: "en71-3" })).toMatchObject({ verdict: "differ", caveats: [] });
  });
});

describe("what a reader must know", () => {
  it.each([
    ["absent-on-one-side", { category: "III" }],
    ["absent-on-one-side", { edition: "2019" }],
    ["coverage-differs", { coverageProbability: "0.99" }],
    ["below-own-loq", { loq: "10.09" }],
    ["same-laboratory", { laboratory: "B" }],
  ])("is said: %s", (caveat, parts) => {
    const other = { ...b, coverageProbability: "0.95" };
    expect(compareTwo({ ...a, ...parts }, other)).toMatchObject({ verdict: "differ", caveats: [{ caveat }] });
  });

  it("is said of other editions, and of a unit that only its text names", () => {
    const result = compareTwo({ ...a, edition: "2013", unit: "drops" }, { ...b, edition: "2019", unit: "drops" });
    expect(result).toMatchObject({
      verdict: "differ",
      caveats: [
        {
          caveat: "edition-differs",
          between: [
            { laboratory: "A", text: "2013" },
            { laboratory: "B", text: "2019" },
          ],
        },
        { caveat: "unit-not-known" },
      ],
    });
  });
});
