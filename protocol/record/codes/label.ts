import { widerLanguages } from "../language.ts";
import { LABELS_DE } from "./labels-de.ts";
import { LABELS_EN } from "./labels-en.ts";
import { LABELS_FR } from "./labels-fr.ts";
import { LABELS_NL } from "./labels-nl.ts";
import { LABELS_ZH } from "./labels-zh.ts";
import type { CodeLabels, CodeTable } from "./tables.ts";

/** A language is one line here and one file of labels. `zh` is in simplified characters. */
const LABELS: ReadonlyMap<string, CodeLabels> = new Map([
  ["en", LABELS_EN],
  ["de", LABELS_DE],
  ["fr", LABELS_FR],
  ["nl", LABELS_NL],
  ["zh", LABELS_ZH],
]);

/** What a person reads for a code: in `language` (BCP 47) or a wider one, else in English, else the code as it stands. */
export function codeLabel(table: CodeTable, code: string, language: string): string {
  const tag = widerLanguages(language).find((one) => LABELS.has(one)) ?? "en";
  const labels: Readonly<Record<string, string>> = (LABELS.get(tag) ?? LABELS_EN)[table];
  return Object.hasOwn(labels, code) ? (labels[code] ?? code) : code;
}
