import type { ImportResult } from "../../protocol/import/import-result.ts";

/** An alert of a file: the line on which it begins, or its fault does (the first of the file is 1), and what came of it. */
export type ImportLine = { readonly line: number; readonly result: ImportResult };
