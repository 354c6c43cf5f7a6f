import { concatBytes, equalBytes } from "../protocol/bytes.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { partDigest, verifyChunk } from "../protocol/part-digest.ts";
import { FormatError } from "../protocol/format-error.ts";
import { chunkCount, type PartHeader, partHeader } from "../protocol/part.ts";
import { BatchRefusal, commitmentOf } from "../protocol/verify-batch.ts";
import type { ChunkAnswer, ChunkRequest } from "../protocol/wire/chunk.ts";
import type { PartsAnswer } from "../protocol/wire/parts.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { indexOfKey, logKey, partOfKey, prefixRange, u48 } from "./keyspace.ts";
import type { ErasedParts } from "./erasing/erased-parts.ts";
import type { LogStore } from "./log-store.ts";
import { sizeOfMark } from "./missing-mark.ts";
import type { LargePart, PartStore } from "./part-store.ts";
import type { AudienceJudge } from "./reader-audiences.ts";
import { searchAnew } from "./search/anew.ts";

/** Missing one-chunk parts that one request may ask for, and entries that it may span: what one answer looks through. */
const LACKING_LISTED = 256;
const LACKING_SPAN = 1024;

/** Parts that are on their way and whose chunk hashes are kept until they are whole: half a MiB each at the largest part. */
const ARRIVING_MAX = 8;

/** How far somebody who is asked for missing one-chunk parts was asked. */
export class LackingCursor {
  /** Below this nothing is missing that can be had here. */
  from = 0;
  lacking: { readonly from: number; readonly to: number } | undefined;
  /** Of what is missing, as of the last look. */
  version = -1;
  restarts = 0;
  looking = false;
  /** Pause before all is asked for again, in milliseconds, of a log that had this size; `waiting` while it lasts. */
  pause = 0;
  size = -1;
  waiting = false;

  /** From the beginning. */
  restart(): void {
    this.from = 0;
    this.version = -1;
  }

  /** Nothing is missing any more that was not asked for here. */
  isThrough(version: number): boolean {
    return this.version === version && this.lacking === undefined;
  }
}

export type MissingLarge = MissingPart & { readonly size: number; readonly held: number; readonly chunks: number };

type MissingPart = { readonly index: number; readonly part: number };

export type MirrorPartsInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly parts: PartStore;
  readonly sha256: Sha256;
  readonly audiences: AudienceJudge;
  readonly erased: ErasedParts;
  /** Called after every durable step that made parts less missing. */
  readonly onStored: () => void;
  readonly onAlarm: (text: string) => void;
  readonly onFailed: (error: unknown) => void;
};

/** Of which entries parts were asked for, and from where the answer says that there may be more. */
type Asked = { readonly from: number; readonly to: number; readonly next: number };

/** Parts addressed to us that did not come with their entries: late ones of one chunk, and large ones chunk by chunk. */
export class MirrorParts {
  readonly #init: MirrorPartsInit;
  /** Hashes of the chunks that came since the start, by the part's number: else all would be read again for them. */
  readonly #hashes = new Map<number, Uint8Array[]>();
  #autoFetched: number | undefined;
  /** Grows when parts come or become missing. */
  version = 0;
  /** Grows when parts of entries that are here already become missing. */
  restarts = 0;

  constructor(init: MirrorPartsInit) {
    this.#init = init;
  }

