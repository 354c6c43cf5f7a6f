import { array, bytes, FALSE, map, negative, NULL, seeded, text, TRUE, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex } from "./tools.ts";

/** What the cases are written in: JSON, and bytes. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | Body;
export type Body = { readonly [key: string]: Value };

export const ID = seeded("record id", 32);
export const LEAF_HASH = seeded("record leaf hash", 32);
export const ref = (index: number): Value => [ID, 0, index, LEAF_HASH];

export const record = (type: string, body: Value, more: Body = {}): Body => ({
  type,
  version: 1,
  refs: [],
  body,
  parts: [],
  ...more,
});
export function readable(name: string, content: Body, found: Body = {}) {
  const { type = "", version = 0, refs = [], body = {}, parts = [], grounds = [] } = content;
  const partCount = Array.isArray(parts) ? parts.length + 1 : 1;
  const seen = { status: "known", type, version, refs: view(refs), parts, grounds, body: view(body) };
  return { name, hex: hex(item(content)), partCount, ...seen, unknownKeys: [], unknownCodes: [], ...found };
}

export type Cases = readonly (readonly [name: string, content: Value, partCount?: number])[];

export function malformed(cases: Cases) {
  return cases.map(([name, content, partCount = 1]) => ({
    name,
    hex: hex(item(content)),
    partCount,
    code: "RECORD_MALFORMED",
  }));
}

/** Canonical CBOR of a value: the keys of its maps in order of their encodings. */
export function item(value: Value): Item {
  if (value === null) return NULL;
  if (typeof value === "boolean") return value ? TRUE : FALSE;
  if (typeof value === "number") return value < 0 ? negative(value) : uint(value);
  if (typeof value === "string") return text(value);
  if (value instanceof Uint8Array) return bytes(value);
  if (isList(value)) return array(...value.map(item));
  const entries = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(text(a), text(b)));
  return map(Object.fromEntries(entries.map(([key, field]) => [key, item(field)])));
}

/** As JSON, bytes in hex. */
function view(value: Value): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(view);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, view(field)]));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function without(value: Body, key: string): Body {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
