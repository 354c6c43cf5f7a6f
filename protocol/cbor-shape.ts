import type { CborMap, CborValue } from "./cbor.ts";
import { FormatError } from "./format-error.ts";
import type { FormatErrorCode } from "./format-error.ts";
import { MAX_SAFE_INTEGER } from "./limits.ts";

/** A value that a decoded array or map may lack. */
type Found = CborValue | undefined;

/**
 * Takes decoded CBOR for what a format says must stand there, or throws the code of that format and says in a sentence
 * which field is not so.
 *
 *     const shape = new CborShape("LEAF_MALFORMED");
 *     shape.bytes(h'00ff', "the nonce", 16)    throws "the nonce is not 16 bytes"
 */
export class CborShape {
  readonly #code: FormatErrorCode;

  constructor(code: FormatErrorCode) {
    this.#code = code;
  }

  integer(value: Found, what: string, min: number = 0, max: number = MAX_SAFE_INTEGER): number {
    if (typeof value === "number" && value >= min && value <= max) return value;
    return this.fail(`${what} is not an integer from ${min} to ${max}`);
  }

  text(value: Found, what: string): string {
    return typeof value === "string" ? value : this.fail(`${what} is not text`);
  }

  boolean(value: Found, what: string): boolean {
    return typeof value === "boolean" ? value : this.fail(`${what} is neither true nor false`);
  }

  /** Exactly `length` bytes: a view of what was decoded. */
  bytes(value: Found, what: string, length: number): Uint8Array {
    return value instanceof Uint8Array && value.length === length ? value : this.fail(`${what} is not ${length} bytes`);
  }

  bytesUpTo(value: Found, what: string, max: number): Uint8Array {
    if (value instanceof Uint8Array && value.length <= max) return value;
    return this.fail(`${what} is not at most ${max} bytes`);
  }

  /** An array of `min` to `max` items. */
  array(value: Found, what: string, min: number, max: number): readonly CborValue[] {
    if (isArray(value) && value.length >= min && value.length <= max) return value;
    return this.fail(`${what}: not an array of ${min === max ? min : `${min} to ${max}`} items`);
  }

  map(value: Found, what: string): CborMap {
    const isMap = typeof value === "object" && value !== null && !isArray(value) && !(value instanceof Uint8Array);
    return isMap ? value : this.fail(`${what} is not a map`);
  }

  /** Fails unless each item comes before the next by `compare`, which also means that none stands twice. */
  ascending<T>(items: readonly T[], what: string, compare: (a: T, b: T) => number): void {
    let last: T | undefined;
    for (const item of items) {
      if (last !== undefined && compare(last, item) >= 0) this.fail(`${what} are not ascending and unique`);
      last = item;
    }
  }

  fail(message: string): never {
    throw new FormatError(this.#code, message);
  }
}

function isArray(value: Found): value is readonly CborValue[] {
  return Array.isArray(value);
}
