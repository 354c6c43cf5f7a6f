import type { CensoredResult } from "./censored.ts";
import { compareCensored } from "./censored.ts";
import type { Caveat, Refusal } from "./comparable.ts";
import { comparable } from "./comparable.ts";
import type { Determination, Reading } from "./determination.ts";
import { COMMON_K } from "./determination.ts";
import type { Figure } from "./figure.ts";
import { figureOfFraction } from "./figure.ts";
import { subtract } from "./fraction.ts";
import type { Absent } from "./scores.ts";
import { enScore } from "./scores.ts";

/** What two laboratories have found of one thing. */
export type Pairwise =
  | { readonly verdict: "refused"; readonly refusals: readonly Refusal[] }
  | (Compared & CensoredResult)
  | (Compared & Measured);

type Compared = {
  readonly unit: string;
  /** The coverage factor to which every expanded uncertainty was brought. */
  readonly k: typeof COMMON_K;
  readonly caveats: readonly Caveat[];
};

type Measured = { readonly difference: Figure } & (
  | { readonly verdict: "inconclusive"; readonly reason: Absent["absent"] }
  | {
      readonly verdict: "agree" | "differ";
      readonly reason: "en-at-most-1" | "en-above-1";
      /** √(U_a² + U_b²), both at k = 2, in `unit`. */
      readonly combinedU: Figure;
      readonly en: Figure;
      /** With the uncertainties as stated, whatever their k; it decides nothing. */
      readonly enAsStated: Figure;
    }
);

/**
 * E_n of two laboratories, (x_a − x_b) / √(U_a² + U_b²), and what follows: ISO 13528:2022, 9.7, with the other laboratory
 * in the place of the assigned value. Exchanging the two changes only the signs of the difference and of E_n.
 */
export function compareTwo(a: Determination, b: Determination): Pairwise {
  const found = comparable([a, b]);
  if (!("read" in found)) return { verdict: "refused", refusals: found.refusals };
  const compared: Compared = { unit: found.unit, k: COMMON_K, caveats: found.caveats };
  const [first, second] = [found.read(a), found.read(b)];
  return a.comparator === "=" && b.comparator === "="
    ? { ...compared, ...measured(first, second) }
    : { ...compared, ...compareCensored(sided(first), sided(second)) };
}

function measured(first: Reading, second: Reading): Measured {
  const exact = subtract(first.value, second.value);
  const difference = figureOfFraction(exact);
  const en = enScore(exact, first.uncertainty, second.uncertainty);
  if ("absent" in en) return { difference, verdict: "inconclusive", reason: en.absent };
  const { verdict, combinedU, asStated: enAsStated, value, text } = en;
  const reason = verdict === "agree" ? "en-at-most-1" : "en-above-1";
  return { difference, verdict, reason, combinedU, en: { value, text }, enAsStated };
}

function sided({ determination, value, uncertainty }: Reading) {
  return { comparator: determination.comparator, value, uncertainty };
}
