import { LABELS_EN } from "./labels-en.ts";
import type { CodeLabels, CodeTable } from "./tables.ts";

/** A language is one line here and one file of labels. */
const LABELS: ReadonlyMap<string, CodeLabels> = new Map([["en", LABELS_EN]]);

/** What a person reads for a code: in `language` (BCP 47), else in English, else the code as it stands. */
export function codeLabel(table: CodeTable, code: string, language: string): string {
  const labels: Readonly<Record<string, string>> = (LABELS.get(language) ?? LABELS_EN)[table];
  return Object.hasOwn(labels, code) ? (labels[code] ?? code) : code;
}
