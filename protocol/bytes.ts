import { base64 } from "@scure/base";
import { FormatError } from "./format-error.ts";
import type { FormatErrorCode } from "./format-error.ts";
import { MAX_SAFE_INTEGER } from "./limits.ts";
import { decodeUtf8 } from "./utf8.ts";

// What reads takes the code of the format that it reads for, so that an error names the format and not the alphabet.

const encoder = new TextEncoder();
const HEX_DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function concatBytes(...pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Not in constant time: for digests and keys that are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && compareBytes(a, b) === 0);
}

/** Bytewise order, as `memcmp`; of two of which one begins with the other, the shorter comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX_DIGITS[byte];
  return text;
}

/** Lower-case digits only: one value has one text. */
export function fromHex(text: string, code: FormatErrorCode = "TEXT_MALFORMED"): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new FormatError(code, "not lower-case hex digits, two a byte");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** RFC 4648 §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** RFC 4648 §4, strictly: padding, no newline or other character, unused bits zero, so that one value has one text. */
export function fromBase64(text: string, code: FormatErrorCode = "TEXT_MALFORMED"): Uint8Array {
  try {
    return base64.decode(text);
  } catch {
    throw new FormatError(code, "not padded base64 of the standard alphabet");
  }
}

/** A text with a lone surrogate has no UTF-8: refused, never replaced by U+FFFD. */
export function utf8Encode(text: string, code: FormatErrorCode = "TEXT_MALFORMED"): Uint8Array {
  if (!text.isWellFormed()) throw new FormatError(code, "text with a lone surrogate");
  return encoder.encode(text);
}

/** Strict UTF-8; a byte order mark is kept as the character that it is. */
export function utf8Decode(bytes: Uint8Array, code: FormatErrorCode = "TEXT_MALFORMED"): string {
  const text = decodeUtf8(bytes, 0, bytes.length);
  if (text === undefined) throw new FormatError(code, "not UTF-8");
  return text;
}

/** Eight bytes, big-endian, of an integer from 0 to 2^53 − 1. */
export function u64be(value: number): Uint8Array {
  assertUnsigned(value, MAX_SAFE_INTEGER);
  return concatBytes(u32be(Math.floor(value / 2 ** 32)), u32be(value % 2 ** 32));
}

/** Refuses what is over 2^53 − 1, which no number here may be. */
export function readU64be(bytes: Uint8Array, offset: number, code: FormatErrorCode = "BYTES_MALFORMED"): number {
  const value = readU32be(bytes, offset, code) * 2 ** 32 + readU32be(bytes, offset + 4, code);
  if (value > MAX_SAFE_INTEGER) throw new FormatError(code, "an integer over 2^53 − 1", { offset });
  return value;
}

export function u32be(value: number): Uint8Array {
  assertUnsigned(value, 0xffff_ffff);
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function readU32be(bytes: Uint8Array, offset: number, code: FormatErrorCode = "BYTES_MALFORMED"): number {
  return readU16be(bytes, offset, code) * 0x1_0000 + readU16be(bytes, offset + 2, code);
}

export function u16be(value: number): Uint8Array {
  assertUnsigned(value, 0xffff);
  return Uint8Array.of(value >>> 8, value);
}

export function readU16be(bytes: Uint8Array, offset: number, code: FormatErrorCode = "BYTES_MALFORMED"): number {
  const high = bytes[offset];
  const low = bytes[offset + 1];
  if (high === undefined || low === undefined) throw new FormatError(code, "ends inside an integer", { offset });
  return high * 0x100 + low;
}

function assertUnsigned(value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new FormatError("BYTES_MALFORMED", `not an integer from 0 to ${max}`, { value });
  }
}
