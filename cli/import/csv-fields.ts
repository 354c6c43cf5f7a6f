import { CsvError, parse } from "csv-parse/sync";
import { decodeUtf8 } from "../../protocol/utf8.ts";
import type { CsvRecord } from "./csv-records.ts";

/** Why a row is no row; `field` is the position of the field, from 0. */
export class BrokenRow extends Error {
  override readonly name = "BrokenRow";
  readonly field: number;

  constructor(field: number, reason: string) {
    super(reason);
    this.field = field;
  }
}

/** A field of a row: its text, or `undefined` where its bytes are not UTF-8. */
export type CsvField = string | undefined;

/** The fields of one row of a CSV file (RFC 4180). Throws `BrokenRow` where its quotation marks make no sense. */
export function csvFields(record: CsvRecord, delimiter: string): readonly CsvField[] {
  try {
    // As Latin-1 every byte is a character, so that the fields can be told apart before they are read as UTF-8.
    const [fields = []] = parse(Buffer.concat(record.lines), {
      encoding: "latin1",
      delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
    });
    return fields.map(fromLatin1);
  } catch (error) {
    if (error instanceof CsvError)
      throw new BrokenRow(Number(error["column"] ?? 0), REASONS[error.code] ?? "not a row of a CSV file");
    throw error;
  }
}

function fromLatin1(field: string): CsvField {
  const bytes = Buffer.from(field, "latin1");
  return decodeUtf8(bytes, 0, bytes.length);
}

const REASONS: Partial<Readonly<Record<CsvError["code"], string>>> = {
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is opened and not closed",
  CSV_INVALID_CLOSING_QUOTE: "text goes on after a closing quotation mark",
  INVALID_OPENING_QUOTE: "a quotation mark stands in a field that does not begin with one",
};
