import { MAX_COMPARED } from "../limits.ts";
import { isPositiveDecimalText } from "../record/decimal-text.ts";
import type { Figure } from "./figure.ts";
import { figureOfFraction, rootFigure } from "./figure.ts";
import type { Fraction } from "./fraction.ts";
import { ZERO, add, compare, fraction, multiply, parseFraction, square, subtract } from "./fraction.ts";
import { average, meanOf } from "./mean.ts";
import { StatisticsError } from "./statistics-error.ts";

/** Whether samples are alike enough to compare laboratories with: ISO 13528:2022, B.2 and B.3. */
export type Homogeneity = {
  readonly mean: Figure;
  /** Standard deviation of the sample averages, within samples, and between samples. */
  readonly sx: Figure;
  readonly sw: Figure;
  readonly ss: Figure;
  /** s_s ≤ 0.3 σ_pt. */
  readonly criterion: { readonly limit: Figure; readonly isMet: boolean };
  /** s_s² ≤ F1 · (0.3 σ_pt)² + F2 · s_w², which allows for the error of the test itself; for 7 to 20 samples. */
  readonly expanded?: { readonly limit: Figure; readonly isMet: boolean };
};

/** Two results of one sample under repeatability conditions, as decimals in one unit. */
export type Duplicate = readonly [string, string];

const THREE_TENTHS = fraction(3n, 10n);

/** Below two, there is nothing between samples. */
const MIN_SAMPLES = 2;

/**
 * F1 and F2 in hundredths, for 7 to 20 samples in duplicate: Thompson, Ellison and Wood, Pure Appl. Chem. 78 (2006) 145,
 * appendix 1. F1 = χ²(0.95, g − 1) / (g − 1); F2 = (F(0.95, g − 1, g) − 1) / 2.
 */
const FACTORS: ReadonlyMap<number, readonly [bigint, bigint]> = new Map([
  [7, [210n, 143n]],
  [8, [201n, 125n]],
  [9, [194n, 111n]],
  [10, [188n, 101n]],
  [11, [183n, 93n]],
  [12, [179n, 86n]],
  [13, [175n, 80n]],
  [14, [172n, 75n]],
  [15, [169n, 71n]],
  [16, [167n, 68n]],
  [17, [164n, 64n]],
  [18, [162n, 62n]],
  [19, [160n, 59n]],
  [20, [159n, 57n]],
]);

/**
 * `sigma`: σ_pt in the unit of the results. Verdicts are decided on exact squares. `STATISTICS_COUNT` for fewer than 2
 * samples or more than `MAX_COMPARED`; `STATISTICS_NUMBER_MALFORMED` for what is not a decimal, or a sigma not above zero.
 */
export function homogeneity(samples: readonly Duplicate[], sigma: string): Homogeneity {
  if (samples.length < MIN_SAMPLES || samples.length > MAX_COMPARED)
    throw new StatisticsError("STATISTICS_COUNT", `not from ${MIN_SAMPLES} to ${MAX_COMPARED} samples`);
  if (!isPositiveDecimalText(sigma))
    throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "sigma is not a decimal above zero");
  const pairs = samples.map(([first, second]) => [parseFraction(first), parseFraction(second)] as const);
  const averages = meanOf(pairs.map(average));
  // Duplicates: s_w² = Σ w² / 2g.
  const within = multiply(average(pairs.map(squaredRange)), fraction(1n, 2n));
  const between = notBelowZero(subtract(averages.variance, multiply(within, fraction(1n, 2n))));
  const allowed = square(multiply(THREE_TENTHS, parseFraction(sigma)));
  const factors = FACTORS.get(samples.length);
  return {
    mean: figureOfFraction(averages.value),
    sx: rootFigure(averages.variance),
    sw: rootFigure(within),
    ss: rootFigure(between),
    criterion: judged(between, allowed),
    ...(factors === undefined ? {} : { expanded: judged(between, expandedLimit(factors, allowed, within)) }),
  };
}

function squaredRange([first, second]: readonly [Fraction, Fraction]): Fraction {
  return square(subtract(first, second));
}

/** Samples that differ less than repeatability lets expect have no variance between them. */
function notBelowZero(variance: Fraction): Fraction {
  return variance.numerator < 0n ? ZERO : variance;
}

function expandedLimit([f1, f2]: readonly [bigint, bigint], allowed: Fraction, within: Fraction): Fraction {
  return add(multiply(fraction(f1, 100n), allowed), multiply(fraction(f2, 100n), within));
}

function judged(variance: Fraction, limit: Fraction) {
  return { limit: rootFigure(limit), isMet: compare(variance, limit) <= 0 };
}
