import { toHex } from "../bytes.ts";
import type { CborMap, CborValue } from "../cbor.ts";
import { MAX_CBOR_DEPTH } from "../limits.ts";
import { isMap } from "./body.ts";
import { CODE } from "./fields.ts";
import { formatPath, recordMalformed } from "./malformed.ts";

/**
 * A record as a person or another system writes it, to be published:
 *
 *     {"type": "follow-up", "refs": ["nvwa.nl:12"], "body": {"answers": 0, "outcome": "not-found"}}
 *
 * `version` may be left out, then the newest known is meant; `refs` are entries in text, which whoever holds the logs turns
 * into references. The kinds of the other parts are no part of it: they follow from what is attached.
 */
export type RecordJson = {
  readonly type: string;
  readonly version?: number;
  readonly refs?: readonly string[];
  readonly body: CborMap;
};

/** Reads such a text. Throws `FormatError` (`RECORD_MALFORMED`); the body is judged by its type, later. */
export function parseRecordJson(text: string): RecordJson {
  const record = parseJson(text);
  if (!isMap(record)) return recordMalformed("", "not a JSON object");
  const { type, version, refs, body, ...more } = record;
  const [stranger] = Object.keys(more);
  if (stranger !== undefined) recordMalformed(stranger, "not one of type, version, refs, body");
  if (typeof type !== "string" || !CODE.test(type)) return recordMalformed("type", "not a record type");
  if (body === undefined || !isMap(body)) return recordMalformed("body", "not an object");
  return {
    type,
    ...(version === undefined ? {} : { version: parseVersion(version) }),
    ...(refs === undefined ? {} : { refs: parseRefs(refs) }),
    body,
  };
}

/**
 * JSON as a CBOR value: objects, arrays, text, true, false and null are what they are; a number must be an integer within
 * ±(2^53 − 1), since measured values are text. Bytes cannot be written.
 */
export function parseJson(text: string): CborValue {
  return toCbor(parseText(text), "");
}

/** The other way, for people and programs that look at a record. Bytes, which only a newer version may have, become `h'00ff'`. */
export function toJsonValue(value: CborValue): unknown {
  if (value instanceof Uint8Array) return `h'${toHex(value)}'`;
  if (Array.isArray(value)) return value.map(toJsonValue);
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJsonValue(item)]))
    : value;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return recordMalformed("", `not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}

function toCbor(value: unknown, path: string, depth = 0): CborValue {
  if (depth > MAX_CBOR_DEPTH)
    return recordMalformed("", `more than ${MAX_CBOR_DEPTH} objects and arrays in one another`);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number")
    return Number.isSafeInteger(value)
      ? value
      : recordMalformed(path, 'not an integer: a measured value is text, such as "0.25"');
  if (Array.isArray(value)) return value.map((item, index) => toCbor(item, formatPath(path, [index]), depth + 1));
  if (typeof value !== "object") return recordMalformed(path, "not a value of JSON");
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, toCbor(item, path === "" ? key : `${path}.${key}`, depth + 1)]),
  );
}

function parseVersion(value: CborValue): number {
  return typeof value === "number" && value >= 1 ? value : recordMalformed("version", "not a positive integer");
}

function parseRefs(value: CborValue): readonly string[] {
  if (!Array.isArray(value)) return recordMalformed("refs", "not a list");
  return value.map((item: CborValue, index) =>
    typeof item === "string" ? item : recordMalformed(`refs[${index}]`, "not an entry such as nvwa.nl:12"),
  );
}
