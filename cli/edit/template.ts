import type { CborValue } from "../../protocol/cbor.ts";
import { isMap } from "../../protocol/record/body.ts";
import { CODE_TABLES } from "../../protocol/record/codes/tables.ts";
import { meaningOf } from "../../protocol/record/fields.ts";
import { heading } from "../../protocol/record/headings/heading.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import type { RecordJson } from "../../protocol/record/json.ts";
import { fieldKeys, fieldSchema, itemSchema } from "../../protocol/record/structure.ts";

type Schema = Parameters<typeof fieldKeys>[0];

/** Codes of a table that are named in a note: those of countries would hide the record. */
const CODES_NAMED_MAX = 40;

/** A record as people edit it: JSON, and above each field a note on what it is. */
export function recordText(record: RecordJson): string {
  const { type, version, refs = [], body } = record;
  const known = RECORD_TYPES.findLast((one) => one.name === type && (version === undefined || one.version === version));
  const head = [
    ...(known === undefined ? [] : [`// ${type}: ${known.description}`]),
    "// Lines that begin with // are notes and are not published. What does not apply is deleted with its key.",
    "// Saved and left, it is published; an empty file, or one in which nothing was changed, is not.",
  ];
  return [
    ...head,
    "{",
    `  "type": ${JSON.stringify(type)},`,
    ...(version === undefined ? [] : [`  "version": ${version},`]),
    "  // Entries that it refers to, such as nvwa.nl:12. Fields of the body name them by position, from 0.",
    `  "refs": ${JSON.stringify(refs)},`,
    ...valueLines(body, known?.schema, type, '  "body": ', "  "),
    "}",
    "",
  ].join("\n");
}

/** The newest version of a type, from its example; `undefined` for what is no type. */
export function recordTemplate(name: string): string | undefined {
  const type = RECORD_TYPES.findLast((one) => one.name === name);
  return type === undefined ? undefined : recordText(type.example);
}

/** `start` stands before the first line, what ends the last is added by whoever asks. */
function valueLines(
  value: CborValue,
  schema: Schema | undefined,
  around: string,
  start: string,
  indent: string,
): string[] {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.some((item: CborValue) => typeof item === "object")) {
    const item = schema === undefined ? undefined : itemSchema(schema);
    const items = value.map((one: CborValue) => valueLines(one, item, around, inner, inner));
    return [`${start}[`, ...joined(items), `${indent}]`];
  }
  if (!isMap(value) || isTexts(schema)) return [`${start}${JSON.stringify(value)}`];
  const fields = Object.entries(value).map(([key, one]) => {
    const field = schema === undefined ? undefined : fieldSchema(schema, key);
    return [
      ...noteLines(around, key, field, inner),
      ...valueLines(one, field, key, `${inner}${JSON.stringify(key)}: `, inner),
    ];
  });
  return [`${start}{`, ...joined(fields), ...moreLines(value, schema, inner), `${indent}}`];
}

function joined(items: readonly (readonly string[])[]): string[] {
  return items.flatMap((lines, at) => [
    ...lines.slice(0, -1),
    `${lines.at(-1) ?? ""}${at < items.length - 1 ? "," : ""}`,
  ]);
}

function isTexts(schema: Schema | undefined): boolean {
  return schema !== undefined && meaningOf(schema)?.kind === "texts";
}

function noteLines(around: string, key: string, schema: Schema | undefined, indent: string): readonly string[] {
  const title = heading(around, key, "en");
  const kind = schema === undefined ? undefined : (kindOf(schema) ?? listKind(schema));
  const words = [title, kind].filter((one) => one !== undefined);
  return words.length === 0 ? [] : [`${indent}// ${words.join("; ")}`];
}

function listKind(schema: Schema): string | undefined {
  const item = itemSchema(schema);
  const kind = item === undefined ? undefined : kindOf(item);
  return kind === undefined ? undefined : `a list, each ${kind}`;
}

function kindOf(schema: Schema): string | undefined {
  const meaning = meaningOf(schema);
  switch (meaning?.kind) {
    case "code": {
      const codes: readonly string[] = CODE_TABLES[meaning.table];
      if (meaning.table === "country") return "a country in two capital letters";
      const more = codes.length > CODES_NAMED_MAX ? " …" : "";
      return `one of ${codes.slice(0, CODES_NAMED_MAX).join(", ")}${more}`;
    }
    case "texts":
      return "by language, as in en, nl, zh-Hans";
    case "position":
      return "position in refs, from 0";
    case "authority":
      return "name or id of an authority";
    case undefined:
      return undefined;
  }
}

/** What else may stand there. */
function moreLines(value: object, schema: Schema | undefined, indent: string): readonly string[] {
  const keys = schema === undefined ? [] : fieldKeys(schema).filter((key) => !Object.hasOwn(value, key));
  return keys.length === 0 ? [] : [`${indent}// There may also be: ${keys.join(", ")}`];
}
