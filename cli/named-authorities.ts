import type { CborMap, CborValue } from "../protocol/cbor.ts";
import { isMap } from "../protocol/record/body.ts";
import { meaningOf } from "../protocol/record/fields.ts";
import { RECORD_TYPES } from "../protocol/record/index.ts";
import { formatPath } from "../protocol/record/malformed.ts";
import { fieldSchema, itemSchema } from "../protocol/record/structure.ts";
import { CliError } from "./cli-error.ts";

/** Turns a name, or the beginning of an id, into the id. Throws `CliError`. */
export type IdOf = (name: string) => Promise<string>;

type Schema = Parameters<typeof fieldSchema>[0];

const ID = /^[0-9a-f]{64}$/;

/**
 * The body with ids where it names authorities: people write names, records hold ids. What is no text, and a type that is
 * not known, is left as it is. Throws `INVALID`, which says where.
 */
export async function withIds(type: string, version: number, body: CborMap, idOf: IdOf): Promise<CborMap> {
  const known = RECORD_TYPES.find((one) => one.name === type && one.version === version);
  return known === undefined ? body : await mapWithIds(body, known.schema, "body", idOf);
}

async function mapWithIds(map: CborMap, schema: Schema, path: string, idOf: IdOf): Promise<CborMap> {
  const fields: (readonly [string, CborValue])[] = [];
  for (const [key, value] of Object.entries(map)) {
    const field = fieldSchema(schema, key);
    fields.push([key, field === undefined ? value : await valueWithIds(value, field, formatPath(path, [key]), idOf)]);
  }
  return Object.fromEntries(fields);
}

async function valueWithIds(value: CborValue, schema: Schema, path: string, idOf: IdOf): Promise<CborValue> {
  if (isMap(value)) return await mapWithIds(value, schema, path, idOf);
  if (Array.isArray(value)) {
    const item = itemSchema(schema);
    const items: CborValue[] = [];
    for (const [index, one] of value.entries())
      items.push(item === undefined ? one : await valueWithIds(one, item, formatPath(path, [index]), idOf));
    return items;
  }
  const isNamed = typeof value === "string" && meaningOf(schema)?.kind === "authority" && !ID.test(value);
  return isNamed ? await found(value, path, idOf) : value;
}

async function found(name: string, path: string, idOf: IdOf): Promise<string> {
  return await idOf(name).catch((error: unknown) => {
    if (!(error instanceof CliError) || error.code !== "NOT_FOUND") throw error;
    throw new CliError("INVALID", `${path}: ${error.message}`, error.hint, { path });
  });
}
