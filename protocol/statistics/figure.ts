import type { Fraction } from "./fraction.ts";
import { absolute, fraction, fromNumber, toNumber } from "./fraction.ts";

/** A result: the full double, and the same rounded for people and for canonical CBOR, which has no floats. */
export type Figure = { readonly value: number; readonly text: string };

/** Significant digits of a figure's text: one more than any score is quoted with, and far fewer than a double holds. */
const FIGURE_DIGITS = 6;

/** `{ value: 1.56892908110547…, text: "1.56893" }` */
export function figureOf(value: number): Figure {
  // Minus zero is written as zero, also in the double.
  return { value: value === 0 ? 0 : value, text: roundSignificant(value, FIGURE_DIGITS) };
}

/** The text is rounded from the exact value, not from its double. */
export function figureOfFraction(value: Fraction): Figure {
  return { value: toNumber(value), text: roundFraction(value, FIGURE_DIGITS) };
}

/** The figure of √value: one rounding before the root, one by it. */
export function rootFigure(value: Fraction): Figure {
  return figureOf(Math.sqrt(toNumber(value)));
}

/**
 * The exact value of the double, rounded half to even to `digits` significant digits, zeros at the end kept, without an
 * exponent: `roundSignificant(0.07952769, 3)` is `0.0795`. Zero is `0`.
 */
export function roundSignificant(value: number, digits: number): string {
  return roundFraction(fromNumber(value), digits);
}

function roundFraction(value: Fraction, digits: number): string {
  if (value.numerator === 0n) return "0";
  const { count, decimals } = significant(absolute(value), digits);
  return `${value.numerator < 0n ? "-" : ""}${decimalText(count, decimals)}`;
}

/** `count` · 10^−`decimals`, of exactly `digits` digits. */
function significant(exact: Fraction, digits: number): { readonly count: bigint; readonly decimals: number } {
  const decimals = digits - 1 - exponentOf(exact);
  const count = roundHalfEven(timesPowerOfTen(exact, decimals));
  // 9.996 to three digits is 10.0: one digit moves to the left of the point.
  return count < 10n ** BigInt(digits) ? { count, decimals } : { count: count / 10n, decimals: decimals - 1 };
}

/** The e of 10^e ≤ `exact` < 10^(e + 1). */
function exponentOf(exact: Fraction): number {
  const most = String(exact.numerator).length - String(exact.denominator).length;
  const { numerator, denominator } = timesPowerOfTen(exact, -most);
  return numerator >= denominator ? most : most - 1;
}

function roundHalfEven({ numerator, denominator }: Fraction): bigint {
  const [floor, rest] = [numerator / denominator, (numerator % denominator) * 2n];
  const isUp = rest > denominator || (rest === denominator && floor % 2n === 1n);
  return isUp ? floor + 1n : floor;
}

function timesPowerOfTen({ numerator, denominator }: Fraction, exponent: number): Fraction {
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? fraction(numerator, denominator * power) : fraction(numerator * power, denominator);
}

function decimalText(count: bigint, decimals: number): string {
  if (decimals <= 0) return String(count * 10n ** BigInt(-decimals));
  const digits = String(count).padStart(decimals + 1, "0");
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
