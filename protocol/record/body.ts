import type { z } from "zod";
import type { CborMap, CborValue } from "../cbor.ts";
import { UNKNOWN_CODE } from "./fields.ts";
import { formatPath, recordMalformed } from "./malformed.ts";

/** A key that this version does not know, with what stood under it. It is kept, since parts are stored as received. */
export type UnknownKey = { readonly path: string; readonly value: CborValue };

/** A code that this version does not know: shown as it stands. */
export type UnknownCode = { readonly path: string; readonly table: string; readonly code: string };

export type ReadBody<B> = {
  readonly body: B;
  readonly unknownKeys: readonly UnknownKey[];
  readonly unknownCodes: readonly UnknownCode[];
};

/**
 * Reads `value` by a schema that is strict and transforms nothing. Unknown keys are taken out and listed, unknown codes are
 * left in and listed; anything else that the schema does not like is a `FormatError` (`RECORD_MALFORMED`).
 */
export function readBody<B>(schema: z.ZodType<B>, value: CborValue, path = "body"): ReadBody<B> {
  const strange = acceptedIssues(schema, value, path).filter((issue) => issue.code === "unrecognized_keys");
  const known = strange.reduce((rest, issue) => withoutKeys(rest, issue.path, new Set(issue.keys)), value);
  // Twice, because zod does not come to the rules across fields where it met a key that it does not know.
  const issues = acceptedIssues(schema, known, path);
  if (!conforms(schema, known, issues)) return recordMalformed(path, "not of its type");
  const unknown = strange.flatMap((issue) => issue.keys.map((key) => [...issue.path, key]));
  return {
    body: known,
    unknownKeys: unknown.map((steps) => ({ path: formatPath(path, steps), value: at(value, steps) })),
    unknownCodes: issues.map((issue) => unknownCode(issue, path, at(known, issue.path))),
  };
}

/** All that is wrong with a body, for who is still writing it. */
export type BodyFaults = {
  readonly malformed: readonly { readonly path: string; readonly reason: string }[];
  readonly unknownCodes: readonly UnknownCode[];
};

export function faultsOfBody(schema: z.ZodType, value: CborValue, path = "body"): BodyFaults {
  const issues: readonly Issue[] = schema.safeParse(value).error?.issues ?? [];
  return {
    malformed: issues.filter(isFatal).map((issue) => ({ path: formatPath(path, issue.path), reason: reasonOf(issue) })),
    unknownCodes: issues.filter(isUnknownCode).map((issue) => unknownCode(issue, path, at(value, issue.path))),
  };
}

type Issue = z.core.$ZodIssue;

/** What the schema remarks, where it is nothing worse than unknown keys and codes. */
function acceptedIssues(schema: z.ZodType, value: CborValue, path: string): readonly Issue[] {
  const issues: readonly Issue[] = schema.safeParse(value).error?.issues ?? [];
  const fatal = issues.find(isFatal);
  return fatal === undefined ? issues : recordMalformed(formatPath(path, fatal.path), reasonOf(fatal));
}

function isFatal(issue: Issue): boolean {
  return issue.code !== "unrecognized_keys" && !isUnknownCode(issue);
}

/** The compiler cannot see that a schema without transforms, whose only issues are unknown codes, has accepted its input. */
function conforms<B>(_schema: z.ZodType<B>, _value: unknown, issues: readonly Issue[]): _value is B {
  return issues.every(isUnknownCode);
}

function reasonOf(issue: Issue): string {
  return (issue.code === "invalid_key" ? issue.issues[0]?.message : undefined) ?? issue.message;
}

function isUnknownCode(issue: Issue): boolean {
  return issue.code === "custom" && issue.params?.[UNKNOWN_CODE] !== undefined;
}

function unknownCode(issue: Issue, path: string, code: CborValue): UnknownCode {
  const table: unknown = issue.code === "custom" ? issue.params?.[UNKNOWN_CODE] : undefined;
  return { path: formatPath(path, issue.path), table: textOf(table), code: textOf(code) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A copy of `value` without `keys` in the map at the end of `steps`; what lies beside the way is shared. */
function withoutKeys(value: CborValue, steps: readonly PropertyKey[], keys: ReadonlySet<string>): CborValue {
  const [step, ...rest] = steps;
  if (Array.isArray(value))
    return value.map((item: CborValue, index) => (index === step ? withoutKeys(item, rest, keys) : item));
  if (!isMap(value)) return value;
  const entries = Object.entries(value);
  if (step === undefined) return Object.fromEntries(entries.filter(([key]) => !keys.has(key)));
  return Object.fromEntries(entries.map(([key, item]) => [key, key === step ? withoutKeys(item, rest, keys) : item]));
}

function at(value: CborValue, steps: readonly PropertyKey[]): CborValue {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === "number" && Array.isArray(value)) return at(value[step] ?? null, rest);
  return typeof step === "string" && isMap(value) ? at(value[step] ?? null, rest) : null;
}

export function isMap(value: CborValue): value is CborMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
