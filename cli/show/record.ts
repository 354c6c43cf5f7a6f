import type { z } from "zod";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { meaningOf } from "../../protocol/record/fields.ts";
import { heading } from "../../protocol/record/headings/heading.ts";
import { chooseLanguage } from "../../protocol/record/language.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { fieldKeys, fieldSchema, itemSchema } from "../../protocol/record/structure.ts";
import { indent } from "../text.ts";
import { valueLines } from "./value.ts";

/** What the body of a record is read with. */
export type Reading = {
  readonly language: string;
  /** The entries that it refers to, by position. */
  readonly refs: readonly string[];
  /** Names of authorities by id, as far as they are known here. */
  readonly names: ReadonlyMap<string, string>;
};

/**
 * A record in a person's language, along its schema; codes have their labels, positions are entries, ids are names:
 *
 *     Product:
 *       Brands: Example Duck
 *       What it is: Wooden pull-along toy
 *         [nl] Houten trekdier
 */
export function recordLines(type: string, body: unknown, reading: Reading): string[] {
  const schema = RECORD_TYPES.findLast(({ name }) => name === type)?.schema;
  return schema === undefined ? valueLines(body) : mapLines(body, schema, type, reading);
}

/** A type of record in words. */
export function typeHeading(type: string, language: string): string {
  return heading("type", type, language) ?? type;
}

type Schema = z.core.$ZodType;

/** The fields in the order in which the schema has them, what is said in words last, then what it does not know. */
function mapLines(value: unknown, schema: Schema, around: string, reading: Reading): string[] {
  const map = fieldsOf(value);
  const known = fieldKeys(schema);
  const words = known.filter((key) => key === "text");
  const keys = new Set([...known.filter((key) => key !== "text"), ...words, ...Object.keys(map)]);
  return [...keys].flatMap((key) => {
    const title = heading(around, key, reading.language) ?? key;
    const field = fieldSchema(schema, key);
    if (map[key] === undefined) return [];
    return field === undefined ? titled(key, valueLines(map[key])) : fieldLines(title, map[key], field, key, reading);
  });
}

function fieldLines(title: string, value: unknown, schema: Schema, key: string, reading: Reading): string[] {
  if (meaningOf(schema)?.kind === "texts") return textLines(title, fieldsOf(value), reading.language);
  const item = itemSchema(schema);
  if (item !== undefined && Array.isArray(value)) return listLines(title, value, item, key, reading);
  if (!isNested(value)) return writtenLines(title, scalar(value, schema, reading));
  const measured = measuredText(fieldsOf(value));
  if (measured !== undefined) return writtenLines(title, measured);
  return fieldKeys(schema).length > 0
    ? titled(title, mapLines(value, schema, key, reading))
    : titled(title, valueLines(value));
}

function listLines(title: string, items: readonly unknown[], schema: Schema, key: string, reading: Reading): string[] {
  if (items.some(isNested))
    return [
      `${title}:`,
      ...items.flatMap((item) => {
        const [first = "", ...rest] = mapLines(item, schema, key, reading);
        return [`  - ${first}`, ...indent(rest, "    ")];
      }),
    ];
  const words = items.map((item) => scalar(item, schema, reading));
  const isPlain = words.every((word) => !/[,\n]/.test(word));
  return isPlain
    ? [`${title}: ${words.join(", ")}`]
    : titled(
        title,
        words.map((word) => `- ${word}`),
      );
}

/** The text in the reader's language, or in one that is named; the others below it. */
function textLines(title: string, texts: Readonly<Record<string, unknown>>, language: string): string[] {
  const chosen = chooseLanguage(Object.keys(texts), [language]);
  if (chosen === undefined) return [];
  const isForeign = chosen.split("-")[0] !== language.split("-")[0];
  const others = Object.keys(texts).filter((other) => other !== chosen);
  return [
    ...writtenLines(isForeign ? `${title} [${chosen}]` : title, String(texts[chosen])),
    ...indent(others.flatMap((other) => writtenLines(`[${other}]`, String(texts[other]), ""))),
  ];
}

/** Lines of a text of several stand behind a bar, so that none of them can pass for a field of its own. */
function writtenLines(title: string, text: string, colon = ":"): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 1 ? [`${title}${colon} ${text}`] : [`${title}${colon}`, ...indent(lines, "  | ")];
}

function scalar(value: unknown, schema: Schema, { language, refs, names }: Reading): string {
  const meaning = meaningOf(schema);
  if (typeof value === "boolean") return codeLabel("counterfeit", value ? "yes" : "no", language);
  if (typeof value === "number") return (meaning?.kind === "position" ? refs[value] : undefined) ?? String(value);
  if (typeof value !== "string") return String(JSON.stringify(value));
  if (meaning?.kind === "code") return codeLabel(meaning.table, value, language);
  return (meaning?.kind === "authority" ? names.get(value) : undefined) ?? value;
}

/** `412 mg/kg`, `< 0.5 mg/kg`: on one line, as laboratories write it. */
function measuredText({ comparator, value, unit, ...more }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof comparator !== "string" || typeof value !== "string" || typeof unit !== "string") return undefined;
  if (Object.keys(more).length > 0) return undefined;
  return `${comparator === "=" ? "" : `${comparator} `}${value} ${unit}`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...indent(lines)];
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
