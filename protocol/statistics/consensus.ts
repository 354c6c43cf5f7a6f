import type { AlgorithmA } from "./algorithm-a.ts";
import { algorithmA } from "./algorithm-a.ts";
import type { KnownUncertainty } from "./determination.ts";
import { computedUncertainty } from "./determination.ts";
import type { Fraction } from "./fraction.ts";
import { ZERO, divide, fraction, fromNumber, multiply, square, toNumber } from "./fraction.ts";
import { meanOf } from "./mean.ts";
import { median, normalizedIqr } from "./median.ts";

/** An assigned value that laboratories themselves have formed. */
export type Consensus = {
  readonly by: "algorithm-a" | "median-niqr" | "mean";
  readonly value: Fraction;
  readonly spread: Fraction;
  /** The standard deviation belongs to the mean, and stands in where most values are equal and s* or nIQR is zero. */
  readonly spreadBy: "s*" | "niqr" | "standard-deviation";
  /** Standard uncertainty of `value`. */
  readonly u: Fraction;
  readonly uncertainty: KnownUncertainty;
  readonly algorithmA?: AlgorithmA;
};

/** From this number of laboratories on, Algorithm A; below it, half of them drawn in would leave too few. */
const MIN_ALGORITHM_A = 8;

/** u(x_pt) = 1.25 · s* / √p: ISO 13528:2022, 7.7.3. The factor is what a median loses against a mean. */
const ROBUST_FACTOR = fraction(5n, 4n);

/** Algorithm A for 8 values or more, median and nIQR below. `STATISTICS_COUNT` below 2 values. */
export function robustConsensus(values: readonly Fraction[]): Consensus {
  const robust = values.length < MIN_ALGORITHM_A ? quartiles(values) : winsorized(values);
  const estimate = robust.spread.numerator === 0n ? { ...robust, ...standardDeviation(values) } : robust;
  const variance = divide(square(multiply(ROBUST_FACTOR, estimate.spread)), fraction(BigInt(values.length)));
  const u = rootOf(variance);
  return { ...estimate, u, uncertainty: computedUncertainty(u) };
}

/** The mean, with the standard deviation of the mean, stated with Student's t for 95 %. `STATISTICS_COUNT` below 2 values. */
export function meanConsensus(values: readonly Fraction[]): Consensus {
  const { value, variance, standardVariance, t } = meanOf(values);
  const u = rootOf(standardVariance);
  const uncertainty = computedUncertainty(u, t);
  return { by: "mean", value, spread: rootOf(variance), spreadBy: "standard-deviation", u, uncertainty };
}

type Estimate = Pick<Consensus, "by" | "value" | "spread" | "spreadBy" | "algorithmA">;

function standardDeviation(values: readonly Fraction[]) {
  return { spread: rootOf(meanOf(values).variance), spreadBy: "standard-deviation" } as const;
}

function quartiles(values: readonly Fraction[]): Estimate {
  return { by: "median-niqr", value: median(values), spread: normalizedIqr(values), spreadBy: "niqr" };
}

function winsorized(values: readonly Fraction[]): Estimate {
  const found = algorithmA(values);
  const { x, s } = found.thirdFigure;
  return {
    by: "algorithm-a",
    value: fromNumber(x.value),
    spread: fromNumber(s.value),
    spreadBy: "s*",
    algorithmA: found,
  };
}

/** The double of the root, from then on exact. */
function rootOf(variance: Fraction): Fraction {
  return variance.numerator === 0n ? ZERO : fromNumber(Math.sqrt(toNumber(variance)));
}
