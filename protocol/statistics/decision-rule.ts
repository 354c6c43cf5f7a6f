import { isDecimalText, isUnsignedDecimalText } from "../record/decimal-text.ts";
import type { Refusal } from "./comparable.ts";
import { side } from "./comparable.ts";
import type { Determination, Reading } from "./determination.ts";
import { malformedNumbers, readDetermination } from "./determination.ts";
import type { Figure } from "./figure.ts";
import { figureOfFraction } from "./figure.ts";
import type { Fraction } from "./fraction.ts";
import { ZERO, add, compare, fraction, multiply, parseFraction, subtract } from "./fraction.ts";
import { StatisticsError } from "./statistics-error.ts";
import { commonUnit, factorBetween } from "./unit.ts";

/** A value on a limit is good. At least one of the two; `lower` is not above `upper`. */
export type Limits = { readonly lower?: string; readonly upper?: string; readonly unit: string };

/** `width`: in the unit of the determination; U at k = 2 if absent. ILAC-G8:09/2019, 4.2. */
export type DecisionRule =
  | { readonly rule: "simple-acceptance" }
  | { readonly rule: "guard-band"; readonly width?: string };

export type Judgement =
  | { readonly verdict: "refused"; readonly refusals: readonly Refusal[] }
  | {
      readonly verdict: "pass" | "fail" | "inconclusive";
      readonly reason: JudgementReason;
      readonly unit: string;
      /** Where acceptance ends, guard band counted, in `unit`. */
      readonly acceptance?: { readonly lower?: Figure; readonly upper?: Figure };
    };

type JudgementReason =
  | "within-limits"
  | "beyond-limit"
  | "in-guard-band"
  /** `<` or `>`, and the true value may lie on both sides of a limit. */
  | "censored-across-limit"
  /** A guard band of U, and no U or no k. */
  | "no-uncertainty"
  | "no-coverage-factor";

/**
 * Whether a determination is within limits under a decision rule (ISO/IEC 17025:2017, 7.8.6). `STATISTICS_OPTIONS`
 * without a limit, or with the lower above the upper; `STATISTICS_NUMBER_MALFORMED` for a limit that is not a decimal
 * and a width that is not one from zero.
 */
export function judge(determination: Determination, limits: Limits, rule: DecisionRule): Judgement {
  const bounds = readLimits(limits);
  const refusals = refusalsOf(determination, limits);
  const factor = factorBetween(limits.unit, determination.unit);
  if (refusals.length > 0 || factor === undefined) return { verdict: "refused", refusals };
  const reading = readDetermination(determination, fraction(1n));
  const { unit } = determination;
  const width = widthOf(reading, rule);
  if ("absent" in width) return { verdict: "inconclusive", reason: width.absent, unit };
  const found = (["lower", "upper"] as const).flatMap((end) => {
    const bound = bounds[end];
    return bound === undefined ? [] : [{ end, ...judgeOne(reading, end, multiply(bound, factor), width.value) }];
  });
  const acceptance = Object.fromEntries(found.map(({ end, limit }) => [end, figureOfFraction(limit)]));
  return { ...combine(found), unit, acceptance };
}

function readLimits({ lower, upper }: Limits): { readonly lower?: Fraction; readonly upper?: Fraction } {
  for (const text of [lower, upper]) {
    if (text !== undefined && !isDecimalText(text))
      throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "a limit that is not a decimal");
  }
  const bounds = {
    ...(lower === undefined ? {} : { lower: parseFraction(lower) }),
    ...(upper === undefined ? {} : { upper: parseFraction(upper) }),
  };
  if (lower === undefined && upper === undefined) throw new StatisticsError("STATISTICS_OPTIONS", "no limit");
  if (bounds.lower !== undefined && bounds.upper !== undefined && compare(bounds.lower, bounds.upper) > 0)
    throw new StatisticsError("STATISTICS_OPTIONS", "the lower limit is above the upper one");
  return bounds;
}

function refusalsOf(one: Determination, limits: Limits): Refusal[] {
  const numbers = malformedNumbers(one).map((field): Refusal => ({
    reason: "not-a-number",
    field,
    between: [side(one, one[field])],
  }));
  const units = commonUnit([one.unit, limits.unit]);
  if (!("problem" in units)) return numbers;
  return [...numbers, { reason: units.problem, between: [side(one, one.unit), side(undefined, limits.unit)] }];
}

/** A limit of quantification is taken as it stands: a guard band of U is none there, one of a given width is. */
function widthOf({ determination, uncertainty }: Reading, rule: DecisionRule) {
  if (rule.rule === "simple-acceptance") return { value: ZERO };
  if (rule.width !== undefined) {
    if (!isUnsignedDecimalText(rule.width))
      throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "a guard band that is not a decimal from zero");
    return { value: parseFraction(rule.width) };
  }
  if (determination.comparator !== "=") return { value: ZERO };
  return "absent" in uncertainty ? uncertainty : { value: uncertainty.expanded };
}

type Judged = {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly reason: JudgementReason;
  /** Where acceptance ends. */
  readonly limit: Fraction;
};

/** A lower limit is an upper one of what is mirrored at zero. */
function judgeOne({ determination, value }: Reading, end: "lower" | "upper", bound: Fraction, width: Fraction): Judged {
  const { comparator } = determination;
  if (end === "upper") return judgeUpper(comparator, value, bound, width);
  const mirrored = judgeUpper(MIRRORED[comparator], negated(value), negated(bound), width);
  return { ...mirrored, limit: negated(mirrored.limit) };
}

const MIRRORED = { "=": "=", "<": ">", ">": "<" } as const;

function judgeUpper(comparator: "=" | "<" | ">", value: Fraction, bound: Fraction, width: Fraction): Judged {
  const [limit, rejection] = [subtract(bound, width), add(bound, width)];
  if (comparator !== ">" && compare(value, limit) <= 0) return { verdict: "pass", reason: "within-limits", limit };
  if (comparator === "=" && compare(value, rejection) > 0) return { verdict: "fail", reason: "beyond-limit", limit };
  // Above a value that is itself the limit is beyond it.
  if (comparator === ">" && compare(value, rejection) >= 0) return { verdict: "fail", reason: "beyond-limit", limit };
  return { verdict: "inconclusive", reason: comparator === "=" ? "in-guard-band" : "censored-across-limit", limit };
}

/** One failure is enough to fail, and every limit is needed to pass. */
function combine(found: readonly Judged[]): Pick<Judged, "verdict" | "reason"> {
  const decisive =
    found.find(({ verdict }) => verdict === "fail") ?? found.find(({ verdict }) => verdict === "inconclusive");
  return decisive === undefined
    ? { verdict: "pass", reason: "within-limits" }
    : { verdict: decisive.verdict, reason: decisive.reason };
}

function negated(value: Fraction): Fraction {
  return subtract(ZERO, value);
}
