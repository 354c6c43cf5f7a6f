import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { algorithmA } from "../../protocol/statistics/algorithm-a.ts";
import { compareMany } from "../../protocol/statistics/compare-many.ts";
import { judge } from "../../protocol/statistics/decision-rule.ts";
import type { Determination } from "../../protocol/statistics/determination.ts";
import { roundSignificant } from "../../protocol/statistics/figure.ts";
import { fraction, fromNumber, multiply, parseFraction, toNumber } from "../../protocol/statistics/fraction.ts";
import { homogeneity } from "../../protocol/statistics/homogeneity.ts";
import { compareTwo } from "../../protocol/statistics/pairwise.ts";
import { StatisticsError } from "../../protocol/statistics/statistics-error.ts";

const signed = fc.stringMatching(/^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?$/);
const unsigned = fc.stringMatching(/^(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?$/);
/** The longest, the largest and the smallest that a record can hold, and what is no decimal at all. */
const extreme = fc.constantFrom("9".repeat(40), `-${"9".repeat(39)}`, `0.${"0".repeat(37)}1`, "0", "-0");
const junk = fc.constantFrom("", "NaN", "Infinity", "1e400", "--1", "1".repeat(41));
const anyText = fc.oneof({ weight: 6, arbitrary: signed }, { weight: 2, arbitrary: extreme }, junk);

const unit = fc.constantFrom("mg/kg", "ppb", "% by mass", "mg/l", "drops", "");
const comparator = fc.constantFrom("=" as const, "=" as const, "<" as const, ">" as const);

const wild: fc.Arbitrary<Determination> = fc.record(
  {
    laboratory: fc.constantFrom("A", "B", "C", "D", "E", "F"),
    analyte: fc.constant("Lead"),
    comparator,
    value: anyText,
    unit,
    U: anyText,
    k: anyText,
    loq: anyText,
    category: fc.constantFrom("I", "III"),
  },
  { requiredKeys: ["laboratory", "analyte", "comparator", "value", "unit"] },
);

const tame: fc.Arbitrary<Determination> = fc.record({
  laboratory: fc.string({ minLength: 1, maxLength: 4 }),
  analyte: fc.constant("Lead"),
  comparator: fc.constant("=" as const),
  value: signed,
  unit: fc.constantFrom("mg/kg", "µg/kg", "g/kg"),
  U: unsigned,
  k: fc.constantFrom("1", "2", "2.13"),
});

const round = fc.uniqueArray(tame, { minLength: 3, maxLength: 14, selector: ({ laboratory }) => laboratory });
const values = fc.array(signed, { minLength: 2, maxLength: 20 });
const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });

/** Some rounds take hundreds of iterations, in exact steps. */
const SLOW = { numRuns: 40 };

/** Every number that a result holds, however deep. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbers) : [];
}

/** What `act` finds; nothing if it refuses with an error of its own. */
function attempt(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    expect(error).toBeInstanceOf(StatisticsError);
    return undefined;
  }
}

