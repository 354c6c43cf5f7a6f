import { concatBytes, equalBytes } from "../protocol/bytes.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { partDigest, verifyChunk } from "../protocol/part-digest.ts";
import { chunkCount } from "../protocol/part.ts";
import { BatchRefusal, commitmentOf } from "../protocol/verify-batch.ts";
import type { ChunkAnswer, ChunkRequest } from "../protocol/wire/chunk.ts";
import type { PartsAnswer } from "../protocol/wire/parts.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { indexOfKey, logKey, partOfKey, prefixRange, u48 } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";
import type { LargePart, PartStore } from "./part-store.ts";
import type { AudienceJudge } from "./reader-audiences.ts";

/** Missing parts looked at in one go. */
const MISSING_PAGE = 64;

type MissingPart = { readonly index: number; readonly part: number };

export type MirrorPartsInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly parts: PartStore;
  readonly sha256: Sha256;
  readonly audiences: AudienceJudge;
  /** Resolves when no step of the log itself is on its way to disk: both move its head. */
  readonly idle: () => Promise<void>;
  /** Called after every durable step that made parts less missing. */
  readonly onStored: () => void;
  readonly onAlarm: (text: string) => void;
};

/** Parts addressed to us that did not come with their entries: late ones of one chunk, and large ones chunk by chunk. */
export class MirrorParts {
  readonly #init: MirrorPartsInit;
  #lacking: { readonly from: number; readonly to: number } | undefined;

  constructor(init: MirrorPartsInit) {
    this.#init = init;
  }

  /** A range with one-chunk parts that are not here, as of the last look. */
  get lacking(): { readonly from: number; readonly to: number } | undefined {
    return this.#lacking;
  }

  /** Missing parts addressed to us, in order, from a place on. */
  async missing(from: number, limit: number): Promise<MissingPart[]> {
    const found: MissingPart[] = [];
    const { gte, lt } = prefixRange(logKey("missing", this.#init.store.number));
    const start = from === 0 ? gte : logKey("missing", this.#init.store.number, from);
    for await (const [key] of this.#init.disk.scan({ gte: start, lt, limit }))
      found.push({ index: indexOfKey(key), part: partOfKey(key) });
    return found;
  }

  /** Looks again for one-chunk parts that are missing, to be asked for from the owner. */
  async refreshLacking(): Promise<void> {
    this.#lacking = undefined;
    if (this.#init.store.head.missing === 0) return;
    for (const { index, part } of await this.missing(0, MISSING_PAGE)) {
      const commitment = await this.#commitment(index, part);
      if (commitment === undefined || commitment.size > CHUNK_SIZE) continue;
      this.#lacking = { from: index, to: Math.min(this.#init.store.head.size, index + MISSING_PAGE) };
      return;
    }
  }

  /** Missing parts of several chunks up to a size, with how many chunks are here, to be fetched without being asked. */
  async missingLarge(
    sizeMax: number,
    limit: number,
  ): Promise<(MissingPart & { readonly held: number; readonly chunks: number })[]> {
    const found: (MissingPart & { readonly held: number; readonly chunks: number })[] = [];
    for (const { index, part } of await this.missing(0, MISSING_PAGE)) {
      const commitment = await this.#commitment(index, part);
      if (commitment === undefined || commitment.size <= CHUNK_SIZE || commitment.size > sizeMax) continue;
      found.push({
        index,
        part,
        held: (await this.large(index, part))?.held ?? 0,
        chunks: chunkCount(commitment.size),
      });
      if (found.length === limit) break;
    }
    return found;
  }

  /** Nothing more of what is lacking can be had from this peer for now. */
  giveUpLacking(): void {
    this.#lacking = undefined;
  }

  /** Late one-chunk parts: those that are addressed to us, missing, and what their leaves say are stored. */
  async acceptParts(answer: PartsAnswer): Promise<number> {
    await this.#init.idle();
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
      );
    }
    const came = writes.length / 2;
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

  /** Takes one chunk of a large part; resolves with how far the part is. Throws where the chunk is not what its leaf says. */
  async acceptChunk(want: ChunkRequest, answer: ChunkAnswer): Promise<LargePart> {
    const { sha256 } = this.#init;
    const commitment = await this.#commitment(want.index, want.part);
    if (commitment === undefined) throw new RangeError(`entry ${want.index} has no part ${want.part}`);
    if (!verifyChunk(sha256, { ...commitment, chunk: want.chunk, bytes: answer.bytes, proof: answer.proof })) {
      throw new BatchRefusal(
        "BATCH_PART",
        `chunk ${want.chunk} of part ${want.part} of entry ${want.index} is not what its leaf says`,
      );
    }
    const large = (await this.large(want.index, want.part)) ?? {
      number: await this.#init.parts.allocate(),
      size: commitment.size,
      held: 0,
      hashes: new Uint8Array(0),
    };
    if (want.chunk !== large.held) return large;
    const complete = large.held + 1 === chunkCount(commitment.size);
    const grown: LargePart = { ...large, held: large.held + 1, hashes: new Uint8Array(0) };
    const chunk = this.#init.parts.chunkWrite(large.number, want.chunk, answer.bytes);
    if (!complete) {
      await this.#init.disk.write(
        [chunk, this.#init.parts.writeLarge(this.#init.store.number, want.index, want.part, grown)],
        false,
      );
      return grown;
    }
    const hashes = concatBytes(...(await this.#init.parts.chunkHashes(large)), leafHash(sha256, answer.bytes));
    const whole = { ...grown, hashes };
    await this.#commitMissing([
      { key: logKey("missing", this.#init.store.number, want.index, want.part), value: undefined },
      this.#init.parts.writeLarge(this.#init.store.number, want.index, want.part, whole),
      chunk,
    ]);
    return whole;
  }

  large(index: number, part: number): Promise<LargePart | undefined> {
    return this.#init.parts.large(this.#init.store.number, index, part);
  }

  /** Stores parts that are no longer missing, and counts them out. The first write of each pair deletes its mark. */
  async #commitMissing(writes: readonly DiskWrite[]): Promise<void> {
    const came = writes.filter((write) => write.value === undefined).length;
    if (came === 0) return;
    await this.#init.idle();
    const { head } = this.#init.store;
    await this.#init.store.commit(head, { ...head, missing: head.missing - came }, [], writes);
    await this.refreshLacking();
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
