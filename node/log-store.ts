import { u64be } from "../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../protocol/cbor.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import {
  type CompactRange,
  coverCoordinates,
  emptyRange,
  extendRange,
  type NodeCoordinate,
} from "../protocol/merkle/compact-range.ts";
import { EMPTY_ROOT, leafHash, nodeHash, sameHashes } from "../protocol/merkle/hash.ts";
import { foldRight } from "../protocol/merkle/compact-range.ts";
import { isMap } from "../protocol/record/body.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { type Disk, DiskError, type DiskWrite } from "./disk.ts";
import { bytesKey, indexOfKey, logKey, nodeKey, prefixRange, u32 } from "./keyspace.ts";
import { formatLeaves, formatParts, parseLeaves, parseParts, type RunPart, tryParseParts } from "./run.ts";
import { storedRuns } from "./stored-runs.ts";
import { Turns } from "./turns.ts";

/**
 * Complete nodes are stored from this level up; what lies below is recomputed from at most 2^8 leaves, which costs less
 * than storing and writing it (two hashes an entry).
 */
export const NODE_LEVEL_MIN = 8;
const BLOCK = 2 ** NODE_LEVEL_MIN;
/** Blocks whose leaf hashes are remembered: neighbouring proofs and batches share them. 8 × 8 KiB. */
const BLOCK_CACHE_MAX = 8;
/** Low nodes remembered: every batch of a long catch-up ends with the same few, right of the last tile. */
const LOW_NODE_CACHE_MAX = 64;

/** Where a log stands. Opening a log reads this one value. */
export type Head = {
  readonly size: number;
  /** Compact range [0, size). */
  readonly frontier: readonly Uint8Array[];
  /** The largest valid checkpoint note seen; its size is at least `size`. Empty text before the first. */
  readonly checkpoint: string;
  readonly checkpointSize: number;
  /** The newest checkpoint note of which every leaf is here; empty text before the first. */
  readonly reached: string;
  /** Index of the latest followers leaf, or −1. */
  readonly followers: number;
  /** Parts addressed to us below `size` that are not here. */
  readonly missing: number;
  readonly unknownLeaves: number;
  readonly malformedLeaves: number;
  /** Critical leaf kinds that this version does not know. */
  readonly critical: readonly string[];
};

/** Consecutive entries, verified or our own, to be stored at `from`. */
export type Run = {
  readonly from: number;
  readonly leaves: readonly Uint8Array[];
  readonly parts: readonly RunPart[];
  /** Offsets of leaves that are not records. */
  readonly control: readonly number[];
  /** Complete nodes of level ≥ NODE_LEVEL_MIN that these entries complete. */
  readonly nodes: readonly { readonly level: number; readonly index: number; readonly hash: Uint8Array }[];
};

/** One entry as stored. */
export type StoredEntry = {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly parts: readonly { readonly part: number; readonly bytes: Uint8Array }[];
};

const EMPTY_HEAD: Head = {
  size: 0,
  frontier: [],
  checkpoint: "",
  checkpointSize: 0,
  reached: "",
  followers: -1,
  missing: 0,
  unknownLeaves: 0,
  malformedLeaves: 0,
  critical: [],
};

/** One log (own or mirror) of one epoch on disk. Only `commit` changes it, one call at a time, by compare-and-swap. */
export class LogStore {
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly number: number;
  readonly #disk: Disk;
  readonly #sha256: Sha256;
  /** The newest runs, as they were committed: live pulls and proofs of new entries do not wait for the disk. */
  #recent: { readonly from: number; readonly entries: readonly StoredEntry[]; readonly bytes: number }[] = [];
  readonly #blocks = new Map<number, readonly Uint8Array[]>();
  /** Complete nodes below NODE_LEVEL_MIN; they never change. */
  readonly #lowNodes = new Map<string, Uint8Array>();
  #head: Head;
  readonly #turns = new Turns();

  private constructor(disk: Disk, sha256: Sha256, id: Uint8Array, epoch: number, number: number, head: Head) {
    this.#disk = disk;
    this.#sha256 = sha256;
    this.id = id;
    this.epoch = epoch;
    this.number = number;
    this.#head = head;
  }