describe("statistics", () => {
  it("give no NaN, no infinity and no minus zero, whatever they are given", () => {
    const limits = fc.record({ lower: anyText, upper: anyText, unit }, { requiredKeys: ["unit"] });
    const options = fc.record(
      { sigma: fc.record({ value: anyText, unit }), assigned: fc.constantFrom("robust", "mean") },
      { requiredKeys: [] },
    );
    const one = fc.tuple(wild, wild, fc.array(wild, { maxLength: 10 }), limits, anyText, options);
    fc.assert(
      fc.property(one, ([a, b, list, bounds, text, how]) => {
        const distinct = list.map((item, index) => ({ ...item, laboratory: String(index), unit: "mg/kg" }));
        const found = [
          attempt(() => compareTwo(a, b)),
          attempt(() => compareTwo({ ...a, unit: b.unit, category: "I" }, { ...b, category: "I" })),
          attempt(() => compareMany(list, how)),
          attempt(() => compareMany(distinct, how)),
          attempt(() => judge(a, bounds, { rule: "guard-band", width: text })),
          attempt(() => judge(a, bounds, { rule: "guard-band" })),
          attempt(() =>
            homogeneity(
              [
                [a.value, b.value],
                [b.value, text],
              ],
              text,
            ),
          ),
        ];
        const all = numbers(found);
        expect(all.every((value) => Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("do not depend on the order of laboratories, by a single bit", () => {
    const twice = round.chain((list) => fc.tuple(fc.constant(list), shuffled(list)));
    fc.assert(
      fc.property(twice, ([list, other]) => {
        expect(JSON.stringify(compareMany(other))).toBe(JSON.stringify(compareMany(list)));
      }),
      SLOW,
    );
  });

  it("of Algorithm A do not depend on the order of values, by a single bit", () => {
    const twice = values.chain((list) => fc.tuple(fc.constant(list), shuffled(list)));
    fc.assert(
      fc.property(twice, ([list, other]) => {
        expect(algorithmA(other.map(parseFraction))).toEqual(algorithmA(list.map(parseFraction)));
      }),
      SLOW,
    );
  });

  it("refuse two laboratories in the same words in either order", () => {
    const said = (found: ReturnType<typeof compareTwo>) => ("refusals" in found ? found.refusals : found.caveats);
    fc.assert(
      fc.property(wild, wild, (a, b) => {
        expect(said(compareTwo(b, a))).toEqual(said(compareTwo(a, b)));
      }),
    );
  });

  it("refuse in the same words in any order", () => {
    const twice = fc.array(wild, { maxLength: 8 }).chain((list) => fc.tuple(fc.constant(list), shuffled(list)));
    fc.assert(
      fc.property(twice, ([list, other]) => {
        expect(JSON.stringify(attempt(() => compareMany(other)))).toBe(
          JSON.stringify(attempt(() => compareMany(list))),
        );
      }),
    );
  });

  it("of two laboratories change only signs when the two are exchanged", () => {
    fc.assert(
      fc.property(tame, tame, (a, b) => {
        const [one, other] = [compareTwo(a, b), compareTwo(b, a)];
        expect(other.verdict).toBe(one.verdict);
        const en = (found: typeof one): number => ("en" in found ? found.en.value : 0);
        expect(en(other) + en(one)).toBe(0);
        expect("caveats" in other && other.caveats).toEqual("caveats" in one && one.caveats);
      }),
    );
  });

  it("of two laboratories are the same in another unit, by a single bit", () => {
    const inUnit = (one: Determination, name: string, zeros: string): Determination => {
      const scale = (text: string): string => (/[1-9]/.test(text) && !text.includes(".") ? `${text}${zeros}` : "0");
      return { ...one, unit: name, value: scale(one.value), U: scale(one.U ?? "0") };
    };
    fc.assert(
      fc.property(tame, tame, (a, b) => {
        const small = compareTwo(inUnit(a, "mg/kg", "000"), inUnit(b, "mg/kg", "000"));
        const large = compareTwo(inUnit(a, "g/kg", ""), inUnit(b, "g/kg", ""));
        const mixed = compareTwo(inUnit(a, "g/kg", ""), inUnit(b, "mg/kg", "000"));
        expect({ ...mixed, unit: "mg/kg" }).toEqual(small);
        expect("en" in large ? large.en : large.verdict).toEqual("en" in small ? small.en : small.verdict);
      }),
    );
  });

  it("of Algorithm A scale with the values: exactly by two, nearly by any factor", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 999 }), (texts, twos, factor) => {
        const exact = texts.map(parseFraction);
        const scaled = (by: bigint) => algorithmA(exact.map((value) => multiply(value, fraction(by))));
        const [plain, doubled, times] = [algorithmA(exact), scaled(2n ** BigInt(twos)), scaled(BigInt(factor))];
        expect(doubled.converged.s.value).toBe(plain.converged.s.value * 2 ** twos);
        expect(doubled.converged.x.value).toBe(plain.converged.x.value * 2 ** twos);
        expect(doubled.converged.iterations).toBe(plain.converged.iterations);
        const spread = plain.start.s * factor;
        expect(Math.abs(times.converged.s.value - plain.converged.s.value * factor)).toBeLessThanOrEqual(1e-8 * spread);
      }),
      SLOW,
    );
  });

  it("of Algorithm A shift with the values", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -1_000_000, max: 1_000_000 }), (texts, offset) => {
        const exact = texts.map(parseFraction);
        const shift = fraction(BigInt(offset));
        const moved = exact.map(({ numerator, denominator }) =>
          fraction(numerator + shift.numerator * denominator, denominator),
        );
        expect(algorithmA(moved).converged.s).toEqual(algorithmA(exact).converged.s);
      }),
      SLOW,
    );
  });
});

/** Within what `toNumber` takes. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => value === 0 || (Math.abs(value) > 1e-290 && Math.abs(value) < 1e290));

describe("figures", () => {
  it("round as toPrecision does, but for exact ties", () => {
    const count = fc.integer({ min: 1, max: 17 });
    fc.assert(
      fc.property(double, count, (value, digits) => {
        const [ours, theirs] = [roundSignificant(value, digits), value.toPrecision(digits)];
        const distance = (text: string): number => Math.abs(Number(text) - value);
        if (Number(ours) !== Number(theirs)) expect(distance(ours)).toBe(distance(theirs));
        if (value !== 0) expect(ours.replace(/^-?[0.]*/, "").replace(".", "").length).toBeGreaterThanOrEqual(digits);
      }),
      {
        examples: [
          [5.852069711140713e-98, 1],
          [9.996, 3],
          [0.5, 1],
          [2.5, 1],
        ],
      },
    );
  });

  it("of doubles are exact both ways", () => {
    fc.assert(
      fc.property(double, (value) => {
        expect(toNumber(fromNumber(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
