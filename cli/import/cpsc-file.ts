import { CPSC_COLUMNS, readCpscRow } from "../../protocol/import/cpsc-csv.ts";
import { readCpscJson } from "../../protocol/import/cpsc-json.ts";
import { readCsvTable } from "./csv-table.ts";
import { fileStart } from "./file-start.ts";
import type { ImportLine } from "./import-line.ts";
import { readJsonObjects } from "./json-objects.ts";

/**
 * Reads recalls of the Consumer Product Safety Commission: the JSON of its API, or the list on its website as CSV. JSON is
 * what begins with a bracket or brace, whatever its name.
 */
export async function* readCpscFile(path: string): AsyncGenerator<ImportLine> {
  if (/^[[{]/.test((await fileStart(path)).trimStart())) yield* readJson(path);
  else
    yield* readCsvTable(path, {
      columns: CPSC_COLUMNS,
      readRow: readCpscRow,
      name: "the list of recalls",
      hint: "get the list of recalls from cpsc.gov as CSV, with all its columns, or the recalls of its API as JSON",
    });
}

async function* readJson(path: string): AsyncGenerator<ImportLine> {
  for await (const { line, object, problem } of readJsonObjects(path)) {
    const result =
      object === undefined
        ? ({ status: "refused", errors: [{ column: "", reason: problem }] } as const)
        : readCpscJson(object);
    yield { line, result };
  }
}
