import { CODE_TABLES, type CodeTable } from "../../protocol/record/codes/tables.ts";

/** Codes of a table, for help. */
export function codesOf(table: CodeTable): string {
  return CODE_TABLES[table].join(", ");
}