  /** A range with one-chunk parts that are not here. What is not known yet is looked up, then `onFound` is called. */
  lacking(cursor: LackingCursor, onFound: () => void): { readonly from: number; readonly to: number } | undefined {
    if (this.#init.store.head.missing === 0) return undefined;
    if (cursor.version === this.version) return cursor.lacking;
    if (!cursor.looking) {
      cursor.looking = true;
      this.#look(cursor).then(onFound, this.#init.onFailed);
    }
    return undefined;
  }

  /** Parts came, or became missing with new entries. */
  changed(): void {
    this.version += 1;
  }

  /** Parts of entries that are here already became missing. */
  changedBelow(): void {
    this.restarts += 1;
    this.version += 1;
  }

  /** Missing parts addressed to us, in order, from a place on. */
  async missing(from: number, limit: number): Promise<MissingPart[]> {
    const found: MissingPart[] = [];
    for await (const { index, part } of this.#marks(from, Number.isFinite(limit) ? limit : undefined))
      found.push({ index, part });
    return found;
  }

  /** How many parts addressed to us are missing of the entries below a size, and the first of them. */
  missingBelow(
    size: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly listed: readonly MissingPart[] }> {
    const { store } = this.#init;
    // In turn, since what is listed must go with what the head counts.
    return store.inTurn(async () => {
      const { missing } = store.head;
      if (missing === 0) return { count: 0, listed: [] };
      const beyond = size < store.head.size ? (await this.missing(size, Infinity)).length : 0;
      const listed = (await this.missing(0, limit)).filter(({ index }) => index < size);
      return { count: missing - beyond, listed };
    });
  }

  async #look(cursor: LackingCursor): Promise<void> {
    const { version } = this;
    const { size } = this.#init.store.head;
    if (cursor.restarts !== this.restarts) cursor.from = 0;
    cursor.restarts = this.restarts;
    let found: { from: number; to: number } | undefined;
    let listed = 0;
    for await (const mark of this.#marks(cursor.from)) {
      if (mark.size > CHUNK_SIZE) continue;
      if (found !== undefined && (mark.index >= found.from + LACKING_SPAN || listed === LACKING_LISTED)) break;
      found = { from: found?.from ?? mark.index, to: mark.index + 1 };
      listed += 1;
    }
    // Parts become missing with new entries, or by a grant, which begins anew.
    cursor.from = found?.from ?? size;
    cursor.lacking = found;
    cursor.version = version;
    cursor.looking = false;
  }

  /** Missing parts of several chunks, from an entry on, with how many chunks are here. */
  async missingLarge(
    from: number,
    limit: number,
    isWanted: (part: MissingLarge) => Promise<boolean>,
  ): Promise<MissingLarge[]> {
    const found: MissingLarge[] = [];
    for await (const mark of this.#marks(from)) {
      if (mark.size <= CHUNK_SIZE) continue;
      const held = (await this.large(mark.index, mark.part))?.held ?? 0;
      const missing = { ...mark, held, chunks: chunkCount(mark.size) };
      if (await isWanted(missing)) found.push(missing);
      if (found.length === limit) break;
    }
    return found;
  }

  async *#marks(from: number, limit?: number): AsyncGenerator<MissingPart & { readonly size: number }> {
    const { disk, store } = this.#init;
    const range = {
      gte: logKey("missing", store.number, from, 0),
      lt: prefixRange(logKey("missing", store.number)).lt,
    };
    for await (const [key, mark] of disk.scan({ ...range, ...(limit === undefined ? {} : { limit }) }))
      yield { index: indexOfKey(key), part: partOfKey(key), size: sizeOfMark(mark) };
  }

  /**
   * Nothing more that is lacking of the entries that were asked for can be had here: on with what lies behind them. Since it
   * was asked another may have brought it, and the cursor have moved on.
   */
  passLacking(cursor: LackingCursor, { from, to, next }: Asked): void {
    // Who gives nothing and does not go on is not asked for the same again.
    cursor.from = next > from ? Math.min(next, to) : to;
    cursor.version = -1;
  }

  /** Nothing can be had here. */
  passAll(cursor: LackingCursor): void {
    cursor.from = this.#init.store.head.size;
    cursor.version = -1;
  }

  /** Late one-chunk parts: those that are addressed to us, missing, and what their leaves say are stored. */
  async acceptParts(answer: PartsAnswer): Promise<number> {
    const came = await this.#init.store.inTurn(() => this.#takeParts(answer));
    if (came > 0) this.#stored();
    return came;
  }

