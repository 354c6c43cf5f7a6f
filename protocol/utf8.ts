/**
 * UTF-8 on ranges of a buffer, without copies. The encoder and decoder of the platform do the long texts; short ones
 * (map keys, kinds of leaf) are done here, because a call into the platform costs more than they do.
 */

// A BOM is a character like any other: dropping it would make two texts out of one sequence of bytes.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to here a loop beats the call into the platform. */
const SHORT = 24;

/** Text of `bytes[start, end)`, or `undefined` where it is not UTF-8 (overlong forms and surrogates included). */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  return end - start <= SHORT
    ? (decodeAscii(bytes, start, end) ?? decodeAny(bytes, start, end))
    : decodeAny(bytes, start, end);
}

/** Whether `bytes[start, end)` is UTF-8, by table 3-7 of the Unicode Standard; allocates nothing. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const length = (bytes[at] ?? 0) < 0x80 ? 1 : sequenceLength(bytes, at, end);
    if (length === 0) return false;
    at += length;
  }
  return true;
}

/** Number of bytes that `text` takes in UTF-8, or −1 where it has a lone surrogate and so has no UTF-8 at all. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit < 0xd800 || unit > 0xdfff) length += 2;
    else if (unit > 0xdbff || !isLowSurrogate(text.charCodeAt(i + 1))) return -1;
    else {
      length += 2;
      i++;
    }
  }
  return length;
}

/** Writes `text`, known to take `length` bytes, into `out` at `at`. */
export function writeUtf8(text: string, length: number, out: Uint8Array, at: number): void {
  if (length === text.length && length <= SHORT) {
    for (let i = 0; i < length; i++) out[at + i] = text.charCodeAt(i);
  } else {
    encoder.encodeInto(text, out.subarray(at, at + length));
  }
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeAny(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Length of the sequence of two to four bytes that begins at `at`, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const second = at + 1 < end ? (bytes[at + 1] ?? 0) : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  if (first < 0xf0) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && at + 2 < end && isContinuation(bytes[at + 2] ?? 0) ? 3 : 0;
  }
  const low = first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high || at + 3 >= end) return 0;
  return isContinuation(bytes[at + 2] ?? 0) && isContinuation(bytes[at + 3] ?? 0) ? 4 : 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
