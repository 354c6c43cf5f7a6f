import { type Disk, unlessCorrupt } from "./disk.ts";
import { indexOfKey, logKey, prefixRange } from "./keyspace.ts";
import { parseLeaves } from "./run.ts";

/** By its local number. */
type LogName = { readonly number: number };

/** A run as it lies there: its entries are `first ≤ index < end`. */
export type StoredRun = {
  readonly first: number;
  readonly end: number;
  /** `undefined` where what lies there is not that many leaves. */
  readonly leaves: readonly Uint8Array[] | undefined;
};

/** The runs of a log up to a size, in order and without gaps, also where some cannot be read. */
export async function* storedRuns(disk: Disk, { number }: LogName, size: number): AsyncGenerator<StoredRun> {
  // Where a run ends the next one says: what lies in it may be damaged.
  let before: { readonly first: number; readonly value: Uint8Array } = { first: 0, value: new Uint8Array(0) };
  for await (const [key, value] of disk.scan(prefixRange(logKey("leaves", number)))) {
    const first = indexOfKey(key);
    if (first >= size) break;
    if (first > before.first) yield run(before.first, first, before.value);
    before = { first, value };
  }
  if (before.first < size) yield run(before.first, size, before.value);
}

function run(first: number, end: number, value: Uint8Array): StoredRun {
  const leaves = tryParse(value);
  // A run that was committed after `size` was read may go on.
  return { first, end, leaves: leaves?.length === end - first ? leaves : undefined };
}

function tryParse(value: Uint8Array): readonly Uint8Array[] | undefined {
  try {
    return parseLeaves(value);
  } catch (error) {
    return unlessCorrupt(error);
  }
}
