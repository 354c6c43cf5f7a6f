import type { RelatedEntry, SharedKey, Tie } from "../../node/service.ts";
import { entryLine } from "./entry.ts";

const TIES: Readonly<Record<Tie, string>> = {
  barcode: "the same barcode",
  "batch-model-brand": "the same batch, model and brand",
  case: "the same case number",
  consignment: "the same consignment",
  report: "the same test report number",
  operator: "the same operator",
  "model-brand": "the same model and brand",
  "batch-brand": "the same batch and brand",
  "batch-model": "the same batch and model",
  "recall-code": "the same recall code",
  batch: "the same batch",
  model: "the same model",
  "customs-code": "the same customs code",
};

/** Grouped by what they share, each with the keys and how rare these are. */
export function relatedLines(entries: readonly RelatedEntry[]): string[] {
  const lines: string[] = [];
  entries.forEach(({ tie, shared, entry }, index) => {
    if (entries[index - 1]?.tie !== tie) lines.push(...(index === 0 ? [] : [""]), TIES[tie]);
    lines.push(`  ${entryLine(entry)}`, `    ${shared.map(sharedText).join("; ")}`);
  });
  return lines;
}

/** `gtin 05709386484552, in 2 entries`. */
function sharedText({ kind, value, entries }: SharedKey): string {
  return `${kind} ${value}, in ${entries === null ? "very many" : entries} entries`;
}
