import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";
import { readSafetyGateRow } from "../../protocol/import/safety-gate.ts";
import { readCsvTable } from "./csv-table.ts";
import type { ImportLine } from "./import-line.ts";

/** Reads an export of the Safety Gate portal as CSV (`readCsvTable`). */
export function readSafetyGateCsv(path: string): AsyncGenerator<ImportLine> {
  return readCsvTable(path, {
    columns: SAFETY_GATE_COLUMNS,
    readRow: readSafetyGateRow,
    name: "the portal's export",
    hint: "export the alerts from the Safety Gate portal with all 28 columns, and save the sheet as CSV UTF-8",
  });
}
