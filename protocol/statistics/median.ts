import type { Fraction } from "./fraction.ts";
import { ZERO, absolute, add, compare, fraction, multiply, subtract } from "./fraction.ts";

/** Scales the median of absolute deviations to the standard deviation of a normal distribution: ISO 13528:2022, C.2. */
const MAD_FACTOR = fraction(1483n, 1000n);

/** The same for the distance of the quartiles: ISO 13528:2022, C.2. */
const IQR_FACTOR = fraction(7413n, 10_000n);

/** The middle value, or the mean of the two in the middle; exact. `values` is not empty, in any order. */
export function median(values: readonly Fraction[]): Fraction {
  return quantile(values, fraction(1n, 2n));
}

/** 1.483 · median |x_i − median|. */
export function scaledMad(values: readonly Fraction[]): Fraction {
  const middle = median(values);
  return multiply(MAD_FACTOR, median(values.map((value) => absolute(subtract(value, middle)))));
}

/** 0.7413 · (Q3 − Q1). */
export function normalizedIqr(values: readonly Fraction[]): Fraction {
  return multiply(IQR_FACTOR, subtract(quantile(values, fraction(3n, 4n)), quantile(values, fraction(1n, 4n))));
}

/** At position 1 + (n − 1) · part of the sorted values, interpolated between neighbours (type 7 of Hyndman and Fan, 1996). */
function quantile(values: readonly Fraction[], part: Fraction): Fraction {
  const sorted = values.toSorted(compare);
  const position = multiply(fraction(BigInt(values.length - 1)), part);
  const below = position.numerator / position.denominator;
  const lower = sorted[Number(below)] ?? ZERO;
  const upper = sorted[Number(below) + 1] ?? lower;
  return add(lower, multiply(subtract(position, fraction(below)), subtract(upper, lower)));
}
