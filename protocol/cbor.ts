import { CborReader } from "./cbor-reader.ts";
import { CborWriter, measureCbor } from "./cbor-writer.ts";

/**
 * Canonical CBOR (`docs/spec/canonical-cbor.md`), a subset of RFC 8949 §4.2.1 in which a value has exactly one encoding:
 *
 *     ["record", 1700000000, {"a": h'00ff', "bb": [true, null, -7]}]
 *     83 66 7265636f7264 1a 6553f100 a2 61 61 42 00ff 62 6262 83 f5 f6 26
 *
 * One pass over the bytes decides and builds. A declared length is compared with the bytes that are there before anything
 * is made of it, so what a peer can make us hold is bounded by what it sent.
 */
export type CborValue = null | boolean | number | string | Uint8Array | readonly CborValue[] | CborMap;

/** Decoded maps have no prototype: no key of a peer's can be mistaken for a method. */
export type CborMap = { readonly [key: string]: CborValue };

/**
 * The value of `bytes`, which must be one whole item. Byte strings are views of `bytes`: who keeps one for long copies
 * it, and nobody writes to either. Throws `FormatError`: `CBOR_MALFORMED` (not CBOR, cut short, followed by more, not
 * UTF-8), `CBOR_NOT_CANONICAL` (CBOR outside of the profile) or `CBOR_LIMIT` (too deep, too large a number).
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.read(0);
  reader.assertEnd();
  return value;
}

/** Throws what `decodeCbor` throws, builds nothing. */
export function scanCbor(bytes: Uint8Array): void {
  const reader = new CborReader(bytes);
  reader.skip(0);
  reader.assertEnd();
}

/**
 * The one encoding of `value`, keys sorted here. Refuses with the same errors whatever `decodeCbor` would refuse, and
 * every value of another type (undefined, fractions, instances of classes) with `CBOR_NOT_CANONICAL`. −0 is 0.
 */
export function encodeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter(measureCbor(value, 0));
  writer.write(value);
  return writer.bytes;
}

/** Number of bytes of `encodeCbor(value)`, without encoding it; the same errors. */
export function cborSize(value: CborValue): number {
  return measureCbor(value, 0);
}
