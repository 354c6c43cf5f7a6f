import { z } from "zod";
import {
  MAX_RECORD_DECIMAL,
  MAX_RECORD_LABEL,
  MAX_RECORD_LANGUAGES,
  MAX_RECORD_LIST,
  MAX_RECORD_REFERENCES,
  MAX_RECORD_TEXT,
} from "../limits.ts";
import { utf8Length } from "../utf8.ts";
import type { CodeTable } from "./codes/tables.ts";
import { isKnownCode } from "./codes/tables.ts";
import { isDateText } from "./date-text.ts";
import { isDecimalText, isPositiveDecimalText, isUnsignedDecimalText } from "./decimal-text.ts";

// The pieces of which bodies are made. None of them transforms: what is read is what was written.

/** What a value is beyond its type in JSON: for those who show a record to people or describe it to programs. */
export type Meaning =
  | { readonly kind: "code"; readonly table: CodeTable }
  | { readonly kind: "texts" | "position" | "authority" };

const MEANINGS = z.registry<Meaning>();

export function meaningOf(schema: z.core.$ZodType): Meaning | undefined {
  return MEANINGS.get(schema);
}

// What `meta` says goes into the JSON Schemas of docs/schema as it stands.

/** Marks the issue of a code that is not in its table, which is no error: `body.ts` reports it. */
export const UNKNOWN_CODE = "unknownCode";

/** A map with exactly these known keys. (zod takes any object for a map, so byte strings are turned away first.) */
export function map<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.preprocess((value) => (value instanceof Uint8Array ? undefined : value), z.strictObject(shape));
}

/** A name, a number, an address, a URL: one to 2 000 bytes. */
export const label = filledText(MAX_RECORD_LABEL);

/** A free text, possibly of many lines. */
const longText = filledText(MAX_RECORD_TEXT);

/** A cell of a table as it was, possibly empty. */
export const cell = boundedText(MAX_RECORD_TEXT);

/** A language as in BCP 47, in its usual case: language, script, region, and no more. `und`: not known. */
const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$/, "not a language tag such as en or zh-Hans");

/** One text in one or more languages, such as `{"en": "Soft toy", "nl": "Knuffel"}`. */
export const texts = z
  .record(languageTag, longText)
  .refine(
    (value) => isBetween(Object.keys(value).length, 1, MAX_RECORD_LANGUAGES),
    `not in 1 to ${MAX_RECORD_LANGUAGES} languages`,
  )
  .meta({ minProperties: 1, maxProperties: MAX_RECORD_LANGUAGES, $comment: "one text in one or more languages" })
  .register(MEANINGS, { kind: "texts" });

export type Texts = z.infer<typeof texts>;

/** A list that is there has something in it: not stated is an absent key. */
export function list<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .min(1, "an empty list: leave the key out")
    .max(MAX_RECORD_LIST, `more than ${MAX_RECORD_LIST} items`);
}

/** A code of `table`, or one that a later version may know. */
export function code(table: CodeTable) {
  const shape = table === "country" ? /^[A-Z]{2}$/ : CODE;
  return z
    .string()
    .regex(shape, table === "country" ? "not two capital letters" : "not a code")
    .superRefine((value, context) => {
      if (!isKnownCode(table, value)) context.addIssue({ code: "custom", params: { [UNKNOWN_CODE]: table } });
    })
    .register(MEANINGS, { kind: "code", table });
}

/** Shape of codes, record types and part kinds. */
export const CODE = /^[a-z][a-z0-9-]{0,63}$/;

export const date = z
  .string()
  .refine(isDateText, "not a date such as 2026-03-09, 2026-03 or 2026")
  .meta({ pattern: "^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$", $comment: "a date of the Gregorian calendar" });
export const decimal = z.string().refine(isDecimalText, 'not a decimal such as "0.25"').meta(digits("-?"));
export const unsignedDecimal = z
  .string()
  .refine(isUnsignedDecimalText, 'not a decimal such as "0.25" that is not negative')
  .meta(digits(""));
export const positiveDecimal = z
  .string()
  .refine(isPositiveDecimalText, 'not a decimal such as "0.25" above zero')
  .meta(digits("(?=.*[1-9])"));

/** The id of an authority, in text (names are for people). */
export const authority = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "not the id of an authority: 64 lower-case hex digits")
  .register(MEANINGS, { kind: "authority" });

/** SHA-256 of something outside of the record. */
export const digestText = z.string().regex(/^[0-9a-f]{64}$/, "not 64 lower-case hex digits");

export function integer(min: number, max: number) {
  return z
    .number()
    .refine((value) => Number.isInteger(value) && isBetween(value, min, max), `not an integer from ${min} to ${max}`)
    .meta({ type: "integer", minimum: min, maximum: max });
}

/** Position in the record's `refs` of the entry that is meant. */
export const reference = integer(0, MAX_RECORD_REFERENCES - 1)
  .meta({ type: "integer", minimum: 0, maximum: MAX_RECORD_REFERENCES - 1, $comment: "a position in refs, from 0" })
  .register(MEANINGS, { kind: "position" });

function filledText(max: number) {
  return boundedText(max).min(1, "an empty text: leave the key out");
}

/** Bytes of UTF-8 that one unit of a string takes at the most. */
const UNIT_MAX = 3;

/** Text that canonical CBOR can hold. */
function boundedText(max: number) {
  return z
    .string()
    .refine((text) => !text.startsWith("\uFEFF"), "begins with a byte order mark")
    .refine((text) => text.isWellFormed(), "holds half a surrogate pair")
    .refine((text) => text.length * UNIT_MAX <= max || utf8Length(text) <= max, `longer than ${max} bytes`)
    .meta({ maxLength: max, $comment: `at most ${max} bytes of UTF-8` });
}

function digits(start: string) {
  return { pattern: `^${start}(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$`, maxLength: MAX_RECORD_DECIMAL };
}

function isBetween(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
