import { Level } from "level";
import { type Disk, DiskError, type DiskRange, type DiskWrite } from "./disk.ts";

/** Entries fetched from Level at a time while scanning: amortises the hop into its thread without holding megabytes. */
const SCAN_PAGE = 64;
/** LevelDB merges its write buffer to disk at this size; twice the default halves the rewriting while catching up. */
const WRITE_BUFFER_BYTES = 8 * 1024 * 1024;
/** LevelDB maps its tables into memory: as few as it allows at a time, and small ones, keep a large store's share small. */
const OPEN_FILES_MAX = 74;
const TABLE_BYTES = 1024 * 1024;

/** The only file that knows Level. `create`: where there is no store, a new one; else that is an error. */
export async function openLevelDisk(directory: string, create = true): Promise<Disk> {
  const level = new Level<Uint8Array, Uint8Array>(directory, {
    keyEncoding: "view",
    valueEncoding: "view",
    writeBufferSize: WRITE_BUFFER_BYTES,
    maxOpenFiles: OPEN_FILES_MAX,
    maxFileSize: TABLE_BYTES,
    // Records are mostly hashes, short texts and photographs: compressing them costs more than it saves.
    compression: false,
    createIfMissing: create,
  });
  try {
    await level.open();
  } catch (error) {
    throw diskError(error);
  }
  const scans = new Set<Promise<void>>();
  return {
    get: (key) => level.get(key).catch(rethrow),
    getMany: (keys) => level.getMany([...keys]).catch(rethrow),
    write: (writes, sync) => level.batch(writes.map(toOperation), { sync }).catch(rethrow),
    scan: (range) => scan(level, range, scans),
    compact: (ranges) => compact(level, ranges, scans).catch(rethrow),
    close: () => level.close(),
  };
}

type LevelOperation = { type: "put"; key: Uint8Array; value: Uint8Array } | { type: "del"; key: Uint8Array };

function toOperation(write: DiskWrite): LevelOperation {
  return write.value === undefined
    ? { type: "del", key: write.key }
    : { type: "put", key: write.key, value: write.value };
}

async function* scan(
  level: Level<Uint8Array, Uint8Array>,
  range: DiskRange,
  scans: Set<Promise<void>>,
): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
  const ended = Promise.withResolvers<void>();
  scans.add(ended.promise);
  const iterator = level.iterator({
    gte: range.gte,
    lt: range.lt,
    reverse: range.reverse ?? false,
    ...(range.limit === undefined ? {} : { limit: range.limit }),
  });
  try {
    for (;;) {
      const page = await iterator.nextv(Math.min(SCAN_PAGE, range.limit ?? SCAN_PAGE)).catch(rethrow);
      if (page.length === 0) return;
      yield* page;
    }
  } finally {
    scans.delete(ended.promise);
    await iterator.close();
    ended.resolve();
  }
}

/** `level` is LevelDB in Node, which its types do not say. */
type Compacting = { compactRange(start: Uint8Array, end: Uint8Array): Promise<void> };

function compacts(level: object): level is Compacting {
  return "compactRange" in level;
}

/**
 * LevelDB merges tables only where their ranges meet one that is newer. So what is in memory is written first, then two
 * deletions at the ends of a range, between which lies every table that may hold something of it.
 */
async function compact(
  level: Level<Uint8Array, Uint8Array>,
  ranges: readonly Pick<DiskRange, "gte" | "lt">[],
  scans: ReadonlySet<Promise<void>>,
): Promise<void> {
  await Promise.all(scans);
  if (!compacts(level)) throw new DiskError("FAILED", "the store cannot be compacted");
  for (const { gte, lt } of ranges) {
    await level.compactRange(gte, lt);
    await level.batch([
      { type: "del", key: gte },
      { type: "del", key: lt },
    ]);
    await level.compactRange(gte, lt);
  }
}

function rethrow(error: unknown): never {
  throw diskError(error);
}

function diskError(error: unknown): DiskError {
  const texts = causes(error);
  const all = texts.join(": ");
  if (
    texts.some(
      (text) => text.includes("LEVEL_LOCKED") || /lock .*(held|already)|Resource temporarily unavailable/i.test(text),
    )
  ) {
    return new DiskError("LOCKED", "the store is in use by another process", error);
  }
  if (/No space left|ENOSPC|Disk quota/i.test(all)) return new DiskError("FULL", "the disk is full", error);
  if (/does not exist \(create_if_missing is false\)/.test(all))
    return new DiskError("CORRUPT", "the store is not there, or its file CURRENT is missing", error);
  if (/corrupt|checksum/i.test(all)) return new DiskError("CORRUPT", `the store is damaged: ${all}`, error);
  return new DiskError("FAILED", `the store failed: ${all}`, error);
}

function causes(error: unknown): string[] {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 4; at = at.cause) {
    texts.push("code" in at && typeof at.code === "string" ? `${at.code} ${at.message}` : at.message);
  }
  return texts.length > 0 ? texts : [String(error)];
}