  async #takeParts(answer: PartsAnswer): Promise<number> {
    const writes: DiskWrite[] = [];
    for (const { index, part, bytes } of answer.parts) {
      const key = logKey("missing", this.#init.store.number, index, part);
      if ((await this.#init.disk.get(key)) === undefined) continue;
      const commitment = await this.#commitment(index, part);
      const right =
        commitment !== undefined &&
        commitment.size === bytes.length &&
        equalBytes(partDigest(this.#init.sha256, bytes), commitment.digest);
      if (!right) {
        this.#init.onAlarm(`part ${part} of entry ${index} came with other content than its leaf says`);
        continue;
      }
      this.#init.audiences.forget(index);
      writes.push(
        { key, value: undefined },
        { key: logKey("latePart", this.#init.store.number, index, part), value: bytes },
        searchAnew(this.#init.store, index),
      );
    }
    const came = writes.filter(({ value }) => value === undefined).length;
    const first = answer.parts.find(({ part }) => part === 0);
    if (came > 0 && first !== undefined) writes.push(await this.#indexFrom(first.index));
    await this.#commitMissing(writes);
    return came;
  }

  /** A record that came late refers to others: the index of references is to be brought up from there again. */
  async #indexFrom(index: number): Promise<DiskWrite> {
    const key = logKey("indexed", this.#init.store.number);
    const stored = await this.#init.disk.get(key);
    const indexed = stored === undefined ? 0 : Buffer.from(stored).readUIntBE(0, 6);
    return { key, value: u48(Math.min(indexed, index)) };
  }

  /** What a part of several chunks says of itself, once its first chunk is here. */
  async headerOf(index: number, part: number): Promise<PartHeader | undefined> {
    const { parts, store } = this.#init;
    const large = await this.large(index, part);
    if (large === undefined || large.held === 0) return undefined;
    try {
      return partHeader(await parts.chunk(large, 0), large.size, store.id);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Bytes of this log's large parts that came without being asked for. */
  async autoFetched(): Promise<number> {
    const { disk, store } = this.#init;
    if (this.#autoFetched === undefined) {
      const stored = await disk.get(logKey("autoFetched", store.number));
      this.#autoFetched ??= stored === undefined ? 0 : Buffer.from(stored).readUIntBE(0, 6);
    }
    return this.#autoFetched;
  }

  /**
   * Takes one chunk of a large part, that was asked for by a person or not; resolves with how far the part is. Throws where
   * the chunk is not what its leaf says.
   */
  async acceptChunk(want: ChunkRequest, answer: ChunkAnswer, isAsked: boolean): Promise<LargePart> {
    const { sha256, store } = this.#init;
    // Marks of what is missing are seen on the disk a moment before the entries that are committed with them.
    const commitment =
      (await this.#commitment(want.index, want.part)) ??
      (await store.inTurn(() => this.#commitment(want.index, want.part)));
    if (commitment === undefined) throw new RangeError(`entry ${want.index} has no part ${want.part}`);
    if (!verifyChunk(sha256, { ...commitment, chunk: want.chunk, bytes: answer.bytes, proof: answer.proof })) {
      throw new BatchRefusal(
        "BATCH_PART",
        `chunk ${want.chunk} of part ${want.part} of entry ${want.index} is not what its leaf says`,
      );
    }
    const { large, isWhole } = await store.inTurn(() => this.#takeChunk(want, answer, commitment.size, isAsked));
    if (isWhole) this.#stored();
    return large;
  }

  /** Two connections may bring the same chunk: the second time it changes nothing. */
  async #takeChunk(
    want: ChunkRequest,
    answer: ChunkAnswer,
    size: number,
    isAsked: boolean,
  ): Promise<{ readonly large: LargePart; readonly isWhole: boolean }> {
    const { sha256, erased } = this.#init;
    // It was erased since it was asked for: nothing more of it is wanted.
    if ((await erased.mark(want.index, want.part)) !== undefined)
      return { large: { number: 0, size, held: chunkCount(size), hashes: new Uint8Array(0) }, isWhole: false };
    const large = (await this.large(want.index, want.part)) ?? {
      number: await this.#init.parts.allocate(),
      size,
      held: 0,
      hashes: new Uint8Array(0),
    };
    if (want.chunk !== large.held) return { large, isWhole: false };
    const hashes = this.#hashes.get(large.number) ?? (large.held === 0 ? this.#beginHashes(large.number) : undefined);
    // An earlier write may have failed.
    hashes?.splice(large.held, Infinity, leafHash(sha256, answer.bytes));
    const complete = large.held + 1 === chunkCount(size);
    const grown: LargePart = { ...large, held: large.held + 1, hashes: new Uint8Array(0) };
    const chunk = [
      this.#init.parts.chunkWrite(large.number, want.chunk, answer.bytes),
      ...(isAsked ? [] : [await this.#countFetched(answer.bytes.length)]),
    ];
    if (!complete) {
      await this.#init.disk.write(
        [...chunk, this.#init.parts.writeLarge(this.#init.store.number, want.index, want.part, grown)],
        false,
      );
      return { large: grown, isWhole: false };
    }
    // Those of a part that was begun before the last start are read again.
    const all = hashes ?? [...(await this.#init.parts.chunkHashes(large)), leafHash(sha256, answer.bytes)];
    const whole = { ...grown, hashes: concatBytes(...all) };
    await this.#commitMissing([
      { key: logKey("missing", this.#init.store.number, want.index, want.part), value: undefined },
      this.#init.parts.writeLarge(this.#init.store.number, want.index, want.part, whole),
      ...chunk,
      ...(want.part === 0 ? [await this.#indexFrom(want.index)] : []),
      searchAnew(this.#init.store, want.index),
    ]);
    this.#hashes.delete(large.number);
    return { large: whole, isWhole: true };
  }

  async #countFetched(bytes: number): Promise<DiskWrite> {
    this.#autoFetched = (await this.autoFetched()) + bytes;
    return { key: logKey("autoFetched", this.#init.store.number), value: u48(this.#autoFetched) };
  }

  #beginHashes(number: number): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    this.#hashes.set(number, hashes);
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > ARRIVING_MAX && oldest !== undefined) this.#hashes.delete(oldest);
    return hashes;
  }

  /** Who besides the owner may hold this part, as its member list says; nobody where that is not here. */
  async readersOf(chain: Chain, index: number, part: number): Promise<ReadonlySet<string>> {
    const leaf = await this.#init.store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (reading?.status !== "known" || reading.leaf.kind !== "record") return new Set();
    const audience = reading.leaf.parts[part]?.audience;
    if (audience === undefined || audience >= index) return new Set();
    return (await this.#init.audiences.get(chain, audience)).members ?? new Set();
  }

  large(index: number, part: number): Promise<LargePart | undefined> {
    return this.#init.parts.large(this.#init.store.number, index, part);
  }

  /** Stores parts that are no longer missing, and counts them out. The first write of each pair deletes its mark. */
  async #commitMissing(writes: readonly DiskWrite[]): Promise<void> {
    const came = writes.filter((write) => write.value === undefined).length;
    if (came === 0) return;
    const { head } = this.#init.store;
    await this.#init.store.commit(head, { ...head, missing: head.missing - came }, [], writes);
  }

  #stored(): void {
    this.changed();
    this.#init.onStored();
  }

  async #commitment(
    index: number,
    part: number,
  ): Promise<{ readonly digest: Uint8Array; readonly size: number } | undefined> {
    const leaf = await this.#init.store.readLeaf(index);
    return leaf === undefined ? undefined : commitmentOf(readLeaf(leaf), part);
  }
}
