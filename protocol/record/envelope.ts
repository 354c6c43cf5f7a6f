import type { CborMap, CborValue } from "../cbor.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { toHex } from "../bytes.ts";
import { MAX_RECORD_LIST, MAX_RECORD_PARTS, MAX_RECORD_REFERENCES, MAX_RECORD_SIZE } from "../limits.ts";
import type { Reference } from "../name.ts";
import { formatReference, parseReference } from "../name.ts";
import { isMap } from "./body.ts";
import { CODE } from "./fields.ts";
import { recordMalformed } from "./malformed.ts";

/** A part that may be read outside its author's area, and on which ground (code of `transfer-ground`). */
export type PartGround = { readonly part: number; readonly ground: string };

/** What every record has, whatever its type; the body as it stands. */
export type Envelope = {
  readonly type: string;
  readonly version: number;
  /** The heads of the case as the author saw it. */
  readonly refs: readonly Reference[];
  readonly body: CborMap;
  /** Kind of each other part of the entry, the first for part 1. */
  readonly partKinds: readonly string[];
  readonly grounds: readonly PartGround[];
  /** Keys that this version does not know; they are kept. */
  readonly unknown: CborMap;
};

/**
 * The content of part 0 of a record:
 *
 *     {"body": {"answers": 0, "outcome": "not-found"}, "parts": ["picture"],
 *      "refs": [[h'4c…', 0, 12, h'a1…']], "type": "follow-up", "version": 1}
 *
 * Throws `FormatError`: those of `decodeCbor`, and `RECORD_MALFORMED`.
 */
export function parseEnvelope(content: Uint8Array): Envelope {
  if (content.length > MAX_RECORD_SIZE) recordMalformed("", `longer than ${MAX_RECORD_SIZE} bytes`);
  const record = decodeCbor(content);
  if (!isMap(record)) return recordMalformed("", "not a map");
  const { type, version, refs, body, parts, grounds, ...unknown } = record;
  const partKinds = parseList(parts, "parts", MAX_RECORD_PARTS - 1).map((kind, index) =>
    parseCode(kind, `parts[${index}]`),
  );
  return {
    type: parseCode(type, "type"),
    version: parseInteger(version, "version", 1),
    refs: parseReferences(refs),
    body: parseMap(body, "body"),
    partKinds,
    grounds: grounds === undefined ? [] : parseGrounds(grounds, partKinds.length),
    unknown,
  };
}

export function formatEnvelope(envelope: Envelope): Uint8Array {
  const { type, version, refs, body, partKinds, grounds, unknown } = envelope;
  return encodeCbor({
    ...unknown,
    type,
    version,
    refs: refs.map(formatReference),
    body,
    parts: partKinds,
    ...(grounds.length === 0 ? {} : { grounds: grounds.map(({ part, ground }) => [part, ground]) }),
  });
}

type Field = CborValue | undefined;

function parseReferences(value: Field): readonly Reference[] {
  const items = parseList(value, "refs", MAX_RECORD_REFERENCES);
  const refs = items.map((item) => parseReference(item, "RECORD_MALFORMED"));
  const entries = refs.map(({ id, epoch, index }) => `${toHex(id)} ${epoch} ${index}`);
  return new Set(entries).size === refs.length ? refs : recordMalformed("refs", "one entry twice");
}

function parseGrounds(value: CborValue, parts: number): readonly PartGround[] {
  const pairs = parseList(value, "grounds", MAX_RECORD_LIST).map((pair, index) => {
    const path = `grounds[${index}]`;
    if (!Array.isArray(pair) || pair.length !== 2) return recordMalformed(path, "not a pair");
    const part = parseInteger(pair[0], path, 1);
    return part > parts
      ? recordMalformed(path, `there is no part ${part}`)
      : { part, ground: parseCode(pair[1], path) };
  });
  if (pairs.length === 0) recordMalformed("grounds", "an empty list: leave the key out");
  const named = pairs.map(({ part, ground }) => `${part} ${ground}`);
  return new Set(named).size === pairs.length ? pairs : recordMalformed("grounds", "one pair twice");
}

function parseInteger(value: Field, path: string, min: number): number {
  return typeof value === "number" && value >= min ? value : recordMalformed(path, `not an integer from ${min}`);
}

function parseCode(value: Field, path: string): string {
  return typeof value === "string" && CODE.test(value) ? value : recordMalformed(path, "not a code");
}

function parseMap(value: Field, path: string): CborMap {
  return value !== undefined && isMap(value) ? value : recordMalformed(path, "not a map");
}

function parseList(value: Field, path: string, max: number): readonly CborValue[] {
  if (!Array.isArray(value)) return recordMalformed(path, "not a list");
  return value.length <= max ? value : recordMalformed(path, `more than ${max} items`);
}
