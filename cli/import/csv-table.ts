import { createReadStream } from "node:fs";
import type { ImportError, ImportResult } from "../../protocol/import/import-result.ts";
import type { SourceColumns } from "../../protocol/import/source-columns.ts";
import { CliError } from "../cli-error.ts";
import { assertCsv } from "./assert-csv.ts";
import { BrokenRow, csvFields } from "./csv-fields.ts";
import type { CsvField } from "./csv-fields.ts";
import type { CsvRecord } from "./csv-records.ts";
import { CsvRecords } from "./csv-records.ts";
import type { ImportLine } from "./import-line.ts";
import { physicalLines } from "./physical-lines.ts";

/** What a file is expected to be. */
export type CsvKind = {
  /** Columns that must be there; all others are kept. */
  readonly columns: readonly string[];
  readonly readRow: (row: SourceColumns) => ImportResult;
  /** Whose columns they are: `the portal's export`. */
  readonly name: string;
  /** What to do where they are not there. */
  readonly hint: string;
};

/**
 * Reads a table saved as CSV in UTF-8, row by row. Columns may stand in any order, be more than those of its kind, and be
 * divided by comma, semicolon or tab. A bad row says why, and the others go on. A file that is no such table is a `CliError`
 * (`FILE`) before any row.
 */
export async function* readCsvTable(path: string, kind: CsvKind): AsyncGenerator<ImportLine> {
  await assertCsv(path);
  const file = createReadStream(path);
  try {
    yield* readRows(path, kind, new CsvRecords(physicalLines(file)));
  } finally {
    file.destroy();
  }
}

async function* readRows(path: string, kind: CsvKind, records: CsvRecords): AsyncGenerator<ImportLine> {
  const table = readHeader(path, kind, withoutMark(await records.next()));
  for (let record = await records.next(); record !== undefined; record = await records.next()) {
    const fields = fieldsOf(record, table);
    if (fields instanceof BrokenRow) {
      // Its quotation marks may have reached into good rows.
      records.giveBack(record);
      yield {
        line: record.line,
        result: refused([{ column: table.columns[fields.field] ?? "", reason: fields.message }]),
      };
    } else if (fields.some((field) => field !== "")) {
      yield { line: record.line, result: readFields(fields, table, kind) };
    }
  }
}

type Table = { readonly delimiter: string; readonly columns: readonly string[] };

function fieldsOf(record: CsvRecord, table: Table): readonly CsvField[] | BrokenRow {
  try {
    return csvFields(record, table.delimiter);
  } catch (error) {
    if (error instanceof BrokenRow) return error;
    throw error;
  }
}

function readFields(fields: readonly CsvField[], { columns }: Table, kind: CsvKind): ImportResult {
  const surplus = fields.slice(columns.length).some((field) => field !== "");
  if (fields.length < columns.length || surplus) {
    return refused([
      {
        column: columns[fields.length] ?? "",
        reason: `the row has ${fields.length} columns, the header ${columns.length}`,
      },
    ]);
  }
  const row = new Map<string, string>();
  const errors: ImportError[] = [];
  columns.forEach((column, index) => {
    const field = fields[index];
    if (field === undefined) errors.push({ column, reason: "not UTF-8: save the file as CSV UTF-8" });
    else row.set(column, field);
  });
  return errors.length > 0 ? refused(errors) : kind.readRow(row);
}

function refused(errors: readonly ImportError[]): ImportResult {
  return { status: "refused", errors };
}

/** The header under the delimiter by which most of the columns are found: spreadsheets write a semicolon in half of Europe. */
function readHeader(path: string, kind: CsvKind, record: CsvRecord | undefined): Table {
  const tables = [",", ";", "\t"].map((delimiter) => ({ delimiter, columns: columnsOf(record, delimiter) }));
  const [best] = tables.toSorted((a, b) => missingColumns(kind, a).length - missingColumns(kind, b).length);
  if (best === undefined || missingColumns(kind, best).length > 0)
    throw wrongHeader(path, kind, best === undefined ? [] : missingColumns(kind, best));
  const twice = best.columns.find((column, index) => best.columns.indexOf(column) < index);
  if (twice !== undefined)
    throw new CliError("FILE", `${path} has the column "${twice}" twice`, "remove one of the two");
  return best;
}

/** Without the byte order mark with which spreadsheets begin UTF-8. */
function withoutMark(record: CsvRecord | undefined): CsvRecord | undefined {
  const [first, ...rest] = record?.lines ?? [];
  if (record === undefined || first === undefined || first.indexOf("\uFEFF") !== 0) return record;
  return { line: record.line, lines: [first.subarray(3), ...rest] };
}

function columnsOf(record: CsvRecord | undefined, delimiter: string): readonly string[] {
  const fields = record === undefined ? [] : fieldsOf(record, { delimiter, columns: [] });
  if (fields instanceof BrokenRow) return [];
  return fields.map((field, index) => columnName(field ?? "", index));
}

/** A column without a name is kept under its number. */
function columnName(field: string, index: number): string {
  const name = field.trim();
  return name === "" ? `column ${index + 1}` : name;
}

function missingColumns(kind: CsvKind, table: Table): readonly string[] {
  return kind.columns.filter((column) => !table.columns.includes(column));
}

function wrongHeader(path: string, kind: CsvKind, missing: readonly string[]): CliError {
  const names = missing.map((column) => `"${column}"`).join(", ");
  const what = missing.length === kind.columns.length ? `none of the columns of ${kind.name}` : `no column ${names}`;
  return new CliError("FILE", `${path} has ${what} in its first row`, kind.hint);
}
