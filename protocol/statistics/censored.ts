import type { KnownUncertainty, Reading } from "./determination.ts";
import type { Fraction } from "./fraction.ts";
import { add, compare, subtract } from "./fraction.ts";

/** Why a comparison in which at least one side is `<` or `>` ends as it does. */
type CensoredReason =
  | "both-below"
  | "both-above"
  /** One is said to lie below what the other is said to lie above. */
  | "limits-overlap"
  | "limits-apart"
  /** The value, or the value less or plus its U at k = 2, lies on the side of the limit on which the other result lies. */
  | "value-within-limit"
  | "value-within-limit-by-uncertainty"
  | "value-beyond-limit"
  /** The value lies beyond the limit, and without an uncertainty nobody can say whether that means anything. */
  | "no-uncertainty"
  | "no-coverage-factor";

/** `compatible` is less than `agree`: nothing contradicts, and nothing was confirmed. */
export type CensoredResult = {
  readonly verdict: "compatible" | "differ" | "inconclusive";
  readonly reason: CensoredReason;
};

type Sided = Pick<Reading, "value" | "uncertainty"> & { readonly comparator: "=" | "<" | ">" };

/** At least one of the two is `<` or `>`. Its limit is taken as it stands: it has no uncertainty of its own here. */
export function compareCensored(a: Sided, b: Sided): CensoredResult {
  if (a.comparator === "=") return valueAgainst(a, b);
  if (b.comparator === "=") return valueAgainst(b, a);
  if (a.comparator === b.comparator)
    return { verdict: "compatible", reason: a.comparator === "<" ? "both-below" : "both-above" };
  const [below, above] = a.comparator === "<" ? [a, b] : [b, a];
  // Below 5 and above 5 have no value in common.
  return compare(above.value, below.value) < 0
    ? { verdict: "compatible", reason: "limits-overlap" }
    : { verdict: "differ", reason: "limits-apart" };
}

function valueAgainst(measured: Sided, censored: Sided): CensoredResult {
  const isBelow = censored.comparator === "<";
  if (isWithin(measured.value, censored.value, isBelow)) return { verdict: "compatible", reason: "value-within-limit" };
  const { uncertainty } = measured;
  if ("absent" in uncertainty) return { verdict: "inconclusive", reason: uncertainty.absent };
  return isWithin(nearEnd(measured.value, uncertainty, isBelow), censored.value, isBelow)
    ? { verdict: "compatible", reason: "value-within-limit-by-uncertainty" }
    : { verdict: "differ", reason: "value-beyond-limit" };
}

function isWithin(value: Fraction, limit: Fraction, isBelow: boolean): boolean {
  return isBelow ? compare(value, limit) <= 0 : compare(value, limit) >= 0;
}

function nearEnd(value: Fraction, uncertainty: KnownUncertainty, isBelow: boolean): Fraction {
  return isBelow ? subtract(value, uncertainty.expanded) : add(value, uncertainty.expanded);
}
