import type { CborMap, CborValue } from "./cbor.ts";
import { FormatError } from "./format-error.ts";
import type { FormatErrorCode } from "./format-error.ts";
import { MAX_CBOR_DEPTH, MAX_SAFE_INTEGER } from "./limits.ts";
import { decodeUtf8, isUtf8 } from "./utf8.ts";

const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

/** A cursor over canonical CBOR: `read` builds, `skip` only checks; both by the same rules, each written once. */
export class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads the next item, which `depth` arrays and maps enclose. */
  read(depth: number): CborValue {
    const initial = this.#initial();
    switch (initial >> 5) {
      case 0:
        return this.#integer(initial);
      case 1:
        return -1 - this.#integer(initial);
      case BYTES: {
        const start = this.#string(initial);
        // Not subarray: of a Buffer that would be a Buffer.
        return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, this.#at - start);
      }
      case TEXT:
        return this.#text(initial);
      case ARRAY:
        return this.#array(this.#count(initial, 1, depth), depth + 1);
      case MAP:
        return this.#map(this.#count(initial, 2, depth), depth + 1);
      default:
        return this.#simple(initial);
    }
  }

  /** Reads past the next item, by the same rules. */
  skip(depth: number): void {
    const initial = this.#initial();
    switch (initial >> 5) {
      case 0:
      case 1:
        this.#integer(initial);
        break;
      case BYTES:
        this.#string(initial);
        break;
      case TEXT:
        this.#skipText(initial);
        break;
      case ARRAY:
        for (let left = this.#count(initial, 1, depth); left > 0; left--) this.skip(depth + 1);
        break;
      case MAP:
        this.#skipMap(this.#count(initial, 2, depth), depth + 1);
        break;
      default:
        this.#simple(initial);
    }
  }

  assertEnd(): void {
    if (this.#at !== this.#bytes.length) this.#fail("CBOR_MALFORMED", "bytes after the item");
  }

  #array(length: number, depth: number): CborValue[] {
    const items: CborValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.read(depth));
    return items;
  }

  #map(length: number, depth: number): CborMap {
    const map: { [key: string]: CborValue } = Object.create(null);
    let lastStart = this.#at;
    let lastEnd = this.#at;
    for (let i = 0; i < length; i++) {
      const start = this.#at;
      const key = this.#text(this.#keyInitial());
      this.#assertKey(lastStart, lastEnd, start);
      lastStart = start;
      lastEnd = this.#at;
      map[key] = this.read(depth);
    }
    return map;
  }

  #skipMap(length: number, depth: number): void {
    let lastStart = this.#at;
    let lastEnd = this.#at;
    for (let i = 0; i < length; i++) {
      const start = this.#at;
      this.#skipText(this.#keyInitial());
      this.#assertKey(lastStart, lastEnd, start);
      lastStart = start;
      lastEnd = this.#at;
      this.skip(depth);
    }
  }

  #text(initial: number): string {
    const start = this.#string(initial);
    const text = decodeUtf8(this.#bytes, start, this.#at);
    if (text === undefined) this.#fail("CBOR_MALFORMED", "text that is not UTF-8");
    this.#assertNoMark(start);
    return text;
  }

  #skipText(initial: number): void {
    const start = this.#string(initial);
    if (!isUtf8(this.#bytes, start, this.#at)) this.#fail("CBOR_MALFORMED", "text that is not UTF-8");
    this.#assertNoMark(start);
  }

  /** A decoder elsewhere may drop a leading byte order mark, and would then re-encode other bytes. */
  #assertNoMark(start: number): void {
    const bytes = this.#bytes;
    if (this.#at - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) {
      this.#fail("CBOR_NOT_CANONICAL", "text that begins with U+FEFF");
    }
  }

  /** Moves past a byte or text string; returns where its content starts. */
  #string(initial: number): number {
    const length = this.#argument(initial);
    const start = this.#at;
    if (length > this.#bytes.length - start) this.#fail("CBOR_MALFORMED", "a string longer than the input");
    this.#at = start + length;
    return start;
  }

  /** Items of an array, pairs of a map; each item takes at least one byte. */
  #count(initial: number, itemsEach: number, depth: number): number {
    const count = this.#argument(initial);
    if (depth >= MAX_CBOR_DEPTH) this.#fail("CBOR_LIMIT", `more than ${MAX_CBOR_DEPTH} arrays and maps in one another`);
    if (count * itemsEach > this.#bytes.length - this.#at)
      this.#fail("CBOR_MALFORMED", "more items than the input has bytes");
    return count;
  }

  #keyInitial(): number {
    const initial = this.#initial();
    if (initial >> 5 !== TEXT) this.#fail("CBOR_NOT_CANONICAL", "a map key that is not text");
    return initial;
  }

  /** Checks the key just read, from `start` on, against the one before it (an empty range before the first). */
  #assertKey(lastStart: number, lastEnd: number, start: number): void {
    if (!isAscending(this.#bytes, lastStart, lastEnd, start))
      this.#fail("CBOR_NOT_CANONICAL", "map keys not unique and sorted");
    // Many languages set the prototype when this key is assigned.
    if (this.#at - start === PROTO.length && PROTO.every((byte, i) => this.#bytes[start + i] === byte)) {
      this.#fail("CBOR_NOT_CANONICAL", "the map key __proto__");
    }
  }

  /** The argument of an integer; of a negative one the number is −1 less the argument, so it goes one less far. */
  #integer(initial: number): number {
    const value = this.#argument(initial);
    if (value > MAX_SAFE_INTEGER - (initial >> 5)) this.#fail("CBOR_LIMIT", "an integer beyond ±(2^53 − 1)");
    return value;
  }

  #simple(initial: number): boolean | null {
    if (initial === FALSE) return false;
    if (initial === TRUE) return true;
    if (initial === NULL) return null;
    if ((initial & 31) >= 28) this.#fail("CBOR_MALFORMED", "a reserved initial byte");
    this.#fail("CBOR_NOT_CANONICAL", "a tag, a float or a simple value other than true, false, null");
  }

  #initial(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) this.#fail("CBOR_MALFORMED", "the input ends inside an item");
    this.#at++;
    return byte;
  }

  /** The argument in the head, which must be the shortest. Over 2^53 it is inexact, and only known to be over. */
  #argument(initial: number): number {
    const info = initial & 31;
    if (info < 24) return info;
    if (info > 27) this.#failLength(initial);
    const width = 1 << (info - 24);
    if (width > this.#bytes.length - this.#at) this.#fail("CBOR_MALFORMED", "the input ends inside a head");
    const value = this.#unsigned(width);
    if (value < (width === 1 ? 24 : 2 ** (4 * width))) this.#fail("CBOR_NOT_CANONICAL", "a head longer than needed");
    return value;
  }

  #unsigned(width: number): number {
    let value = 0;
    for (const end = this.#at + width; this.#at < end; this.#at++) value = value * 256 + (this.#bytes[this.#at] ?? 0);
    return value;
  }

  #failLength(initial: number): never {
    const major = initial >> 5;
    if ((initial & 31) === 31 && major >= BYTES && major <= MAP)
      this.#fail("CBOR_NOT_CANONICAL", "an indefinite length");
    this.#fail("CBOR_MALFORMED", "a reserved initial byte");
  }

  #fail(code: FormatErrorCode, message: string): never {
    throw new FormatError(code, message, { at: this.#at });
  }
}

/** `__proto__` as an encoded key. */
const PROTO = Uint8Array.of(0x69, 0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f);

/** Whether the encoded key in `[start, end)` is absent or sorts before the one at `next`; neither can begin with the other. */
function isAscending(bytes: Uint8Array, start: number, end: number, next: number): boolean {
  for (let a = start, b = next; a < end; a++, b++) {
    const difference = (bytes[b] ?? 0) - (bytes[a] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return start === end;
}
