import type { DiskRange } from "../disk.ts";
import { bytesKey, logKey, numberKey, prefixRange } from "../keyspace.ts";

export type DeletedRange = Pick<DiskRange, "gte" | "lt">;
export type DeletedRanges = readonly DeletedRange[];

/**
 * Where bytes of a part were: in its run, as a late one, hidden, or as chunks, whose hashes stand where those are named.
 * `large`: number of its chunks, if so.
 */
export function partRanges(
  log: number,
  { index, part }: { readonly index: number; readonly part: number },
  runStart: number,
  large: number | undefined,
): DeletedRanges {
  const small = [
    logKey("parts", log, runStart),
    logKey("latePart", log, index, part),
    logKey("hiddenPart", log, index, part),
  ];
  if (large === undefined) return small.map(around);
  const named = [logKey("largePart", log, index, part), logKey("hiddenLarge", log, index, part)];
  return [...[...small, ...named].map(around), prefixRange(numberKey("chunk", large))];
}

/** Where copies may be of what an entry says: what waited to be published, what was taken in for it, rows of its case. */
export const COPIED_RANGES: DeletedRanges = (["queue", "staged", "case"] as const).map((concern) =>
  prefixRange(bytesKey(concern)),
);

/** One range for each kind of value and log, from the first to the last: to compact many small ones costs more. */
export function merged(ranges: DeletedRanges): DeletedRanges {
  const byLog = new Map<string, DeletedRange>();
  for (const range of ranges) {
    const log = Buffer.from(range.gte.subarray(0, KIND_AND_LOG)).toString("latin1");
    const known = byLog.get(log);
    byLog.set(
      log,
      known === undefined ? range : { gte: lesser(known.gte, range.gte), lt: greater(known.lt, range.lt) },
    );
  }
  return [...byLog.values()];
}

/** Bytes of a key before the index; of chunks, that many large parts. */
const KIND_AND_LOG = 5;

/** The range of one key, between ends that are no keys: all keys of a kind are of one length. */
function around(key: Uint8Array): DeletedRange {
  const gte = Buffer.from(key);
  const last = key.length - 1;
  const before = (key[last] ?? 0) - 1;
  if (before >= 0) gte[last] = before;
  return {
    gte: before < 0 ? key.subarray(0, last) : Buffer.concat([gte, Uint8Array.of(0xff)]),
    lt: Buffer.concat([key, Uint8Array.of(0)]),
  };
}

function lesser(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.compare(a, b) < 0 ? a : b;
}

function greater(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.compare(a, b) > 0 ? a : b;
}
