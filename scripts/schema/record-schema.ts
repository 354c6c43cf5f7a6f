import { z } from "zod";
import { MAX_RECORD_REFERENCES } from "../../protocol/limits.ts";
import { CODE_TABLES } from "../../protocol/record/codes/tables.ts";
import { CODE, meaningOf } from "../../protocol/record/fields.ts";
import { heading } from "../../protocol/record/headings/heading.ts";
import type { RecordType } from "../../protocol/record/record-type.ts";

type Json = { readonly [key: string]: unknown };

/** JSON Schema (draft 2020-12) of what `entente publish` takes for one type of record. */
export function recordSchema({ name, version, description, schema }: RecordType): Json {
  const defs = new Map<string, Json>();
  const { $schema, ...body } = z.toJSONSchema(schema, { override: (context) => refer(context, defs) });
  return {
    $schema,
    title: `${name}, version ${version}`,
    description,
    $comment:
      "What may be published. Keys and codes that are not here are for later versions: a reader keeps them and shows them as they stand. Field by field: docs/spec/records.md.",
    type: "object",
    properties: {
      type: { const: name },
      version: { const: version, description: "the newest when left out" },
      refs: {
        description: "the entries that it refers to, such as nvwa.nl:12; fields of the body name them by position",
        $comment: "a position in the body is smaller than their number; what is referred to at publication is added",
        type: "array",
        items: { type: "string", pattern: "^[a-z0-9][a-z0-9.-]*(?:/[1-9][0-9]*)?:(?:0|[1-9][0-9]*)$" },
        maxItems: MAX_RECORD_REFERENCES,
        uniqueItems: true,
      },
      body: described(copy(body), name),
    },
    required: ["type", "body"],
    additionalProperties: false,
    $defs: Object.fromEntries([...defs].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** The file of a type in docs/schema. */
export function schemaFile(name: string): URL {
  return new URL(`../../docs/schema/${name}.schema.json`, import.meta.url);
}

export function exampleFile(name: string): URL {
  return new URL(`../../docs/schema/${name}.example.json`, import.meta.url);
}

/** As it stands in a file. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

type Context = { readonly zodSchema: z.core.$ZodType; readonly jsonSchema: z.core.JSONSchema.BaseSchema };

/** What stands in many places is said once. */
function refer({ zodSchema, jsonSchema }: Context, defs: Map<string, Json>): void {
  const meaning = meaningOf(zodSchema);
  if (meaning?.kind !== "code" && meaning?.kind !== "texts") return;
  const name = meaning.kind === "code" ? meaning.table : meaning.kind;
  if (!defs.has(name)) {
    const whole = copy(jsonSchema);
    defs.set(name, meaning.kind === "code" ? codes(meaning.table, whole["pattern"]) : whole);
  }
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  jsonSchema.$ref = `#/$defs/${name}`;
}

function codes(table: keyof typeof CODE_TABLES, pattern: unknown): Json {
  return {
    type: "string",
    anyOf: [{ enum: CODE_TABLES[table] }, { pattern: pattern ?? CODE.source }],
    $comment: "a code of this list, or one that a later version may know",
  };
}

/** With what a person reads before each field; `around` is the key above, or the type. */
function described(schema: Json, around: string): Json {
  const { properties, items, ...rest } = schema;
  return {
    ...rest,
    ...(isJson(items) ? { items: described(items, around) } : {}),
    ...(isJson(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, field]) => [
              key,
              { description: heading(around, key, "en"), ...(isJson(field) ? described(field, key) : {}) },
            ]),
          ),
        }
      : {}),
  };
}

/** Without anything shared between its places. */
function copy(value: object): Json {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return isJson(plain) ? plain : {};
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
