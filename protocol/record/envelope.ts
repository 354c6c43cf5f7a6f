import type { CborMap, CborValue } from "../cbor.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { toHex } from "../bytes.ts";
import { MAX_RECORD_PARTS, MAX_RECORD_REFERENCES, MAX_RECORD_SIZE } from "../limits.ts";
import { isMap } from "./body.ts";
import { CODE } from "./fields.ts";
import { recordMalformed } from "./malformed.ts";

/** An entry of some log: in CBOR `[id, epoch, index, leaf hash]`. */
export type Reference = {
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly index: number;
  readonly leafHash: Uint8Array;
};

/** What every record has, whatever its type; the body as it stands. */
export type Envelope = {
  readonly type: string;
  readonly version: number;
  /** The heads of the case as the author saw it. */
  readonly refs: readonly Reference[];
  readonly body: CborMap;
  /** Kind of each other part of the entry, the first for part 1. */
  readonly partKinds: readonly string[];
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
  const { type, version, refs, body, parts, ...unknown } = record;
  return {
    type: parseCode(type, "type"),
    version: parseInteger(version, "version", 1),
    refs: parseReferences(refs),
    body: parseMap(body, "body"),
    partKinds: parseList(parts, "parts", MAX_RECORD_PARTS - 1).map((kind, index) => parseCode(kind, `parts[${index}]`)),
    unknown,
  };
}

export function formatEnvelope(envelope: Envelope): Uint8Array {
  const { type, version, refs, body, partKinds, unknown } = envelope;
  const pairs = refs.map(({ id, epoch, index, leafHash }) => [id, epoch, index, leafHash]);
  return encodeCbor({ ...unknown, type, version, refs: pairs, body, parts: partKinds });
}

type Field = CborValue | undefined;

function parseReferences(value: Field): readonly Reference[] {
  const refs = parseList(value, "refs", MAX_RECORD_REFERENCES).map((item, index) => parseReference(item, `refs[${index}]`));
  const entries = refs.map(({ id, epoch, index }) => `${toHex(id)} ${epoch} ${index}`);
  return new Set(entries).size === refs.length ? refs : recordMalformed("refs", "one entry twice");
}

function parseReference(value: CborValue, path: string): Reference {
  const [id, epoch, index, leafHash] = parseList(value, path, 4);
  return {
    id: parseDigest(id, `${path}[0]`),
    epoch: parseInteger(epoch, `${path}[1]`, 0),
    index: parseInteger(index, `${path}[2]`, 0),
    leafHash: parseDigest(leafHash, `${path}[3]`),
  };
}

function parseDigest(value: Field, path: string): Uint8Array {
  return value instanceof Uint8Array && value.length === 32 ? value : recordMalformed(path, "not 32 bytes");
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