  /** Whether something of the log may be here. */
  static async isStored(disk: Disk, id: Uint8Array, epoch: number): Promise<boolean> {
    return (await disk.get(bytesKey("logNumber", id, u64be(epoch)))) !== undefined;
  }

  /** Opens the log, giving it a local number if it is new here. */
  static async open(disk: Disk, sha256: Sha256, id: Uint8Array, epoch: number): Promise<LogStore> {
    const key = bytesKey("logNumber", id, u64be(epoch));
    const stored = await disk.get(key);
    if (stored !== undefined) {
      const number = Buffer.from(stored).readUInt32BE(0);
      const head = await disk.get(logKey("head", number));
      return new LogStore(disk, sha256, id, epoch, number, head === undefined ? EMPTY_HEAD : parseHead(head));
    }
    const number = await nextLogNumber(disk);
    await disk.write(
      [
        { key, value: u32(number) },
        { key: LOG_COUNT_KEY, value: u32(number + 1) },
      ],
      true,
    );
    return new LogStore(disk, sha256, id, epoch, number, EMPTY_HEAD);
  }

  get head(): Head {
    return this.#head;
  }

  get range(): CompactRange {
    return { begin: 0, end: this.#head.size, hashes: this.#head.frontier };
  }

  get root(): Uint8Array {
    const { frontier } = this.#head;
    return frontier.length === 0 ? EMPTY_ROOT(this.#sha256) : foldRight(this.#sha256, frontier);
  }

  /**
   * Runs a step that moves the head when no other one is on its way: entries, and parts that come late, on any connection
   * and from whoever writes this log.
   */
  inTurn<T>(step: () => Promise<T>): Promise<T> {
    return this.#turns.run(step);
  }

  /** Resolves when no step that was begun is on its way. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /**
   * Stores runs and the head they lead to in one durable write. `expected` is the head that the caller built on.
   * Throws `DiskError` with nothing stored, also where `expected` is no longer the head.
   */
  async commit(expected: Head, next: Head, runs: readonly Run[], extra: readonly DiskWrite[]): Promise<void> {
    this.#checkUnmoved(expected);
    // A head never goes back, and what is stored goes on where it stands.
    if (next.size < expected.size || (runs[0] !== undefined && runs[0].from !== expected.size))
      throw new DiskError("FAILED", "what is to be stored does not go on from the head");
    const writes: DiskWrite[] = [...extra, { key: logKey("head", this.number), value: formatHead(next) }];
    for (const run of runs) this.#addRun(writes, run);
    await this.#disk.write(writes, true);
    // Two writers of one log would be a fault of ours; better to stop than to let the head go back.
    this.#checkUnmoved(expected);
    this.#head = next;
    this.#remember(runs);
  }

  /** Leaves `from ≤ index < to`, in order. */
  async readLeaves(from: number, to: number): Promise<Uint8Array[]> {
    const leaves: Uint8Array[] = [];
    if (from >= to) return leaves;
    for await (const [first, run] of this.#runs("leaves", from, to)) {
      parseLeaves(run).forEach((leaf, offset) => {
        const index = first + offset;
        if (index >= from && index < to) leaves.push(leaf);
      });
    }
    if (leaves.length !== Math.min(to, this.#head.size) - from)
      throw new DiskError("CORRUPT", `entries are missing in a stored log at ${from}`);
    return leaves;
  }

  /** In turn: writes leaves that were damaged on the disk once more, in the runs in which they lie. */
  async rewriteLeaves(from: number, leaves: readonly Uint8Array[]): Promise<void> {
    const to = from + leaves.length;
    const writes: DiskWrite[] = [];
    for await (const run of storedRuns(this.#disk, this, this.#head.size)) {
      if (run.end <= from || run.first >= to) continue;
      const anew: Uint8Array[] = [];
      for (let index = run.first; index < run.end; index++) {
        const leaf = leaves[index - from] ?? run.leaves?.[index - run.first];
        if (leaf !== undefined) anew.push(leaf);
      }
      writes.push({ key: logKey("leaves", this.number, run.first), value: formatLeaves(anew) });
    }
    await this.#disk.write(writes, true);
    this.#blocks.clear();
    this.#lowNodes.clear();
  }

  async readLeaf(index: number): Promise<Uint8Array | undefined> {
    return index < this.#head.size ? (await this.readLeaves(index, index + 1))[0] : undefined;
  }

  /**
   * Entries from `from` with the small parts that came with them, run by run; the caller stops when it has enough.
   * Parts that came later are not included: `readPart` finds them.
   */
  async *entryRuns(from: number, to: number): AsyncGenerator<readonly StoredEntry[]> {
    const [oldest] = this.#recent;
    if (oldest !== undefined && from >= oldest.from) {
      for (const run of this.#recent) yield run.entries.filter(({ index }) => index >= from && index < to);
      return;
    }
    for await (const [first, run] of this.#runs("leaves", from, to)) {
      const leaves = parseLeaves(run);
      const stored = await this.#disk.get(logKey("parts", this.number, first));
      const parts = stored === undefined ? [] : parseParts(stored);
      let at = 0;
      const entries: StoredEntry[] = [];
      for (let offset = 0; offset < leaves.length; offset++) {
        const own: { part: number; bytes: Uint8Array }[] = [];
        for (let part = parts[at]; part !== undefined && part.offset === offset; part = parts[++at]) own.push(part);
        const index = first + offset;
        const leaf = leaves[offset];
        if (leaf !== undefined && index >= from && index < to) entries.push({ index, leaf, parts: own });
      }
      yield entries;
    }
  }

  /** A one-chunk part that is here, wherever it lies. */
  async readSmallPart(index: number, part: number): Promise<Uint8Array | undefined> {
    for await (const [first, run] of this.#runs("parts", index, index + 1)) {
      const found = tryParseParts(run)?.find((one) => first + one.offset === index && one.part === part);
      if (found !== undefined) return found.bytes;
    }
    return this.readLatePart(index, part);
  }

  /** The stored run of parts in which those of an entry lie, if any do; `undefined` also where it is damaged. */
  async partsRun(index: number): Promise<{ readonly first: number; readonly parts: RunPart[] } | undefined> {
    for await (const [first, run] of this.#runs("parts", index, index + 1)) {
      const parts = tryParseParts(run);
      return parts === undefined ? undefined : { first, parts };
    }
    return undefined;
  }

  /** Where the run begins in which an entry lies. */
  async runStart(index: number): Promise<number> {
    for await (const [first] of this.#runs("leaves", index, index + 1)) return first;
    return index;
  }

  /** Parts of the newest entries are not here any more. */
  forgetRecent(): void {
    this.#recent = [];
  }

  /** A one-chunk part that came after its run. */
  readLatePart(index: number, part: number): Promise<Uint8Array | undefined> {
    return this.#disk.get(logKey("latePart", this.number, index, part));
  }

  /** Leaves that are not records, in order: what the fold of a log is computed from. */
  async *controlLeaves(): AsyncGenerator<{ readonly index: number; readonly leaf: Uint8Array }> {
    for await (const [key, leaf] of this.#disk.scan(prefixRange(logKey("control", this.number)))) {
      yield { index: indexOfKey(key), leaf };
    }
  }

  controlLeaf(index: number): Promise<Uint8Array | undefined> {
    return this.#disk.get(logKey("control", this.number, index));
  }

  /** Complete nodes of the stored tree (`HashReader`): O(log n) reads for a proof. */
  async readNodes(coordinates: readonly NodeCoordinate[]): Promise<Uint8Array[]> {
    const high = coordinates.filter((node) => node.level >= NODE_LEVEL_MIN);
    const stored = await this.#disk.getMany(high.map((node) => nodeKey(this.number, node.level, node.index)));
    let next = 0;
    const hashes: Uint8Array[] = [];
    for (const node of coordinates) {
      const hash = node.level >= NODE_LEVEL_MIN ? stored[next++] : await this.#lowNode(node);
      if (hash === undefined)
        throw new DiskError("CORRUPT", `a stored node is missing: level ${node.level}, index ${node.index}`);
      hashes.push(hash);
    }
    return hashes;
  }

  /** Compact range [0, size) for a size that is not above the head's. */
  async rangeAt(size: number): Promise<CompactRange> {
    if (size === this.#head.size) return this.range;
    return { begin: 0, end: size, hashes: await this.readNodes(coverCoordinates(0, size)) };
  }

  async rootAt(size: number): Promise<Uint8Array> {
    const range = await this.rangeAt(size);
    return range.hashes.length === 0 ? EMPTY_ROOT(this.#sha256) : foldRight(this.#sha256, range.hashes);
  }

  async #lowNode(node: NodeCoordinate): Promise<Uint8Array> {
    const name = `${node.level}/${node.index}`;
    const known = this.#lowNodes.get(name);
    if (known !== undefined) return known;
    const hash = await this.#computeLowNode(node);
    this.#lowNodes.set(name, hash);
    const [oldest] = this.#lowNodes.keys();
    if (this.#lowNodes.size > LOW_NODE_CACHE_MAX && oldest !== undefined) this.#lowNodes.delete(oldest);
    return hash;
  }

  async #computeLowNode(node: NodeCoordinate): Promise<Uint8Array> {
    const width = 2 ** node.level;
    const first = node.index * width;
    const block = Math.floor(first / BLOCK);
    const hashes = await this.#blockHashes(block);
    let row = hashes.slice(first - block * BLOCK, first - block * BLOCK + width);
    if (row.length !== width)
      throw new DiskError("CORRUPT", `a node reaches beyond the log: level ${node.level}, index ${node.index}`);
    while (row.length > 1) row = pairUp(this.#sha256, row);
    const [hash] = row;
    if (hash === undefined) throw new DiskError("CORRUPT", "a node of no leaves");
    return hash;
  }

  async #blockHashes(block: number): Promise<readonly Uint8Array[]> {
    const cached = this.#blocks.get(block);
    const end = Math.min((block + 1) * BLOCK, this.#head.size);
    if (cached !== undefined && cached.length === end - block * BLOCK) return cached;
    const leaves = await this.readLeaves(block * BLOCK, end);
    const hashes = leaves.map((leaf) => leafHash(this.#sha256, leaf));
    // Else a flipped bit would look like another history.
    if (!(await this.#isBlock(block * BLOCK, hashes)))
      throw new DiskError("CORRUPT", `leaves from ${block * BLOCK} to ${end - 1} are damaged: entente scrub`);
    this.#blocks.delete(block);
    this.#blocks.set(block, hashes);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > BLOCK_CACHE_MAX && oldest !== undefined) this.#blocks.delete(oldest);
    return hashes;
  }

  /** Whether these are the hashes of the leaves below a stored node, or, at the end, below the last ones of the frontier. */
  async #isBlock(from: number, leafHashes: readonly Uint8Array[]): Promise<boolean> {
    const { head } = this;
    const { hashes } = extendRange(this.#sha256, emptyRange(from), leafHashes);
    if (leafHashes.length === BLOCK) return sameHashes(hashes, await this.readNodes([blockNode(from)]));
    // It may have grown meanwhile: then these are judged when they are read the next time.
    return from + leafHashes.length !== head.size || sameHashes(hashes, head.frontier.slice(-hashes.length));
  }

  /** Stored runs that overlap `from ≤ index < to`: the one that begins at or before `from`, and all up to `to`. */
  async *#runs(concern: "leaves" | "parts", from: number, to: number): AsyncGenerator<readonly [number, Uint8Array]> {
    const floor = logKey(concern, this.number, 0);
    const after = logKey(concern, this.number, from + 1);
    const before = await Array.fromAsync(this.#disk.scan({ gte: floor, lt: after, reverse: true, limit: 1 }));
    for (const [key, value] of before) yield [indexOfKey(key), value];
    // To read one entry, which is most of what is read, it is there.
    for (let next = from + 1; next >= 0 && next < to;) {
      const page = await this.#page(concern, next, to);
      yield* page.runs;
      next = page.next;
    }
  }

  /**
   * Runs that begin in a range, and from where there may be more; negative where there is none. In one go: who reads them may
   * wait for a peer that takes nothing, and until a scan of the disk has ended, what was deleted since it began stays in the
   * files.
   */
  async #page(
    concern: "leaves" | "parts",
    from: number,
    to: number,
  ): Promise<{ readonly runs: readonly (readonly [number, Uint8Array])[]; readonly next: number }> {
    const runs: (readonly [number, Uint8Array])[] = [];
    let bytes = 0;
    for await (const [key, value] of this.#disk.scan({
      gte: logKey(concern, this.number, from),
      lt: logKey(concern, this.number, to),
    })) {
      const first = indexOfKey(key);
      runs.push([first, value]);
      bytes += value.length;
      if (bytes >= PAGE_BYTES && first + 1 < to) return { runs, next: first + 1 };
    }
    return { runs, next: -1 };
  }

  #remember(runs: readonly Run[]): void {
    for (const run of runs) this.#recent.push(rememberedRun(run));
    let bytes = 0;
    const kept = this.#recent.findLastIndex((run) => (bytes += run.bytes) > RECENT_BYTES_MAX);
    this.#recent = this.#recent.slice(kept + 1);
  }

  #addRun(writes: DiskWrite[], run: Run): void {
    writes.push({ key: logKey("leaves", this.number, run.from), value: formatLeaves(run.leaves) });
    if (run.parts.length > 0)
      writes.push({ key: logKey("parts", this.number, run.from), value: formatParts(run.parts) });
    for (const offset of run.control) {
      const leaf = run.leaves[offset];
      if (leaf !== undefined) writes.push({ key: logKey("control", this.number, run.from + offset), value: leaf });
    }
    for (const node of run.nodes) writes.push({ key: nodeKey(this.number, node.level, node.index), value: node.hash });
  }

  #checkUnmoved(expected: Head): void {
    if (this.#head !== expected) throw new DiskError("FAILED", "the log moved while it was being extended");
  }
}

/** Of a complete block of leaves that begins at `from`. */
export function blockNode(from: number): NodeCoordinate {
  return { level: NODE_LEVEL_MIN, index: from / BLOCK };
}

/** Largest part that is stored inside a run. */
export const SMALL_PART_MAX = CHUNK_SIZE;

/** Bytes of runs read from the disk in one go, or one run: what a frame carries. */
const PAGE_BYTES = 256 * 1024;

/** Bytes of the newest entries kept in memory for each log. */
const RECENT_BYTES_MAX = 64 * 1024;

function rememberedRun(run: Run): { from: number; entries: StoredEntry[]; bytes: number } {
  let at = 0;
  let bytes = 0;
  const entries = run.leaves.map((leaf, offset): StoredEntry => {
    const parts: { part: number; bytes: Uint8Array }[] = [];
    for (let part = run.parts[at]; part !== undefined && part.offset === offset; part = run.parts[++at]) {
      parts.push({ part: part.part, bytes: part.bytes });
      bytes += part.bytes.length;
    }
    bytes += leaf.length;
    return { index: run.from + offset, leaf, parts };
  });
  return { from: run.from, entries, bytes };
}

const LOG_COUNT_KEY = bytesKey("meta", Buffer.from("logs"));

async function nextLogNumber(disk: Disk): Promise<number> {
  const stored = await disk.get(LOG_COUNT_KEY);
  return stored === undefined ? 1 : Buffer.from(stored).readUInt32BE(0);
}

function pairUp(sha256: Sha256, row: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i + 1 < row.length; i += 2) {
    const [left, right] = [row[i], row[i + 1]];
    if (left !== undefined && right !== undefined) parents.push(nodeHash(sha256, left, right));
  }
  return parents;
}

function formatHead(head: Head): Uint8Array {
  return encodeCbor({ ...head });
}

function parseHead(bytes: Uint8Array): Head {
  const value = decodeCbor(bytes);
  if (!isMap(value)) throw new DiskError("CORRUPT", "a stored head is not readable");
  const number = (name: string): number => {
    const field = value[name];
    if (typeof field !== "number") throw new DiskError("CORRUPT", `a stored head lacks ${name}`);
    return field;
  };
  const { frontier, checkpoint, reached, critical } = { ...value };
  const readable =
    Array.isArray(frontier) && typeof checkpoint === "string" && typeof reached === "string" && Array.isArray(critical);
  if (!readable) throw new DiskError("CORRUPT", "a stored head is not readable");
  return {
    size: number("size"),
    frontier: frontier.filter((hash) => hash instanceof Uint8Array),
    checkpoint,
    checkpointSize: number("checkpointSize"),
    reached,
    followers: number("followers"),
    missing: number("missing"),
    unknownLeaves: number("unknownLeaves"),
    malformedLeaves: number("malformedLeaves"),
    critical: critical.filter((kind) => typeof kind === "string"),
  };
}
