import { isDecimalText } from "../record/decimal-text.ts";
import { StatisticsError } from "./statistics-error.ts";

/**
 * An exact number: in lowest terms, the denominator above zero. Sums, products and comparisons of fractions have no
 * rounding and no order, so every node finds the same; doubles come in only where a root is taken.
 */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** Doubles between 2^−1000 and 2^1000 have all 53 bits; 40-digit decimals and their squares stay far inside. */
const MAX_BINARY_EXPONENT = 1000;

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

/** `STATISTICS_NUMBER_MALFORMED` for a denominator of zero. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "a division by zero");
  const divisor = commonDivisor(magnitude(numerator), magnitude(denominator));
  const sign = denominator < 0n ? -1n : 1n;
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

/** The exact value of a decimal as records write it (`docs/spec/records.md`), such as `-0.250`; else `STATISTICS_NUMBER_MALFORMED`. */
export function parseFraction(text: string): Fraction {
  if (!isDecimalText(text)) throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "not a decimal");
  const decimals = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  return fraction(BigInt(text.replace(".", "")), 10n ** BigInt(decimals));
}

/** The exact value of a double, which is a binary fraction; `STATISTICS_NUMBER_MALFORMED` for infinities and NaN. */
export function fromNumber(value: number): Fraction {
  if (!Number.isFinite(value)) throw new StatisticsError("STATISTICS_NUMBER_MALFORMED", "not a finite number");
  let [scaled, denominator] = [value, 1n];
  while (!Number.isInteger(scaled)) [scaled, denominator] = [scaled * 2, denominator * 2n];
  return fraction(BigInt(scaled), denominator);
}

/**
 * The double nearest to `value`, ties to even. (`Number(text)` would not do: ECMA-262 leaves digits after the twentieth to
 * the implementation.) `STATISTICS_OUT_OF_RANGE` beyond 2^±1000.
 */
export function toNumber(value: Fraction): number {
  if (value.numerator === 0n) return 0;
  const numerator = magnitude(value.numerator);
  const shift = 64 + bitLength(value.denominator) - bitLength(numerator);
  if (Math.abs(shift - 64) >= MAX_BINARY_EXPONENT)
    throw new StatisticsError("STATISTICS_OUT_OF_RANGE", "a number too large or too small for a double");
  const dividend = shift > 0 ? numerator << BigInt(shift) : numerator;
  const divisor = shift < 0 ? value.denominator << BigInt(-shift) : value.denominator;
  // 64 bits or more, and one that says whether anything follows: what `Number` of a bigint then rounds, it rounds rightly.
  const rounded = Number((dividend / divisor) * 2n + (dividend % divisor === 0n ? 0n : 1n));
  return (value.numerator < 0n ? -1 : 1) * timesPowerOfTwo(rounded, -shift - 1);
}

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `STATISTICS_NUMBER_MALFORMED` if `b` is zero. */
export function divide(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Below, at or above zero: −1, 0, 1, as `a` is less than, equal to or greater than `b`. */
export function compare(a: Fraction, b: Fraction): -1 | 0 | 1 {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

export function square(value: Fraction): Fraction {
  return multiply(value, value);
}

export function absolute(value: Fraction): Fraction {
  return { numerator: magnitude(value.numerator), denominator: value.denominator };
}

export function sum(values: readonly Fraction[]): Fraction {
  return values.reduce(add, ZERO);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** Exact, since neither the result nor a step towards it leaves the range of doubles with 53 bits. */
function timesPowerOfTwo(value: number, exponent: number): number {
  const factor = exponent < 0 ? 0.5 : 2;
  for (let step = 0; step < Math.abs(exponent); step++) value *= factor;
  return value;
}
