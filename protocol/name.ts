import { fromHex, toHex, utf8Encode } from "./bytes.ts";
import type { CborValue } from "./cbor.ts";
import { CborShape } from "./cbor-shape.ts";
import type { Sha256 } from "./crypto.ts";
import { isUnsigned, parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import type { FormatErrorCode } from "./format-error.ts";
import { MAX_NAME_LENGTH, MIN_NAME_LENGTH } from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";

// Names for people, ids that decide: docs/spec/names.md. `NAME_MALFORMED` is the error of all that reads text here.

/** A log: an authority's name and the number of its tree, `nvwa.nl` in epoch 0 and `nvwa.nl/3` in epoch 3. */
export type Origin = { readonly name: string; readonly epoch: number };

/** An entry as people write it: `nvwa.nl:12`, `nvwa.nl/3:0`. */
export type EntryName = Origin & { readonly index: number };

/** An entry as programs do: whose log, which tree, where, and what stands there. In CBOR `[id, epoch, index, leaf hash]`. */
export type Reference = {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly index: number;
  /** 32 bytes: SHA-256(0x00 ‖ leaf). */
  readonly leafHash: Uint8Array;
};

/** Bytes of an authority's id. */
export const ID_SIZE = 32;

/** `text`, if it is the name of an authority: `nvwa.nl`. */
export function parseName(text: string): string {
  if (!isName(text)) throw malformed("not a name of an authority such as nvwa.nl");
  return text;
}

// SPEC: "3 to 64 characters; labels joined by single dots, at least two labels; a label is [a-z0-9] or
// [a-z0-9][a-z0-9-]*[a-z0-9]; at least one character of the whole name is a letter."
export function isName(text: string): boolean {
  // The length comes first: it also bounds what the expression has to try.
  if (text.length < MIN_NAME_LENGTH || text.length > MAX_NAME_LENGTH || !/[a-z]/.test(text)) return false;
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/.test(text);
}

/** The id of an authority, 32 bytes, from the text of its first charter, the final newline included. */
export function authorityId(sha256: Sha256, firstCharterText: string): Uint8Array {
  return sha256(utf8Encode(firstCharterText, "CHARTER_MALFORMED"));
}

/** An id in text, 64 lower-case hex digits. */
export function parseId(text: string, code: FormatErrorCode = "NAME_MALFORMED"): Uint8Array {
  const id = fromHex(text, code);
  if (id.length !== ID_SIZE) throw new FormatError(code, "an id has 64 hex digits", { digits: text.length });
  return id;
}

export function formatId(id: Uint8Array): string {
  if (id.length !== ID_SIZE) throw malformed("an id has 32 bytes");
  return toHex(id);
}

/** First line of the checkpoints of a log, and the name of its log key: `nvwa.nl`, `nvwa.nl/3`. */
export function origin(name: string, epoch: number): string {
  if (!isName(name) || !isUnsigned(epoch)) throw malformed("not a name and an epoch from 0 to 2^53 − 1");
  return epoch === 0 ? name : `${name}/${epoch}`;
}

export function parseOrigin(text: string): Origin {
  const [name = "", epoch, ...rest] = text.split("/");
  const number = epoch === undefined ? 0 : parseDecimal(epoch);
  // SPEC: "`nvwa.nl/0` is malformed." One log has one origin.
  if (rest.length > 0 || number === undefined || (epoch !== undefined && number === 0)) {
    throw malformed("not an origin such as nvwa.nl or nvwa.nl/3");
  }
  return { name: parseName(name), epoch: number };
}

export function parseEntryName(text: string): EntryName {
  const [log = "", index = "", ...rest] = text.split(":");
  const number = parseDecimal(index);
  if (rest.length > 0 || number === undefined) throw malformed("not an entry such as nvwa.nl:12 or nvwa.nl/3:0");
  return { ...parseOrigin(log), index: number };
}

export function formatEntryName({ name, epoch, index }: EntryName): string {
  if (!isUnsigned(index)) throw malformed("not an index from 0 to 2^53 − 1");
  return `${origin(name, epoch)}:${index}`;
}

/** Reads one item of decoded CBOR. Throws `code`, that of the format in which the reference stands. */
export function parseReference(value: CborValue, code: FormatErrorCode): Reference {
  const shape = new CborShape(code);
  const [id, epoch, index, leafHash] = shape.array(value, "a reference", 4, 4);
  return {
    id: shape.bytes(id, "the id of a reference", ID_SIZE),
    epoch: shape.integer(epoch, "the epoch of a reference"),
    index: shape.integer(index, "the index of a reference"),
    leafHash: shape.bytes(leafHash, "the leaf hash of a reference", HASH_SIZE),
  };
}

export function formatReference({ id, epoch, index, leafHash }: Reference): CborValue {
  return [id, epoch, index, leafHash];
}

function malformed(message: string): FormatError {
  return new FormatError("NAME_MALFORMED", message);
}
