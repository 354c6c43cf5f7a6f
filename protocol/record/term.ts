/** What an entry may be found by, across authorities: keys that mean the same wherever they stand. */
export const TERM_FIELDS = [
  "analyte",
  "barcode",
  "batch",
  "brand",
  "cas",
  "case",
  "category",
  "consignment",
  "country-of-origin",
  "customs-code",
  "found-in",
  "gpc",
  "gtin",
  "laboratory",
  "measure",
  "model",
  "name",
  "notifying-country",
  "outcome",
  "recall-code",
  "report",
  "risk-type",
  "standard",
] as const;

export type TermField = (typeof TERM_FIELDS)[number];

export type Term = { readonly field: TermField; readonly value: string };

/** Terms of one field: normalised, without repetitions and empty ones. */
export function termsOf(field: TermField, values: readonly (string | undefined)[]): readonly Term[] {
  const normal = values.filter((value) => value !== undefined).map(normalizeTerm);
  return [...new Set(normal)].filter((value) => value !== "").map((value) => ({ field, value }));
}

/** Letter case, width of characters and runs of spaces do not tell two terms apart. */
export function normalizeTerm(value: string): string {
  return value.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}
