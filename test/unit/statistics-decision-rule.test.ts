import { describe, expect, it } from "vitest";
import { judge } from "../../protocol/statistics/decision-rule.ts";
import { found } from "../support/determination.ts";

const SIMPLE = { rule: "simple-acceptance" } as const;
const GUARD_U = { rule: "guard-band" } as const;
const GUARD_1 = { rule: "guard-band", width: "1" } as const;
const UPPER = { upper: "10", unit: "mg/kg" };
const LOWER = { lower: "10", unit: "mg/kg" };

describe("a decision rule", () => {
  it.each([
    ["10", UPPER, SIMPLE, "pass", "within-limits"],
    ["10.01", UPPER, SIMPLE, "fail", "beyond-limit"],
    ["10", LOWER, SIMPLE, "pass", "within-limits"],
    ["9.99", LOWER, SIMPLE, "fail", "beyond-limit"],
    ["8", UPPER, GUARD_U, "pass", "within-limits"],
    ["8.01", UPPER, GUARD_U, "inconclusive", "in-guard-band"],
    ["12", UPPER, GUARD_U, "inconclusive", "in-guard-band"],
    ["12.01", UPPER, GUARD_U, "fail", "beyond-limit"],
    ["12", LOWER, GUARD_U, "pass", "within-limits"],
    ["11.99", LOWER, GUARD_U, "inconclusive", "in-guard-band"],
    ["8", LOWER, GUARD_U, "inconclusive", "in-guard-band"],
    ["7.99", LOWER, GUARD_U, "fail", "beyond-limit"],
    ["9", UPPER, GUARD_1, "pass", "within-limits"],
    ["9.5", UPPER, GUARD_1, "inconclusive", "in-guard-band"],
    ["<10", UPPER, SIMPLE, "pass", "within-limits"],
    ["<10.1", UPPER, SIMPLE, "inconclusive", "censored-across-limit"],
    ["<10", UPPER, GUARD_U, "pass", "within-limits"],
    ["<10", UPPER, GUARD_1, "inconclusive", "censored-across-limit"],
    ["<9", UPPER, GUARD_1, "pass", "within-limits"],
    [">10", UPPER, SIMPLE, "fail", "beyond-limit"],
    [">9.9", UPPER, SIMPLE, "inconclusive", "censored-across-limit"],
    ["<10", LOWER, SIMPLE, "fail", "beyond-limit"],
    ["<10.1", LOWER, SIMPLE, "inconclusive", "censored-across-limit"],
    [">10", LOWER, SIMPLE, "pass", "within-limits"],
    [">9.9", LOWER, SIMPLE, "inconclusive", "censored-across-limit"],
    [">10.5", UPPER, GUARD_1, "inconclusive", "censored-across-limit"],
    [">11", UPPER, GUARD_1, "fail", "beyond-limit"],
  ] as const)("%s ± 2 against %j by %j: %s, %s", (value, limits, rule, verdict, reason) => {
    // U = 3 with k = 3 is 2 with k = 2.
    expect(judge(found("A", value, { U: "3", k: "3" }), limits, rule)).toMatchObject({ verdict, reason });
  });

  it("says where acceptance ends", () => {
    const limits = { lower: "0.001", upper: "0.003", unit: "% by mass" };
    expect(judge(found("A", "20", { U: "2", k: "2" }), limits, GUARD_U)).toEqual({
      verdict: "pass",
      reason: "within-limits",
      unit: "mg/kg",
      acceptance: { lower: { value: 12, text: "12.0000" }, upper: { value: 28, text: "28.0000" } },
    });
  });

  it("with two limits fails by one, and passes by both", () => {
    const limits = { lower: "10", upper: "20", unit: "mg/kg" };
    const verdictOf = (value: string) => judge(found("A", value), limits, GUARD_1).verdict;
    expect(["8", "10", "15", "20.5", "22"].map(verdictOf)).toEqual([
      "fail",
      "inconclusive",
      "pass",
      "inconclusive",
      "fail",
    ]);
  });

  it("that needs an uncertainty leaves it open without one", () => {
    expect(judge(found("A", "1"), UPPER, GUARD_U)).toEqual({
      verdict: "inconclusive",
      reason: "no-uncertainty",
      unit: "mg/kg",
    });
    expect(judge(found("A", "1", { U: "1" }), UPPER, GUARD_U)).toMatchObject({ reason: "no-coverage-factor" });
  });

  it("refuses a limit in another dimension, an unknown unit, and what is no number", () => {
    const limit = (unit: string) => ({ upper: "10", unit });
    expect(judge(found("A", "1"), limit("mg/l"), SIMPLE)).toEqual({
      verdict: "refused",
      refusals: [
        {
          reason: "unit-dimension",
          between: [{ laboratory: "A", text: "mg/kg" }, { text: "mg/l" }],
        },
      ],
    });
    expect(judge(found("A", "1"), limit("drops"), SIMPLE)).toMatchObject({ refusals: [{ reason: "unknown-unit" }] });
    expect(judge(found("A", "one"), UPPER, SIMPLE)).toMatchObject({ refusals: [{ reason: "not-a-number" }] });
  });

  it.each([
    [{ unit: "mg/kg" }, SIMPLE, "STATISTICS_OPTIONS"],
    [{ lower: "2", upper: "1", unit: "mg/kg" }, SIMPLE, "STATISTICS_OPTIONS"],
    [{ upper: "ten", unit: "mg/kg" }, SIMPLE, "STATISTICS_NUMBER_MALFORMED"],
    [UPPER, { rule: "guard-band", width: "-1" } as const, "STATISTICS_NUMBER_MALFORMED"],
  ])("is not applied to %j by %j", (limits, rule, code) => {
    expect(() => judge(found("A", "1"), limits, rule)).toThrow(expect.objectContaining({ code }));
  });
});
