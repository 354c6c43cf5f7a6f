import { findGtin } from "./gtin.ts";
import { normalizeTerm, type Term, TERM_FIELDS, termsOf } from "./term.ts";
import type { TraceabilitySection } from "./traceability.ts";

/** What two entries may have in common: the fields of terms, and who made, shipped or sold the product. */
export const KEY_KINDS = [...TERM_FIELDS, "operator"] as const;

export type KeyKind = (typeof KEY_KINDS)[number];

/** A key as it is compared: of one kind, two that are written differently and mean the same have one value. */
export type ExactKey = { readonly kind: KeyKind; readonly value: string };

/**
 * The key that a text is, `undefined` where nothing of it is left:
 *
 *     "batch" "LOT-0520 / A"     -> lot0520a
 *     "gtin"  "5 709386 484552"  -> 05709386484552
 *     "operator" "Bright Ltd."   -> bright ltd
 *
 * Whether a barcode is a GTIN tells its check digit, whichever of the two kinds it was asked for as.
 */
export function exactKey(kind: KeyKind, text: string): ExactKey | undefined {
  const key = keyOf(kind, text);
  return key.value === "" ? undefined : key;
}

/** The keys of a record, each once. */
export function termKeys(terms: readonly Term[]): readonly ExactKey[] {
  return unique(terms.map(({ field, value }) => exactKey(field, value)));
}

/** The keys of a traceability section, each once. */
export function traceabilityKeys(section: TraceabilitySection): readonly ExactKey[] {
  return unique([
    ...section.operators.flatMap(({ name, tradeName }) => [name, tradeName ?? ""]).map(operatorKey),
    ...termKeys(termsOf("batch", section.batches ?? [])),
    ...termKeys(termsOf("customs-code", section.customsCodes ?? [])),
  ]);
}

function operatorKey(name: string): ExactKey | undefined {
  return exactKey("operator", name);
}

function keyOf(kind: KeyKind, text: string): ExactKey {
  if (kind === "gtin" || kind === "barcode") return barcodeKey(text);
  if (COMPACT.has(kind)) return { kind, value: normalizeTerm(text).replaceAll(SEPARATORS, "") };
  if (kind === "operator") return { kind, value: normalizeTerm(text.replaceAll(POINTS, " ")) };
  return { kind, value: normalizeTerm(text) };
}

function barcodeKey(text: string): ExactKey {
  const gtin = findGtin(text);
  return gtin?.isValid === true
    ? { kind: "gtin", value: gtin.gtin14 }
    : { kind: "barcode", value: gtin?.digits ?? normalizeTerm(text) };
}

/** Kinds whose spaces and points everybody sets as he likes: "RB-2", "RB 2", "rb2"; "9503.00.41", "95030041". */
const COMPACT: ReadonlySet<KeyKind> = new Set<KeyKind>(["batch", "brand", "customs-code", "model"]);

const SEPARATORS = /[\s\p{Pd}./\\]/gu;

/** "Bright Toys Co., Ltd." is "Bright Toys Co Ltd". */
const POINTS = /[\p{P}]/gu;

function unique(keys: readonly (ExactKey | undefined)[]): readonly ExactKey[] {
  const found = new Map(keys.flatMap((key) => (key === undefined ? [] : [[`${key.kind} ${key.value}`, key] as const])));
  return [...found.values()];
}
