import { safeLine } from "../print-safe.ts";

/** What a spreadsheet program takes for a formula and executes, full-width forms included. */
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;

/**
 * One row of a CSV file (RFC 4180) in which every cell is one line of what it says: a cell that would be a formula begins
 * with an apostrophe, which spreadsheet programs take for "this is text".
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: string): string {
  const line = safeLine(cell);
  const safe = FORMULA.test(line) ? `'${line}` : line;
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
