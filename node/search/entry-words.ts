import { utf8Encode, toHex } from "../../protocol/bytes.ts";
import type { CborValue } from "../../protocol/cbor.ts";
import type { Sha256 } from "../../protocol/crypto.ts";
import { type ExactKey, termKeys, traceabilityKeys } from "../../protocol/record/exact-key.ts";
import type { readRecord } from "../../protocol/record/index.ts";
import type { TraceabilitySection } from "../../protocol/record/traceability.ts";
import { SEARCH_KEYS_MAX, SEARCH_TOKENS_MAX } from "../limits.ts";
import { tokensOf } from "./tokens.ts";

type ReadRecord = ReturnType<typeof readRecord>;

/** A record that can be read here, with those of its sections that are here. */
export type Readable = { readonly record: ReadRecord; readonly traceability: TraceabilitySection | undefined };

/** The keys by which an entry is joined with others. */
export function keysOf({ record, traceability }: Readable): readonly ExactKey[] {
  const keys = [
    ...(record.status === "known" ? termKeys(record.terms) : []),
    ...(traceability === undefined ? [] : traceabilityKeys(traceability)),
  ];
  return keys.slice(0, SEARCH_KEYS_MAX);
}

/**
 * Everything by which an entry is found, as one text of tokens parted by spaces: its texts, the short forms of its keys, and
 * the marks of `owner` (an id), of its type and of its keys. Tokens of two texts never stand next to each other.
 */
export function wordsOf(readable: Readable, owner: string, sha256: Sha256): string {
  const { record, traceability } = readable;
  const keys = keysOf(readable);
  const said = new Set<string>();
  addTexts(record.body, said);
  if (traceability !== undefined) for (const text of traceabilityTexts(traceability)) said.add(text);
  for (const { kind, value } of keys) if (WRITTEN_SHORT.has(kind)) said.add(value);
  const tokens: string[] = [];
  for (const text of said) {
    if (tokens.length >= SEARCH_TOKENS_MAX) break;
    tokens.push(...tokensOf(text), GAP);
  }
  const marks = [...keys, { kind: "owner", value: owner }, { kind: "type", value: record.type }] as const;
  return [...tokens.slice(0, SEARCH_TOKENS_MAX), ...marks.map((key) => markOf(key, sha256))].join(" ");
}

/** What is asked for exactly: a key, the owner's id, or the type of a record. */
export type Mark = ExactKey | { readonly kind: "owner" | "type"; readonly value: string };

/** One token for an exact value; no text has such a one, since it begins with a character that is no letter. */
export function markOf({ kind, value }: Mark, sha256: Sha256): string {
  return `\uE001${toHex(sha256(utf8Encode(`${kind}\n${value}`))).slice(0, MARK_DIGITS)}`;
}

/** 64 bits: no two of all values that an index will ever have are alike. */
const MARK_DIGITS = 16;

/** Stands between two texts, so that no phrase reaches from one into the other. */
const GAP = "\uE000";

/** Kinds of keys of which the value is a word that people type, and may not stand so in any text. */
const WRITTEN_SHORT: ReadonlySet<ExactKey["kind"]> = new Set<ExactKey["kind"]>([
  "barcode",
  "batch",
  "customs-code",
  "gtin",
  "model",
]);

function addTexts(value: CborValue, said: Set<string>): void {
  if (typeof value === "string") {
    if (!isDigest(value)) said.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) addTexts(item, said);
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const item of Object.values(value)) addTexts(item, said);
  }
}

/** Of those whom it names only what joins entries: addresses and telephone numbers of people are not looked for. */
function traceabilityTexts({ operators, batches, customsCodes }: TraceabilitySection): readonly string[] {
  return [
    ...operators.flatMap(({ name, tradeName }) => (tradeName === undefined ? [name] : [name, tradeName])),
    ...(batches ?? []),
    ...(customsCodes ?? []),
  ];
}

/** Hex of a digest, or so much base64 that it is no text of anybody. */
function isDigest(text: string): boolean {
  return /^[0-9a-f]{32,}$/i.test(text) || /^[A-Za-z0-9+/_-]{64,}={0,2}$/.test(text);
}
