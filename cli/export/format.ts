import type { EntryDetail } from "../../node/service.ts";
import { safeJson } from "../print-safe.ts";
import { EXPORT_COLUMNS } from "./columns.ts";
import { csvRow } from "./csv-row.ts";
import type { Section } from "./sections.ts";

/** How an entry is written. `sections` is undefined where confidential parts were not asked for. */
export type ExportFormat = {
  readonly head: (withSections: boolean) => string;
  readonly line: (entry: EntryDetail, sections: readonly Section[] | undefined) => string;
};

export const EXPORT_FORMATS: Readonly<Record<"csv" | "jsonl", ExportFormat>> = {
  csv: {
    head: (withSections) => csvRow([...EXPORT_COLUMNS.map(({ name }) => name), ...(withSections ? ["sections"] : [])]),
    line: (entry, sections) =>
      csvRow([
        ...EXPORT_COLUMNS.map(({ cell }) => cell(entry)),
        ...(sections === undefined ? [] : [sections.map(({ kind, content }) => `${kind}: ${content}`).join("; ")]),
      ]),
  },
  jsonl: {
    head: () => "",
    line: (entry, sections) =>
      `${safeJson({ schema: "entente/exported/1", ...entry, ...(sections === undefined ? {} : { sections }) })}\n`,
  },
};
