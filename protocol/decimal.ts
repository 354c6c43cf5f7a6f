import { MAX_SAFE_INTEGER } from "./limits.ts";

/**
 * The integer from 0 to 2^53 − 1 that `text` writes in ASCII digits without leading zeros (`0`, `70000`), else
 * `undefined`. Accepts exactly what `String(value)` gives.
 */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= MAX_SAFE_INTEGER ? value : undefined;
}

/** Whether `value` may be an index, a size or a time: an integer from 0 to 2^53 − 1. */
export function isUnsigned(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
