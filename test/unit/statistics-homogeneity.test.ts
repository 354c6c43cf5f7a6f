import { describe, expect, it } from "vitest";
import type { Duplicate } from "../../protocol/statistics/homogeneity.ts";
import { homogeneity } from "../../protocol/statistics/homogeneity.ts";

// Averages 9, 10, 11, each twice; ranges 0.2 throughout: s_x² = 0.8, s_w² = 0.02, s_s² = 0.79.
const SIX: readonly Duplicate[] = [
  ["8.9", "9.1"],
  ["10.1", "9.9"],
  ["10.9", "11.1"],
  ["9.1", "8.9"],
  ["9.9", "10.1"],
  ["11.1", "10.9"],
];

describe("homogeneity", () => {
  it("is the spread of samples without that within them", () => {
    expect(homogeneity(SIX, "1")).toEqual({
      mean: { value: 10, text: "10.0000" },
      sx: { value: Math.sqrt(0.8), text: "0.894427" },
      sw: { value: Math.sqrt(0.02), text: "0.141421" },
      ss: { value: Math.sqrt(0.79), text: "0.888819" },
      criterion: { limit: { value: 0.3, text: "0.300000" }, isMet: false },
    });
  });

  it("is met at exactly 0.3 sigma", () => {
    // s_x² = 0.09 and nothing within: s_s = 0.3.
    const samples: Duplicate[] = [
      ["0.7", "0.7"],
      ["1", "1"],
      ["1.3", "1.3"],
    ];
    expect(homogeneity(samples, "1").criterion.isMet).toBe(true);
    expect(homogeneity(samples, "0.99999999999999999999").criterion.isMet).toBe(false);
  });

  it("between samples is zero where repeatability explains more than all", () => {
    const found = homogeneity(
      [
        ["1", "2"],
        ["2", "1"],
        ["1", "2"],
      ],
      "0.1",
    );
    expect(found.ss).toEqual({ value: 0, text: "0" });
    expect(found.criterion.isMet).toBe(true);
  });

  it("by the expanded criterion allows for the test's own error", () => {
    // Seven samples: c = 2.10 · 0.09 + 1.43 · 0.02 = 0.2176, above 0.09.
    const samples = ["9.6", "9.7", "9.8", "10", "10.2", "10.3", "10.4"].map((text): Duplicate => {
      const value = Number(text);
      return [(value - 0.1).toFixed(1), (value + 0.1).toFixed(1)];
    });
    const found = homogeneity(samples, "1");
    // s_x² = 0.58 / 6, s_s² = 0.0867 < 0.09.
    expect(found).toMatchObject({ ss: { text: "0.294392" }, criterion: { isMet: true } });
    expect(found.expanded).toMatchObject({ limit: { text: "0.466476" }, isMet: true });
    expect(homogeneity(samples, "0.98")).toMatchObject({ criterion: { isMet: false }, expanded: { isMet: true } });
  });

  it("has an expanded criterion for 7 to 20 samples only", () => {
    const of = (count: number) =>
      homogeneity(
        Array.from({ length: count }, (): Duplicate => ["1", "1"]),
        "1",
      );
    expect([6, 7, 20, 21].map((count) => "expanded" in of(count))).toEqual([false, true, true, false]);
  });

  it.each([
    [[["1", "1"]], "1", "STATISTICS_COUNT"],
    [Array.from({ length: 513 }, () => ["1", "1"]), "1", "STATISTICS_COUNT"],
    [
      [
        ["1", "1"],
        ["1", "x"],
      ],
      "1",
      "STATISTICS_NUMBER_MALFORMED",
    ],
    [
      [
        ["1", "1"],
        ["1", "1"],
      ],
      "0",
      "STATISTICS_NUMBER_MALFORMED",
    ],
  ] as [Duplicate[], string, string][])("is not computed of that", (samples, sigma, code) => {
    expect(() => homogeneity(samples, sigma)).toThrow(expect.objectContaining({ code }));
  });
});
