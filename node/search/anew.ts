import type { DiskWrite } from "../disk.ts";
import { logKey } from "../keyspace.ts";

/** Goes with the write by which a part of an entry comes or goes: the search index then reads the entry once more. */
export function searchAnew({ number }: { readonly number: number }, index: number): DiskWrite {
  return { key: logKey("unsearched", number, index), value: new Uint8Array(0) };
}
