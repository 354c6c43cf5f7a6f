import type { ImportSummary, RowProblem } from "../import/import-alerts.ts";
import { count } from "../text.ts";

/** `line 12, column "Barcode", A12/00123/20: fails its check digit`. */
export function problemLine({ line, column, number, reason }: RowProblem): string {
  const where = [
    `line ${line}`,
    ...(column === null ? [] : [`column "${column}"`]),
    ...(number === null ? [] : [number]),
  ];
  return `${where.join(", ")}: ${reason}`;
}

export function importSummary(summary: ImportSummary, shownWarnings: number): string[] {
  const { imported, updated, unchanged, rejected, warnings, interrupted } = summary;
  const more = warnings.length > shownWarnings ? " (--json lists them all)" : "";
  return [
    `${imported} imported, ${updated} updated, ${unchanged} unchanged, ${rejected.length} rejected, ${count(warnings.length, "warning")}${more}`,
    ...(interrupted ? ["interrupted: repeating the command goes on from here"] : []),
  ];
}
