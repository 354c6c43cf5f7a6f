import { toHex } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";

/** 10^40 is just above 2^132: nobody makes a second authority with the same digits. */
const DIGITS = 40;
const GROUP = 5;
const MODULUS = 10n ** BigInt(DIGITS);

/**
 * The id of an authority (32 bytes), to be read over a telephone: as a big-endian integer modulo 10^40, in eight groups
 * of five digits (docs/spec/names.md).
 *
 *     01482 33061 98520 77413 50926 11874 60035 92718
 */
export function fingerprint(id: Uint8Array): string {
  const value = BigInt(`0x${toHex(id)}`) % MODULUS;
  return group(value.toString().padStart(DIGITS, "0"));
}

/** What somebody typed, with whatever spaces, in the form that `fingerprint` gives. Throws FINGERPRINT_MALFORMED. */
export function parseFingerprint(text: string): string {
  const digits = text.replaceAll(/\s/g, "");
  if (!/^[0-9]{40}$/.test(digits)) {
    throw new KeyError("FINGERPRINT_MALFORMED", "a fingerprint has forty digits, in eight groups of five");
  }
  return group(digits);
}

function group(digits: string): string {
  return Array.from({ length: DIGITS / GROUP }, (_, i) => digits.slice(i * GROUP, (i + 1) * GROUP)).join(" ");
}
