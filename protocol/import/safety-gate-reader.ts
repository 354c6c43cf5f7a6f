import type { CborMap } from "../cbor.ts";
import type { CodeTable } from "../record/codes/tables.ts";
import { codeOfWord } from "./code-words.ts";
import type { ImportWarning } from "./import-result.ts";
import type { SafetyGateColumn, SafetyGateRow } from "./safety-gate-columns.ts";

/** Reads the cells of one row and collects what there is to remark. */
export class SafetyGateReader {
  readonly warnings: ImportWarning[] = [];
  readonly #row: SafetyGateRow;

  constructor(row: SafetyGateRow) {
    this.#row = row;
  }

  /** The cell without spaces around it; an empty one is none. */
  text(column: SafetyGateColumn): string | undefined {
    const text = this.#row.get(column)?.trim();
    return text === "" ? undefined : text;
  }

  /** The portal exports its texts in English. */
  english(column: SafetyGateColumn): CborMap | undefined {
    return englishText(this.text(column) ?? "");
  }

  list(column: SafetyGateColumn, split: (cell: string) => readonly string[]): readonly string[] | undefined {
    const items = split(this.text(column) ?? "");
    return items.length === 0 ? undefined : items;
  }

  code(column: SafetyGateColumn, table: CodeTable): string | undefined {
    const word = this.text(column);
    return word === undefined ? undefined : this.codeOf(column, table, word);
  }

  codes(
    column: SafetyGateColumn,
    table: CodeTable,
    split: (cell: string) => readonly string[],
  ): readonly string[] | undefined {
    const words = this.list(column, split) ?? [];
    const codes = words.map((word) => this.codeOf(column, table, word)).filter((code) => code !== undefined);
    return codes.length === 0 ? undefined : [...new Set(codes)];
  }

  codeOf(column: SafetyGateColumn, table: CodeTable, word: string): string | undefined {
    const code = codeOfWord(table, word);
    if (code === undefined)
      this.warn(column, "VALUE_UNKNOWN", `"${word}" is no ${table.replace("-", " ")} that is known here: kept as text`);
    return code;
  }

  warn(column: string, code: ImportWarning["code"], reason: string): void {
    this.warnings.push({ column, code, reason });
  }
}

export function englishText(text: string): CborMap | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : { en: trimmed };
}
