import type { DiskWrite } from "../disk.ts";
import { logKey, partOfKey } from "../keyspace.ts";

type Log = { readonly number: number };

const NOTHING = new Uint8Array(0);

/** Goes with the write by which a part of an entry comes: the search index then reads the entry once more. */
export function searchAnew({ number }: Log, index: number): DiskWrite {
  return { key: logKey("unsearched", number, index), value: NOTHING };
}

/**
 * The same where a part goes: its words are overwritten in the file of the index too. A key of its own, since a part of
 * the entry that comes before the index has followed must not hide that another went.
 */
export function searchWithout({ number }: Log, index: number): DiskWrite {
  return { key: logKey("unsearched", number, index, WENT), value: NOTHING };
}

const WENT = 1;

/** Whether a key is one of `searchWithout`. */
export function isWithout(key: Uint8Array): boolean {
  return partOfKey(key) === WENT;
}
