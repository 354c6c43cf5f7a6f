import type { Fraction } from "./fraction.ts";
import { divide, fraction, multiply, square, subtract, sum } from "./fraction.ts";
import { StatisticsError } from "./statistics-error.ts";
import { studentT } from "./student-t.ts";

/** The mean of n values and what follows of its uncertainty. All but the roots is exact. */
export type Mean = {
  readonly value: Fraction;
  /** Variance of the values, with n − 1. */
  readonly variance: Fraction;
  /** s² / n. */
  readonly standardVariance: Fraction;
  /** t(0.975, n − 1): the factor from u to an expanded uncertainty of 95 %. */
  readonly t: Fraction;
};

/** `STATISTICS_COUNT` below 2 values. JCGM 100:2008, 4.2.1, 4.2.3 and G.3.2. */
export function meanOf(values: readonly Fraction[]): Mean {
  if (values.length < 2) throw new StatisticsError("STATISTICS_COUNT", "fewer than 2 values have no spread");
  const count = fraction(BigInt(values.length));
  const value = divide(sum(values), count);
  const squares = sum(values.map((one) => square(subtract(one, value))));
  const variance = divide(squares, subtract(count, fraction(1n)));
  return { value, variance, standardVariance: divide(variance, count), t: studentT(values.length - 1) };
}

/** Σx / n; `values` is not empty. */
export function average(values: readonly Fraction[]): Fraction {
  return multiply(sum(values), fraction(1n, BigInt(values.length)));
}
