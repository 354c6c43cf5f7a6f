import { u64be } from "../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../../protocol/limits.ts";
import { chunkCount, parsePart } from "../../protocol/part.ts";
import { isMap } from "../../protocol/record/body.ts";
import { type Envelope, parseEnvelope } from "../../protocol/record/envelope.ts";
import { commitmentOf } from "../../protocol/verify-batch.ts";
import { type Disk, DiskError, type DiskWrite } from "../disk.ts";
import { bytesKey, logKey, numberKey, u32, u48 } from "../keyspace.ts";
import { ERASE_STEP_CHUNKS, ERASE_STEP_PARTS } from "../limits.ts";
import type { LogStore } from "../log-store.ts";
import { missingMark } from "../missing-mark.ts";
import { once } from "../once.ts";
import { formatLarge, type LargePart, parseLarge, type PartContent, type PartStore } from "../part-store.ts";
import { formatParts, type RunPart } from "../run.ts";
import { searchAnew, searchWithout } from "../search/anew.ts";
import { type DeletedRange, type DeletedRanges, partRanges } from "./deleted-ranges.ts";

export type PartPlace = { readonly index: number; readonly part: number };

/** An erase leaf of the same owner. */
export type ErasedBy = { readonly epoch: number; readonly index: number };

/** What stands for an erased part. */
export type ErasedMark = {
  readonly by: ErasedBy;
  /** It was here, or addressed to us and missing. */
  readonly isOurs: boolean;
};

export type ErasedPartsInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly parts: PartStore;
};

const NOTHING = new Uint8Array(0);

/**
 * Parts of one log that its owner erased. Their bytes are moved to where no reader looks, and deleted from there; so
 * whoever reads parts need not know of erasure.
 */
export class ErasedParts {
  readonly #init: ErasedPartsInit;

  constructor(init: ErasedPartsInit) {
    this.#init = init;
  }

  async mark(index: number, part: number): Promise<ErasedMark | undefined> {
    const value = await this.#init.disk.get(this.#key("erased", { index, part }));
    return value === undefined ? undefined : parseMark(value);
  }

