import { toHex } from "../bytes.ts";
import type { Reference } from "../name.ts";
import type { SafetyRecord } from "../record/index.ts";

/** An entry whose record is here and understood. Disavowed and erased ones are left out by whoever holds the logs. */
export type CaseEntry = { readonly ref: Reference; readonly record: SafetyRecord };

/** Names an entry within a fold: `<id in hex>/<epoch>/<index>/<leaf hash in hex>`. */
export type EntryKey = string;

/** Of the entry that a reference names, with the leaf hash: another history of the log is another entry. */
export function entryKey({ id, epoch, index, leafHash }: Reference): EntryKey {
  return `${toHex(id)}/${epoch}/${index}/${toHex(leafHash)}`;
}
