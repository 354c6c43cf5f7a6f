import type { Fraction } from "./fraction.ts";
import { fraction } from "./fraction.ts";

/**
 * Quantiles 0.975 of Student's t in thousandths, for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical
 * Methods, 1.3.6.7.2. A table, since computed quantiles differ between implementations in their last digits.
 */
const THOUSANDTHS = [
  12706, 4303, 3182, 2776, 2571, 2447, 2365, 2306, 2262, 2228, 2201, 2179, 2160, 2145, 2131, 2120, 2110, 2101, 2093,
  2086, 2080, 2074, 2069, 2064, 2060, 2056, 2052, 2048, 2045, 2042,
] as const;

/** Further rows of the same table, `[degrees of freedom, thousandths]`. */
const FURTHER = [
  [30, 2042],
  [40, 2021],
  [50, 2009],
  [60, 2000],
  [80, 1990],
  [100, 1984],
] as const;

/** t(0.975, `degrees`), at least 1. Between rows, the row above: the quantile of fewer degrees is the greater one. */
export function studentT(degrees: number): Fraction {
  const thousandths =
    THOUSANDTHS[degrees - 1] ?? FURTHER.findLast(([atLeast]) => degrees >= atLeast)?.[1] ?? THOUSANDTHS[0];
  return fraction(BigInt(thousandths), 1000n);
}
