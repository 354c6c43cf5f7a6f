import type { Uncertainty } from "./determination.ts";
import { readUncertainty } from "./determination.ts";
import type { Figure } from "./figure.ts";
import { figureOf, figureOfFraction, rootFigure } from "./figure.ts";
import type { Fraction } from "./fraction.ts";
import { ZERO, add, compare, divide, fraction, multiply, parseFraction, square, subtract } from "./fraction.ts";
import { StatisticsError } from "./statistics-error.ts";

/** |score| ≤ 2, between, ≥ 3: ISO 13528:2022, 9.4.2; ISO/IEC 17043:2023, B.4. */
export type ScoreVerdict = "satisfactory" | "questionable" | "unsatisfactory";

/** |E_n| ≤ 1, and above. */
export type EnVerdict = "agree" | "differ";

export type Absent = {
  readonly absent: "no-sigma" | "zero-sigma" | "no-uncertainty" | "no-coverage-factor" | "zero-uncertainty";
};

type Score = (Figure & { readonly verdict: ScoreVerdict }) | Absent;

type En =
  | (Figure & {
      readonly verdict: EnVerdict;
      /** √(U² + U²), both at k = 2, by which the difference was divided. */
      readonly combinedU: Figure;
      /** E_n with the uncertainties as stated, whatever their k; it decides nothing. */
      readonly asStated: Figure;
    })
  | Absent;

export type Scores = { readonly z: Score; readonly zPrime: Score; readonly zeta: Score; readonly en: En };

/** What is scored, or what it is scored against. */
export type Estimate = { readonly value: Fraction; readonly uncertainty: Uncertainty };

/** An estimate as text, all in one unit. */
type Stated = { readonly value: string; readonly U?: string; readonly k?: string };

/**
 * z, z′, ζ and E_n of a result against an assigned value that it did not help to form; `sigma` is the standard deviation
 * for proficiency assessment, above zero. `STATISTICS_NUMBER_MALFORMED` if a text is not a decimal, or one that cannot be.
 */
export function scoresOf(result: Stated, assigned: Stated, sigma?: string): Scores {
  return scores(readStated(result), readStated(assigned), sigma === undefined ? undefined : parseFraction(sigma));
}

/**
 * As `scoresOf`, exact. Verdicts are decided on the squares, which are fractions; only the figures are rounded.
 * A sigma below zero is `STATISTICS_NUMBER_MALFORMED`.
 */
export function scores(result: Estimate, assigned: Estimate, sigma?: Fraction): Scores {
  const difference = subtract(result.value, assigned.value);
  if (sigma !== undefined && compare(sigma, ZERO) < 0) throw malformed("a standard deviation below zero");
  return {
    z: zScore(difference, sigma),
    zPrime: zPrimeScore(difference, assigned.uncertainty, sigma),
    zeta: zetaScore(difference, result.uncertainty, assigned.uncertainty),
    en: enScore(difference, result.uncertainty, assigned.uncertainty),
  };
}

/** ISO 13528:2022, 9.4: z = (x − x_pt) / σ_pt. No root: the figure is the exact quotient, rounded. */
function zScore(difference: Fraction, sigma: Fraction | undefined): Score {
  if (sigma === undefined) return { absent: "no-sigma" };
  if (sigma.numerator === 0n) return { absent: "zero-sigma" };
  const z = divide(difference, sigma);
  return { ...figureOfFraction(z), verdict: verdictOf(square(z)) };
}

/** ISO 13528:2022, 9.5: z′ = (x − x_pt) / √(σ_pt² + u²(x_pt)). */
function zPrimeScore(difference: Fraction, assigned: Uncertainty, sigma: Fraction | undefined): Score {
  if (sigma === undefined) return { absent: "no-sigma" };
  if ("absent" in assigned) return assigned;
  const variance = add(square(sigma), standardVariance(assigned.expanded));
  return variance.numerator === 0n ? { absent: "zero-sigma" } : scored(difference, variance);
}

/** ISO 13528:2022, 9.6: ζ = (x − x_pt) / √(u²(x) + u²(x_pt)). */
function zetaScore(difference: Fraction, result: Uncertainty, assigned: Uncertainty): Score {
  if ("absent" in result) return result;
  if ("absent" in assigned) return assigned;
  const variance = add(standardVariance(result.expanded), standardVariance(assigned.expanded));
  return variance.numerator === 0n ? { absent: "zero-uncertainty" } : scored(difference, variance);
}

/** ISO 13528:2022, 9.7: E_n = (x − x_pt) / √(U²(x) + U²(x_pt)). */
export function enScore(difference: Fraction, result: Uncertainty, assigned: Uncertainty): En {
  if ("absent" in result) return result;
  if ("absent" in assigned) return assigned;
  const expanded = add(square(result.expanded), square(assigned.expanded));
  // As stated, both are zero exactly if both are at k = 2.
  if (expanded.numerator === 0n) return { absent: "zero-uncertainty" };
  const stated = add(square(result.stated), square(assigned.stated));
  return {
    ...signedRoot(difference, expanded),
    verdict: compare(square(difference), expanded) <= 0 ? "agree" : "differ",
    combinedU: rootFigure(expanded),
    asStated: signedRoot(difference, stated),
  };
}

function scored(difference: Fraction, variance: Fraction): Score {
  const squared = divide(square(difference), variance);
  return { ...signedRoot(difference, variance), verdict: verdictOf(squared) };
}

function verdictOf(squared: Fraction): ScoreVerdict {
  if (compare(squared, fraction(4n)) <= 0) return "satisfactory";
  return compare(squared, fraction(9n)) < 0 ? "questionable" : "unsatisfactory";
}

/** difference / √variance, as the root of one exact quotient: what is at most 1 exactly is at most 1 as a double. */
function signedRoot(difference: Fraction, variance: Fraction): Figure {
  const root = rootFigure(divide(square(difference), variance)).value;
  return figureOf(difference.numerator < 0n ? -root : root);
}

/** u² of U at k = 2. */
function standardVariance(expanded: Fraction): Fraction {
  return multiply(square(expanded), fraction(1n, 4n));
}

function readStated({ value, U, k }: Stated): Estimate {
  if (U?.startsWith("-") === true || k?.startsWith("-") === true) throw malformed("a U or a k below zero");
  return { value: parseFraction(value), uncertainty: readUncertainty({ U, k }, fraction(1n)) };
}

function malformed(message: string): StatisticsError {
  return new StatisticsError("STATISTICS_NUMBER_MALFORMED", message);
}
