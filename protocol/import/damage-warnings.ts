import type { ImportWarning } from "./import-result.ts";
import type { SourceColumns } from "./source-columns.ts";

/** U+FFFD stands where a letter was lost before the file came to us. */
export function damageWarnings(originals: SourceColumns): readonly ImportWarning[] {
  return [...originals]
    .filter(([, text]) => text.includes("\uFFFD"))
    .map(([column]) => ({ column, code: "TEXT_DAMAGED", reason: "holds U+FFFD, where a letter was lost" }));
}
