import type { CborMap, CborValue } from "./cbor.ts";
import { FormatError } from "./format-error.ts";
import { MAX_CBOR_DEPTH } from "./limits.ts";
import { utf8Length, writeUtf8 } from "./utf8.ts";

const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

/** Size of the encoding of `value`, which `depth` arrays and maps enclose; refuses what has no canonical encoding. */
export function measureCbor(value: CborValue, depth: number): number {
  if (value === null || typeof value === "boolean") return 1;
  if (typeof value === "number") return headSize(integerArgument(value));
  if (typeof value === "string") return measureText(value);
  if (value instanceof Uint8Array) return headSize(value.length) + value.length;
  if (depth >= MAX_CBOR_DEPTH)
    throw new FormatError("CBOR_LIMIT", `more than ${MAX_CBOR_DEPTH} arrays and maps in one another`);
  return isArray(value) ? measureArray(value, depth + 1) : measureMap(value, depth + 1);
}

function measureArray(items: readonly CborValue[], depth: number): number {
  let size = headSize(items.length);
  for (const item of items) size += measureCbor(item, depth);
  return size;
}

function measureMap(map: CborMap, depth: number): number {
  assertPlain(map);
  const entries = Object.entries(map);
  let size = headSize(entries.length);
  for (const [key, item] of entries) {
    if (key === "__proto__") throw new FormatError("CBOR_NOT_CANONICAL", "the map key __proto__");
    size += measureText(key) + measureCbor(item, depth);
  }
  return size;
}

function measureText(text: string): number {
  const length = utf8Length(text);
  if (length < 0) throw new FormatError("CBOR_MALFORMED", "text with a lone surrogate");
  if (text.charCodeAt(0) === 0xfeff) throw new FormatError("CBOR_NOT_CANONICAL", "text that begins with U+FEFF");
  return headSize(length) + length;
}

/** What types promise and programs break: a date or a Map would encode as an empty map, and nobody would notice. */
function assertPlain(value: unknown): void {
  const isObject = typeof value === "object" && value !== null;
  const prototype: unknown = isObject ? Object.getPrototypeOf(value) : undefined;
  if (!isObject || (prototype !== null && prototype !== Object.prototype)) {
    throw new FormatError("CBOR_NOT_CANONICAL", `no CBOR for a value of type ${typeof value}`);
  }
}

function integerArgument(value: number): number {
  if (!Number.isInteger(value)) throw new FormatError("CBOR_NOT_CANONICAL", "a number that is not an integer");
  if (!Number.isSafeInteger(value)) throw new FormatError("CBOR_LIMIT", "an integer beyond ±(2^53 − 1)");
  return value < 0 ? -1 - value : value;
}

function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

function isArray(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

/** Writes what `measureCbor` has passed. */
export class CborWriter {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  write(value: CborValue): void {
    if (value === null) this.#byte(NULL);
    else if (typeof value === "boolean") this.#byte(value ? TRUE : FALSE);
    else if (typeof value === "number") this.#head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
    else if (typeof value === "string") this.#text(value);
    else if (value instanceof Uint8Array) this.#string(value);
    else if (isArray(value)) this.#array(value);
    else this.#map(value);
  }

  #array(items: readonly CborValue[]): void {
    this.#head(ARRAY, items.length);
    for (const item of items) this.write(item);
  }

  #map(map: CborMap): void {
    const entries = Object.entries(map).sort(([a], [b]) => compareKeys(a, b));
    this.#head(MAP, entries.length);
    for (const [key, item] of entries) {
      this.#text(key);
      this.write(item);
    }
  }

  #text(text: string): void {
    const length = utf8Length(text);
    this.#head(TEXT, length);
    writeUtf8(text, length, this.bytes, this.#at);
    this.#at += length;
  }

  #string(content: Uint8Array): void {
    this.#head(BYTES, content.length);
    this.bytes.set(content, this.#at);
    this.#at += content.length;
  }

  #head(major: number, argument: number): void {
    const size = headSize(argument);
    this.#byte((major << 5) | (size === 1 ? argument : (HEAD_INFO[size] ?? 0)));
    if (size === 1) return;
    let rest = argument;
    for (let at = this.#at + size - 2; at >= this.#at; at--) {
      this.bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#at += size - 1;
  }

  #byte(byte: number): void {
    this.bytes[this.#at++] = byte;
  }
}

/** The low five bits of an initial byte, by the size of the head. */
const HEAD_INFO: Readonly<Record<number, number>> = { 2: 24, 3: 25, 5: 26, 9: 27 };

/** The order of the encoded keys: their heads sort by length, texts of one length by their bytes. */
function compareKeys(a: string, b: string): number {
  const difference = utf8Length(a) - utf8Length(b);
  return difference === 0 ? compareCodePoints(a, b) : difference;
}

/** UTF-8 sorts as code points do, UTF-16 does not: a surrogate pair stands for more than any single unit. */
function compareCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return 0;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
