import type { CborMap } from "../cbor.ts";
import { encodeCbor } from "../cbor.ts";
import type { Sha256 } from "../crypto.ts";
import type { AlertBody } from "../record/alert.ts";

/** What an alert was made of, character for character, by the names of columns, elements or keys. */
export type SourceColumns = ReadonlyMap<string, string>;

/** Of an imported alert; empty for one that was not. */
export function sourceColumns(body: AlertBody): SourceColumns {
  return new Map(Object.entries(body.source?.columns ?? {}));
}

/** Equal for sources that say the same, in whatever order: SHA-256 of the canonical CBOR map of the columns. */
export function columnsDigest(source: SourceColumns, sha256: Sha256): Uint8Array {
  const columns: CborMap = Object.fromEntries(source);
  return sha256(encodeCbor(columns));
}
