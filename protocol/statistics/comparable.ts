import type { Determination, Reading } from "./determination.ts";
import { compareDeterminations, malformedNumbers, readDetermination } from "./determination.ts";
import { foldText } from "./fold-text.ts";
import { compare, parseFraction } from "./fraction.ts";
import { commonUnit, dimensionOf } from "./unit.ts";

/** Why determinations may not be compared. */
export type RefusalReason =
  | "not-a-number"
  | "analyte"
  | "method"
  | "standard"
  | "clause"
  | "category"
  | "extraction"
  | "unknown-unit"
  | "unit-dimension";

/** What a reader of the comparison must know, although it was made. */
export type CaveatReason =
  /** A field of which the others know something and one does not. */
  | "absent-on-one-side"
  | "edition-differs"
  | "coverage-differs"
  /** A unit that only this text names: the same text was taken for the same unit. */
  | "unit-not-known"
  /** A value with `=` that lies below the laboratory's own limit of quantification. */
  | "below-own-loq"
  /** Results of one laboratory are not independent. */
  | "same-laboratory";

/** One side of a difference: whose it is (of a limit, nobody's), and the text as it stands there (absent where the field is). */
export type Side = { readonly laboratory?: string; readonly text?: string };

export type Refusal = {
  readonly reason: RefusalReason;
  /** Which number is none; only with `not-a-number`. */
  readonly field?: string;
  /** The two that differ; the one that is wrong. */
  readonly between: readonly Side[];
};

export type Caveat = {
  readonly caveat: CaveatReason;
  /** Which field is absent; only with `absent-on-one-side`. */
  readonly field?: string;
  readonly between: readonly Side[];
};

export type Comparable =
  | { readonly refusals: readonly Refusal[] }
  | {
      readonly refusals: readonly [];
      readonly unit: string;
      readonly caveats: readonly Caveat[];
      /** The numbers of one of them, in `unit`. */
      read(determination: Determination): Reading;
    };

/** Fields of which two different texts forbid a comparison: the value depends on them. */
const DECISIVE = ["method", "standard", "clause", "category", "extraction"] as const;

/** Fields of which two different texts are said. */
const SAID = [
  ["edition", "edition-differs"],
  ["coverageProbability", "coverage-differs"],
] as const;

/**
 * Whether all of them may be compared with each other, and with what reservations. A field that none of them has is no
 * difference; one that some have is a caveat; two different ones refuse. All refusals are found, not the first alone.
 */
export function comparable(determinations: readonly Determination[]): Comparable {
  const sorted = determinations.toSorted(compareDeterminations);
  const units = commonUnit(sorted.map((one) => one.unit));
  const refusals = [...wrongNumbers(sorted), ...analyteRefusals(sorted), ...DECISIVE.flatMap(difference)];
  if ("problem" in units) refusals.push({ reason: units.problem, between: units.positions.map(unitSide) });
  if (refusals.length > 0 || "problem" in units) return { refusals };
  return {
    refusals: [],
    unit: units.unit,
    caveats: caveatsOf(sorted, units.isKnown),
    read: (one) => readDetermination(one, units.factorOf(one.unit)),
  };

  function difference(field: (typeof DECISIVE)[number]): Refusal[] {
    const between = differing(sorted, field);
    return between === undefined ? [] : [{ reason: field, between }];
  }

  function unitSide(position: number): Side {
    return side(sorted[position], sorted[position]?.unit);
  }
}

/** All results of one key, with well-formed numbers, may be compared with each other. An absent field is a value of its own here. */
export function comparableKey(one: Determination): string {
  return JSON.stringify([
    one.cas ?? foldText(one.analyte),
    ...DECISIVE.map((field) => foldText(one[field])),
    dimensionOf(one.unit),
  ]);
}

function wrongNumbers(sorted: readonly Determination[]): Refusal[] {
  return sorted.flatMap((one) =>
    malformedNumbers(one).map((field) => ({
      reason: "not-a-number" as const,
      field,
      between: [side(one, one[field])],
    })),
  );
}

/** CAS numbers decide where all have one, since names are in many languages; else names and the CAS numbers there are. */
function analyteRefusals(sorted: readonly Determination[]): Refusal[] {
  const hasAllCas = sorted.every((one) => one.cas !== undefined);
  const between = differing(sorted, "cas") ?? (hasAllCas ? undefined : differing(sorted, "analyte"));
  return between === undefined ? [] : [{ reason: "analyte", between }];
}

function caveatsOf(sorted: readonly Determination[], isUnitKnown: boolean): Caveat[] {
  const absent = [...DECISIVE, "edition" as const].flatMap((field): Caveat[] => {
    const [without, withIt] = [sorted.find((one) => !has(one, field)), sorted.find((one) => has(one, field))];
    if (without === undefined || withIt === undefined) return [];
    return [{ caveat: "absent-on-one-side", field, between: [side(withIt, withIt[field]), side(without, undefined)] }];
  });
  const said = SAID.flatMap(([field, caveat]): Caveat[] => {
    const between = differing(sorted, field);
    return between === undefined ? [] : [{ caveat, between }];
  });
  const [first] = sorted;
  const unit: Caveat[] = isUnitKnown ? [] : [{ caveat: "unit-not-known", between: [side(first, first?.unit)] }];
  const below = sorted
    .filter(isBelowOwnLoq)
    .map((one): Caveat => ({ caveat: "below-own-loq", between: [side(one, one.value)] }));
  const same = sorted
    .filter((one, index) => index > 0 && one.laboratory === sorted[index - 1]?.laboratory)
    .map((one): Caveat => ({ caveat: "same-laboratory", between: [side(one, undefined)] }));
  return [...absent, ...said, ...unit, ...below, ...same];
}

function isBelowOwnLoq({ comparator, value, loq }: Determination): boolean {
  return comparator === "=" && loq !== undefined && compare(parseFraction(value), parseFraction(loq)) < 0;
}

type TextField = (typeof DECISIVE)[number] | "analyte" | "cas" | "edition" | "coverageProbability";

/** The first that has the field, and the first that has another text there. */
function differing(sorted: readonly Determination[], field: TextField): readonly Side[] | undefined {
  const present = sorted.filter((one) => has(one, field));
  const [first] = present;
  const other = present.find((one) => foldText(one[field]) !== foldText(first?.[field]));
  return first === undefined || other === undefined
    ? undefined
    : [side(first, first[field]), side(other, other[field])];
}

function has(one: Determination, field: TextField): boolean {
  return foldText(one[field]) !== "";
}

export function side(one: Determination | undefined, text: string | undefined): Side {
  return { ...(one === undefined ? {} : { laboratory: one.laboratory }), ...(text === undefined ? {} : { text }) };
}
