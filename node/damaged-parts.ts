import { equalBytes } from "../protocol/bytes.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { emptyRange, extendRange, rangeRoot } from "../protocol/merkle/compact-range.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { partDigest } from "../protocol/part-digest.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import { type Disk, type DiskWrite, unlessCorrupt } from "./disk.ts";
import { indexOfKey, logKey, numberKey, partOfKey, prefixRange } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";
import { missingMark } from "./missing-mark.ts";
import type { LargePart, PartStore } from "./part-store.ts";
import { formatParts, type RunPart, tryParseParts } from "./run.ts";
import { type StoredRun, storedRuns } from "./stored-runs.ts";

export type DamagedPartsInit = {
  readonly disk: Disk;
  readonly sha256: Sha256;
  readonly store: LogStore;
  readonly parts: PartStore;
  /** Whether a part is for us, by what its audience's leaf says. */
  readonly isOurs: (index: number, reading: LeafReading, part: number) => Promise<boolean>;
};

/** Parts that lie together and are not what their leaves say. */
export type DamagedParts = {
  readonly parts: readonly { readonly index: number; readonly part: number }[];
  /** Takes away what is damaged, and marks the parts as missing. */
  readonly writes: readonly DiskWrite[];
};

/** Finds the parts of a stored log that are not what its leaves say; those are taken for whole. */
export async function* damagedParts(
  init: DamagedPartsInit,
  onEntries: (count: number) => void,
): AsyncGenerator<DamagedParts> {
  yield* damagedLateParts(init);
  yield* damagedLargeParts(init);
  for await (const run of storedRuns(init.disk, init.store, init.store.head.size)) {
    const damaged = await damagedInRun(init, run);
    if (damaged !== undefined) yield damaged;
    onEntries(run.end - run.first);
  }
}

async function* damagedLateParts({ disk, sha256, store }: DamagedPartsInit): AsyncGenerator<DamagedParts> {
  for await (const [key, bytes] of disk.scan(prefixRange(logKey("latePart", store.number)))) {
    const [index, part] = [indexOfKey(key), partOfKey(key)];
    const leaf = await leafAt(store, index);
    if (leaf === undefined || isPart(sha256, leaf, part, bytes)) continue;
    const gone = { key, value: undefined };
    yield { parts: [{ index, part }], writes: [gone, markOf(store, leaf, index, part)] };
  }
}

async function* damagedLargeParts(init: DamagedPartsInit): AsyncGenerator<DamagedParts> {
  const { disk, store, parts } = init;
  for await (const [key] of disk.scan(prefixRange(logKey("largePart", store.number)))) {
    const [index, part] = [indexOfKey(key), partOfKey(key)];
    parts.forget(store.number, index, part);
    const large = await parts.large(store.number, index, part);
    const leaf = await leafAt(store, index);
    // What is not whole yet is judged when it is.
    if (large === undefined || leaf === undefined || large.hashes.length === 0) continue;
    const held = await wholeChunks(init, leaf, part, large);
    if (held === large.held) continue;
    const rest: LargePart = { ...large, held, hashes: new Uint8Array(0) };
    parts.forget(store.number, index, part);
    yield {
      parts: [{ index, part }],
      writes: [parts.writeLarge(store.number, index, part, rest), markOf(store, leaf, index, part)],
    };
  }
}

/** How many chunks, from the first on, are what the leaf says. */
async function wholeChunks(
  { disk, sha256 }: DamagedPartsInit,
  leaf: LeafReading,
  part: number,
  large: LargePart,
): Promise<number> {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < large.hashes.length; at += 32) hashes.push(large.hashes.subarray(at, at + 32));
  const root = rangeRoot(sha256, extendRange(sha256, emptyRange(0), hashes));
  const commitment = commitmentOf(leaf, part);
  if (commitment === undefined || !equalBytes(root, commitment.digest)) return 0;
  for (const [chunk, hash] of hashes.entries()) {
    const bytes = await disk.get(numberKey("chunk", large.number, chunk));
    if (bytes === undefined || !equalBytes(leafHash(sha256, bytes), hash)) return chunk;
  }
  return large.held;
}

async function damagedInRun(init: DamagedPartsInit, run: StoredRun): Promise<DamagedParts | undefined> {
  const { disk, sha256, store } = init;
  const key = logKey("parts", store.number, run.first);
  const stored = await disk.get(key);
  if (stored === undefined || run.leaves === undefined) return undefined;
  const found = tryParseParts(stored);
  const leaves = run.leaves.map(readLeaf);
  const whole = found?.filter(({ offset, part, bytes }) => isPart(sha256, leaves[offset], part, bytes)) ?? [];
  if (found !== undefined && whole.length === found.length) return undefined;
  const parts = await lackingIn(init, run.first, leaves, whole);
  return {
    parts,
    writes: [
      { key, value: whole.length === 0 ? undefined : formatParts(whole) },
      ...parts.map(({ index, part }) => markOf(store, leaves[index - run.first], index, part)),
    ],
  };
}

/** The one-chunk parts for us that are neither among these nor anywhere else, and not marked as missing. */
async function lackingIn(
  { disk, store, isOurs }: DamagedPartsInit,
  first: number,
  leaves: readonly LeafReading[],
  whole: readonly RunPart[],
): Promise<DamagedParts["parts"]> {
  const lacking: { index: number; part: number }[] = [];
  for (const [offset, leaf] of leaves.entries()) {
    const index = first + offset;
    for (let part = 0; part < partCount(leaf); part++) {
      const isSmall = (commitmentOf(leaf, part)?.size ?? Infinity) <= CHUNK_SIZE;
      if (!isSmall || whole.some((one) => one.offset === offset && one.part === part)) continue;
      const known = (["missing", "latePart", "erased"] as const).map((concern) =>
        logKey(concern, store.number, index, part),
      );
      if ((await disk.getMany(known)).some((value) => value !== undefined)) continue;
      if (await isOurs(index, leaf, part)) lacking.push({ index, part });
    }
  }
  return lacking;
}

function markOf(store: LogStore, leaf: LeafReading | undefined, index: number, part: number): DiskWrite {
  return { key: logKey("missing", store.number, index, part), value: missingMark(leaf, part) };
}

function isPart(sha256: Sha256, leaf: LeafReading | undefined, part: number, bytes: Uint8Array): boolean {
  const commitment = commitmentOf(leaf, part);
  return (
    commitment !== undefined &&
    commitment.size === bytes.length &&
    equalBytes(partDigest(sha256, bytes), commitment.digest)
  );
}

function partCount(reading: LeafReading): number {
  if (reading.status !== "known") return 0;
  if (reading.leaf.kind === "record") return reading.leaf.parts.length;
  return reading.leaf.kind === "audience" ? 1 : 0;
}

/** `undefined` also where the leaf itself is damaged beyond reading. */
async function leafAt(store: LogStore, index: number): Promise<LeafReading | undefined> {
  const leaf = await store.readLeaf(index).catch(unlessCorrupt);
  return leaf === undefined ? undefined : readLeaf(leaf);
}
