import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../cli/compare/canonical-json.ts";
import { comparisonLines } from "../../cli/compare/lines.ts";
import { comparisonPage } from "../../cli/compare/page.ts";
import { comparable, comparableKey } from "../../protocol/statistics/comparable.ts";
import { compareReports } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import { type Found, reportOf } from "../support/report.ts";

/** What a record can hold: plain numbers, and the longest, the largest and the smallest. */
const unsigned = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?$/) },
  fc.constantFrom("9".repeat(40), `0.${"0".repeat(37)}1`, "0"),
);
const decimal = fc.oneof(
  { weight: 5, arbitrary: unsigned },
  unsigned.map((text) => `-${text}`.slice(0, 40)),
);
const positive = unsigned.filter((text) => /[1-9]/.test(text));
const unit = fc.constantFrom("mg/kg", "ppb", "% by mass", "mg/l", "drops");
const text = fc.oneof(
  fc.constantFrom("EN 71-3", "en71-3", "ISO 8124-3"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
);

/** A value of `arbitrary`, or an absent key. */
function maybe<K extends string, T>(key: K, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [P in K]?: T }> {
  return fc
    .option(arbitrary, { nil: undefined })
    .map((value) => (value === undefined ? {} : { [key]: value })) as never;
}

const found: fc.Arbitrary<Partial<Found>> = fc
  .tuple(
    fc.record({
      measurand: fc.constantFrom(
        { name: "Lead" },
        { name: "Lead", cas: "7439-92-1" },
        { name: "Blei", cas: "7439-92-1" },
      ),
      material: fc.constantFrom("red paint", "Red Paint", "wheel"),
      method: fc.tuple(maybe("standard", text), maybe("preparation", text)).map(([a, b]) => ({ ...a, ...b })),
      result: fc.record({
        comparator: fc.constantFrom("=" as const, "=" as const, "<" as const, ">" as const),
        value: decimal,
        unit,
      }),
      uncertainty: fc.record({ U: unsigned, k: positive }),
      decisionRule: fc.constantFrom("simple-acceptance", "guard-band", "other"),
    }),
    maybe("guardBand", unsigned),
    maybe("limit", fc.record({ kind: fc.constantFrom("maximum", "minimum"), value: decimal, unit, source: text })),
  )
  .map(([one, band, limit]) => ({ ...one, ...band, ...limit }));

const reports: fc.Arbitrary<readonly CitedReport[]> = fc
  .array(fc.tuple(fc.constantFrom("A", "A b", "B", "C", "D"), found), { minLength: 1, maxLength: 8 })
  .map((list) => list.map(([laboratory, change], at) => reportOf(`nvwa.nl:${at}`, laboratory, change)));

describe("comparison of reports", () => {
  it("does not depend on their order by a byte, nor do its lines and its page", () => {
    fc.assert(
      fc.property(
        reports.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length }), fc.boolean()),
        ),
        ([list, shuffled, anyMaterial]) => {
          const [one, other] = [list, shuffled].map((some) => ({
            ...compareReports(some, { anyMaterial }),
            unread: [],
          }));
          if (one === undefined || other === undefined) throw new Error("two were made");
          expect(canonicalJson(other)).toBe(canonicalJson(one));
          const lines = comparisonLines(one, { width: 80, isUnicode: true }).join("\n");
          const page = comparisonPage(one, []);
          expect(lines + page).not.toMatch(/NaN|Infinity|undefined|\[object/);
          expect(comparisonPage(other, [])).toBe(page);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("names every result: it is compared or left out", () => {
    fc.assert(
      fc.property(reports, (list) => {
        const { analytes, leftOut } = compareReports(list, { anyMaterial: false });
        expect(analytes.flatMap(({ results }) => results).length + leftOut.length).toBe(list.length);
      }),
    );
  });

  it("results of one key are never refused beside each other", () => {
    fc.assert(
      fc.property(reports, (list) => {
        const results = compareReports(list, { anyMaterial: true }).analytes.flatMap((one) => one.results);
        const alike = Map.groupBy(
          results.map(({ determination }) => determination),
          comparableKey,
        );
        for (const group of alike.values()) expect(comparable(group).refusals).toEqual([]);
      }),
    );
  });
});
