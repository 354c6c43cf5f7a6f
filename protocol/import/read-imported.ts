import type { CborMap } from "../cbor.ts";
import { FormatError } from "../format-error.ts";
import { alert } from "../record/alert.ts";
import type { ImportResult, ImportWarning } from "./import-result.ts";

/** An alert as a mapping made it, not yet judged. */
export type ImportedBody = { readonly body: CborMap; readonly warnings: readonly ImportWarning[] };

/** Judges it as any alert is. `columnOfPath` says from which column a field that no record can hold was made. */
export function readImported(
  number: string,
  { body, warnings }: ImportedBody,
  columnOfPath: (path: string) => string,
): ImportResult {
  try {
    return { status: "read", number, body: alert.read(body, 0).body, warnings };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const column = columnOfPath(String(error.data?.["path"] ?? ""));
    return { status: "refused", errors: [{ column, reason: String(error.data?.["reason"] ?? error.message) }] };
  }
}