  /** Moves parts away, and asks for none of them again; those that are erased already stay as they are. */
  async hide(by: ErasedBy, items: readonly PartPlace[]): Promise<void> {
    const { store, parts } = this.#init;
    for (let at = 0; at < items.length; at += ERASE_STEP_PARTS) {
      const some = items.slice(at, at + ERASE_STEP_PARTS);
      await store.inTurn(() => parts.sight.run(() => this.#hide(by, some)));
    }
  }

  async #hide(by: ErasedBy, items: readonly PartPlace[]): Promise<void> {
    const { disk, store, parts } = this.#init;
    const { head } = store;
    const writes: DiskWrite[] = [];
    const runs = new Map<number, RunPart[]>();
    let missing = 0;
    for (const item of items) {
      const size = await this.#sizeInSight(item);
      if (size === undefined) continue;
      const wasMissing = (await disk.get(this.#key("missing", item))) !== undefined;
      if (wasMissing) {
        missing += 1;
        writes.push({ key: this.#key("missing", item), value: undefined });
      }
      // Before it is out of sight.
      if (item.part === 0) writes.push(...(await this.#leaveCase(item.index, size)));
      const moved = size <= CHUNK_SIZE ? await this.#moveSmall(item, runs) : await this.#moveLarge(item);
      const isOurs = wasMissing || moved.length > 0;
      const mark = { key: this.#key("erased", item), value: formatMark({ by, isOurs }) };
      writes.push(...moved, mark, searchWithout(store, item.index));
    }
    for (const [first, left] of runs)
      writes.push({
        key: logKey("parts", store.number, first),
        value: left.length === 0 ? undefined : formatParts(left),
      });
    if (writes.length === 0) return;
    await store.commit(head, { ...head, missing: head.missing - missing }, [], writes);
    store.forgetRecent();
    for (const { index, part } of items) parts.forget(store.number, index, part);
  }

  /** Puts back what is hidden by an erasure that has no effect any more. Whether something is missing again. */
  async restore(by: ErasedBy, items: readonly PartPlace[]): Promise<boolean> {
    const { store } = this.#init;
    let missing = 0;
    for (const item of items) missing += await store.inTurn(() => this.#restore(by, item));
    return missing > 0;
  }

  async #restore(by: ErasedBy, item: PartPlace): Promise<number> {
    const { disk, store } = this.#init;
    const { head } = store;
    const { index, part } = item;
    const mark = await this.mark(index, part);
    if (mark?.by.epoch !== by.epoch || mark.by.index !== by.index) return 0;
    const writes: DiskWrite[] = [{ key: this.#key("erased", item), value: undefined }, searchAnew(store, index)];
    const small = await disk.get(this.#key("hiddenPart", item));
    if (small !== undefined)
      writes.push(
        { key: this.#key("hiddenPart", item), value: undefined },
        { key: this.#key("latePart", item), value: small },
      );
    const large = await disk.get(this.#key("hiddenLarge", item));
    if (large !== undefined)
      writes.push(
        { key: this.#key("hiddenLarge", item), value: undefined },
        { key: this.#key("largePart", item), value: large },
      );
    const isWhole = small !== undefined || (large !== undefined && isComplete(parseLarge(large)));
    const leaf = await store.readLeaf(index);
    if (mark.isOurs && !isWhole && leaf !== undefined)
      writes.push({ key: this.#key("missing", item), value: missingMark(readLeaf(leaf), part) });
    if (part === 0) writes.push(await this.#indexFrom(index));
    const missing = mark.isOurs && !isWhole ? 1 : 0;
    await store.commit(head, { ...head, missing: head.missing + missing }, [], writes);
    return missing;
  }

  /** Number of the log in the store. */
  get log(): number {
    return this.#init.store.number;
  }

  /** Entries that are here. */
  get size(): number {
    return this.#init.store.head.size;
  }

  /** Deletes what is hidden. Where it lay is to be compacted. */
  async delete(items: readonly PartPlace[]): Promise<DeletedRanges> {
    const ranges: DeletedRange[] = [];
    for (let at = 0; at < items.length; at += ERASE_STEP_PARTS) {
      const writes: DiskWrite[] = [];
      for (const item of items.slice(at, at + ERASE_STEP_PARTS)) ranges.push(...(await this.#delete(item, writes)));
      await this.#init.disk.write(writes, true);
    }
    return ranges;
  }

  /** `writes`: of parts of one chunk. */
  async #delete(item: PartPlace, writes: DiskWrite[]): Promise<DeletedRanges> {
    const { disk, store } = this.#init;
    if ((await this.mark(item.index, item.part)) === undefined) return [];
    const value = await disk.get(this.#key("hiddenLarge", item));
    const large = value === undefined ? undefined : parseLarge(value);
    if (large !== undefined) await this.#deleteChunks(item, large);
    writes.push({ key: this.#key("hiddenPart", item), value: undefined });
    return partRanges(store.number, item, await store.runStart(item.index), large?.number);
  }

  /**
   * What names the chunks stays, as that of a part of which nothing is here: after a crash, or where the files could not be
   * rewritten, it says once more where they lay.
   */
  async #deleteChunks(item: PartPlace, large: LargePart): Promise<void> {
    const { disk } = this.#init;
    const nothing = formatLarge({ ...large, held: 0, hashes: NOTHING });
    await disk.write([{ key: this.#key("hiddenLarge", item), value: nothing }], false);
    const chunks = chunkCount(large.size);
    for (let chunk = 0; chunk < chunks; chunk += ERASE_STEP_CHUNKS) {
      const count = Math.min(ERASE_STEP_CHUNKS, chunks - chunk);
      const keys = Array.from({ length: count }, (_, offset) => numberKey("chunk", large.number, chunk + offset));
      await disk.write(
        keys.map((key) => ({ key, value: undefined })),
        false,
      );
    }
  }

  /** Whether bytes of it are still here, out of sight. */
  async isHidden(item: PartPlace): Promise<boolean> {
    const { disk } = this.#init;
    if ((await disk.get(this.#key("hiddenPart", item))) !== undefined) return true;
    const large = await disk.get(this.#key("hiddenLarge", item));
    return large !== undefined && parseLarge(large).held > 0;
  }

  /** What is in a part that is out of sight, if all of it is here. */
  async hiddenContent(item: PartPlace): Promise<PartContent | undefined> {
    const { disk, parts, store } = this.#init;
    const small = await disk.get(this.#key("hiddenPart", item));
    if (small !== undefined) {
      const { name, type, length, content } = parsePart(small, store.id);
      return { name, type, length, content: once(content) };
    }
    const value = await disk.get(this.#key("hiddenLarge", item));
    const large = value === undefined ? undefined : parseLarge(value);
    return large !== undefined && isComplete(large) ? parts.content(large, store.id) : undefined;
  }

  /** Whether it may be erased, and is not. */
  async isInSight(item: PartPlace): Promise<boolean> {
    return (await this.#sizeInSight(item)) !== undefined;
  }

  async #sizeInSight(item: PartPlace): Promise<number | undefined> {
    if (item.index >= this.#init.store.head.size) return undefined;
    return (await this.mark(item.index, item.part)) === undefined ? this.#sizeOf(item) : undefined;
  }

  /** SPEC: items name parts of records; others have no effect. */
  async #sizeOf({ index, part }: PartPlace): Promise<number | undefined> {
    const leaf = await this.#init.store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (reading?.status !== "known" || reading.leaf.kind !== "record") return undefined;
    return commitmentOf(reading, part)?.size;
  }

  async #moveSmall(item: PartPlace, runs: Map<number, RunPart[]>): Promise<DiskWrite[]> {
    const { disk, store } = this.#init;
    const late = await disk.get(this.#key("latePart", item));
    if (late !== undefined)
      return [
        { key: this.#key("latePart", item), value: undefined },
        { key: this.#key("hiddenPart", item), value: late },
      ];
    const stored = await store.partsRun(item.index);
    if (stored === undefined) return [];
    const { first } = stored;
    const run = runs.get(first) ?? stored.parts;
    const isMeant = ({ offset, part }: RunPart): boolean => first + offset === item.index && part === item.part;
    const found = run.find(isMeant);
    if (found === undefined) return [];
    runs.set(
      first,
      run.filter((one) => !isMeant(one)),
    );
    return [{ key: this.#key("hiddenPart", item), value: found.bytes }];
  }

  async #moveLarge(item: PartPlace): Promise<DiskWrite[]> {
    const value = await this.#init.disk.get(this.#key("largePart", item));
    if (value === undefined) return [];
    return [
      { key: this.#key("largePart", item), value: undefined },
      { key: this.#key("hiddenLarge", item), value },
    ];
  }

  /** What a record said of other entries is forgotten with it; their cases are folded anew, without it. */
  async #leaveCase(index: number, size: number): Promise<DiskWrite[]> {
    const { disk, store } = this.#init;
    const refs = (await this.#envelope(index, size))?.refs ?? [];
    const dirty = (log: number, at: number): DiskWrite => ({ key: logKey("caseDirty", log, at), value: NOTHING });
    const writes = [dirty(store.number, index)];
    for (const { id, epoch, index: target, leafHash } of refs) {
      writes.push({ key: bytesKey("reference", leafHash, u32(store.number), u48(index)), value: undefined });
      const number = await disk.get(bytesKey("logNumber", id, u64be(epoch)));
      if (number !== undefined) writes.push(dirty(Buffer.from(number).readUInt32BE(0), target));
    }
    return writes;
  }

  async #envelope(index: number, size: number): Promise<Envelope | undefined> {
    const { store, parts } = this.#init;
    const bytes = size <= CHUNK_SIZE ? await store.readSmallPart(index, 0) : await parts.whole(store.number, index, 0);
    if (bytes === undefined) return undefined;
    try {
      return parseEnvelope(parsePart(bytes, store.id).content);
    } catch (error) {
      // A record that was never understood refers to nothing.
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** The index of references is to be brought up again from there. */
  async #indexFrom(index: number): Promise<DiskWrite> {
    const key = logKey("indexed", this.#init.store.number);
    const stored = await this.#init.disk.get(key);
    const indexed = stored === undefined ? 0 : Buffer.from(stored).readUIntBE(0, 6);
    return { key, value: u48(Math.min(indexed, index)) };
  }

  #key(
    concern: "missing" | "erased" | "latePart" | "largePart" | "hiddenPart" | "hiddenLarge",
    { index, part }: PartPlace,
  ): Uint8Array {
    return logKey(concern, this.#init.store.number, index, part);
  }
}

function isComplete({ held, size }: LargePart): boolean {
  return held === chunkCount(size);
}

function formatMark({ by, isOurs }: ErasedMark): Uint8Array {
  return encodeCbor({ epoch: by.epoch, index: by.index, ours: isOurs });
}

function parseMark(bytes: Uint8Array): ErasedMark {
  const value = decodeCbor(bytes);
  const { epoch, index, ours } = isMap(value) ? value : {};
  if (typeof epoch !== "number" || typeof index !== "number" || typeof ours !== "boolean")
    throw new DiskError("CORRUPT", "the mark of an erased part is not readable");
  return { by: { epoch, index }, isOurs: ours };
}
