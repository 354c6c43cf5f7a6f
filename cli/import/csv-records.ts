/** The lines of one row as they stand in the file, and the number of the first of them. */
export type CsvRecord = { readonly line: number; readonly lines: readonly Buffer[] };

/** A row longer than this could not be a record anyway; a quotation mark that is never closed gets no further. */
const MAX_ROW = 1_048_576;

const QUOTE = 0x22;

/**
 * Cuts lines into rows: a row goes on as long as its quotation marks are not in pairs (RFC 4180). A row that turns out to be
 * broken can be given back but for its first line, so that one stray quotation mark does not swallow the rows after it.
 */
export class CsvRecords {
  readonly #lines: AsyncIterator<Buffer>;
  #ahead: Buffer[] = [];
  #next = 1;

  constructor(lines: AsyncIterable<Buffer>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** The next row that is not blank. */
  async next(): Promise<CsvRecord | undefined> {
    for (;;) {
      const record = await this.#take();
      if (record === undefined || !isBlank(record)) return record;
    }
  }

  /** Takes back all lines but the first of the row that came last. */
  giveBack(record: CsvRecord): void {
    this.#ahead = [...record.lines.slice(1), ...this.#ahead];
    this.#next = record.line + 1;
  }

  async #take(): Promise<CsvRecord | undefined> {
    const line = this.#next;
    const lines: Buffer[] = [];
    for (let quotes = 0, size = 0; lines.length === 0 || (quotes % 2 === 1 && size <= MAX_ROW);) {
      const more = this.#ahead.shift() ?? (await this.#read());
      if (more === undefined) break;
      lines.push(more);
      quotes += countQuotes(more);
      size += more.length;
    }
    this.#next += lines.length;
    return lines.length === 0 ? undefined : { line, lines };
  }

  async #read(): Promise<Buffer | undefined> {
    const { done, value } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}

function countQuotes(line: Buffer): number {
  let count = 0;
  for (let at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at + 1)) count++;
  return count;
}

function isBlank(record: CsvRecord): boolean {
  return record.lines.length === 1 && record.lines[0]?.toString("latin1").trim() === "";
}
