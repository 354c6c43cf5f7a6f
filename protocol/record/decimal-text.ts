import { MAX_RECORD_DECIMAL } from "../limits.ts";

/**
 * A measured decimal is text, because its digits are part of the result: `2.90` says more than `2.9`. Digits, an optional
 * minus, an optional point with digits after it; no exponent, no plus, no spaces, no leading zeros, no comma:
 *
 *     "0.25"  "-3"  "160"  "2.990"
 */
export function isDecimalText(text: string): boolean {
  return text.length <= MAX_RECORD_DECIMAL && DECIMAL.test(text);
}

/** A decimal that may stand for an uncertainty, a limit of detection or a probability. */
export function isUnsignedDecimalText(text: string): boolean {
  return isDecimalText(text) && !text.startsWith("-");
}

/** Above zero: a coverage factor divides. */
export function isPositiveDecimalText(text: string): boolean {
  return isUnsignedDecimalText(text) && /[1-9]/.test(text);
}

const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
