import { isDecimalText, isPositiveDecimalText, isUnsignedDecimalText } from "../record/decimal-text.ts";
import type { Fraction } from "./fraction.ts";
import { divide, multiply, parseFraction } from "./fraction.ts";

/**
 * One result of one laboratory, as plain data; decimals are text as in records, each in `unit`.
 *
 *     { laboratory: "Example Product Laboratory", analyte: "Lead", cas: "7439-92-1", comparator: "=", value: "412",
 *       unit: "mg/kg", U: "45", k: "2", method: "EN 71-3", standard: "EN 71-3", category: "III" }
 */
export type Determination = {
  readonly laboratory: string;
  readonly analyte: string;
  readonly cas?: string;
  /** `<`: the true value is below `value`, as below a limit of quantification; `>`: it is above, as beyond a range. */
  readonly comparator: "=" | "<" | ">";
  readonly value: string;
  readonly unit: string;
  /** Expanded uncertainty, U = k · u, as the laboratory states it. */
  readonly U?: string;
  readonly k?: string;
  /** Such as "0.95". */
  readonly coverageProbability?: string;
  readonly loq?: string;
  /** The standard by which it was measured, and its edition. */
  readonly method?: string;
  readonly edition?: string;
  /** What the product was held against. */
  readonly standard?: string;
  readonly clause?: string;
  /** Of the material, such as "III" in EN 71-3. */
  readonly category?: string;
  /** Extraction or other preparation on which the value depends. */
  readonly extraction?: string;
};

/** The numbers of a determination, exact and in the common unit. */
export type Reading = {
  readonly determination: Determination;
  readonly value: Fraction;
  readonly uncertainty: Uncertainty;
};

/** Expanded uncertainty: as stated, and brought to k = 2, that is 2 · U / k; or why there is none. */
export type Uncertainty = KnownUncertainty | { readonly absent: "no-uncertainty" | "no-coverage-factor" };

export type KnownUncertainty = { readonly stated: Fraction; readonly expanded: Fraction };

/** The coverage factor to which expanded uncertainties are brought, so that like is compared with like: about 95 %. */
export const COMMON_K = "2";

/** The fields with a number that is none, or with a sign that it cannot have. */
export function malformedNumbers(determination: Determination): readonly ("value" | "U" | "k" | "loq")[] {
  const { value, U, k, loq } = determination;
  return [
    ...(isDecimalText(value) ? [] : ["value" as const]),
    ...(U === undefined || isUnsignedDecimalText(U) ? [] : ["U" as const]),
    ...(k === undefined || isPositiveDecimalText(k) ? [] : ["k" as const]),
    ...(loq === undefined || isUnsignedDecimalText(loq) ? [] : ["loq" as const]),
  ];
}

/** `factor`: how many common units make one of the determination's; its numbers are well-formed. */
export function readDetermination(determination: Determination, factor: Fraction): Reading {
  return {
    determination,
    value: multiply(parseFraction(determination.value), factor),
    uncertainty: readUncertainty(determination, factor),
  };
}

/** `STATISTICS_NUMBER_MALFORMED` for a malformed U, and for a k that is malformed or zero. */
export function readUncertainty(
  { U, k }: { readonly U?: string | undefined; readonly k?: string | undefined },
  factor: Fraction,
): Uncertainty {
  if (U === undefined) return { absent: "no-uncertainty" };
  if (k === undefined) return { absent: "no-coverage-factor" };
  const stated = multiply(parseFraction(U), factor);
  return { stated, expanded: divide(multiply(stated, parseFraction(COMMON_K)), parseFraction(k)) };
}

/** An uncertainty that was computed, not stated by a laboratory; `factor`: the k with which it is to be stated. */
export function computedUncertainty(standard: Fraction, factor = parseFraction(COMMON_K)): KnownUncertainty {
  return { stated: multiply(standard, factor), expanded: multiply(standard, parseFraction(COMMON_K)) };
}

/** In this order they decide. */
const SORTED_BY = [
  "laboratory",
  "analyte",
  "cas",
  "comparator",
  "value",
  "unit",
  "U",
  "k",
  "coverageProbability",
  "loq",
  "method",
  "edition",
  "standard",
  "clause",
  "category",
  "extraction",
] as const satisfies readonly (keyof Determination)[];

/**
 * The order of everything that depends on one: by laboratory, then by each other field, as strings of UTF-16 units, an
 * absent one first. Who has the same determinations in another order finds the same result.
 */
export function compareDeterminations(a: Determination, b: Determination): number {
  for (const field of SORTED_BY) {
    const [left, right] = [a[field], b[field]];
    if (left === right) continue;
    return left === undefined || (right !== undefined && left < right) ? -1 : 1;
  }
  return 0;
}
