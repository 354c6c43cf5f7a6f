import { concatBytes, equalBytes } from "../protocol/bytes.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { rangeRoot } from "../protocol/merkle/compact-range.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { partDigest, verifyChunk } from "../protocol/part-digest.ts";
import { chunkCount } from "../protocol/part.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { logText } from "../protocol/serve.ts";
import {
  type BatchCrypto,
  BatchRefusal,
  commitmentOf,
  type FollowedLog,
  type SeenCheckpoint,
  signedCheckpoint,
  type VerifiedBatch,
  verifyBatch,
} from "../protocol/verify-batch.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { CheckpointAnswer } from "../protocol/wire/checkpoint.ts";
import type { ChunkAnswer, ChunkRequest } from "../protocol/wire/chunk.ts";
import type { PartsAnswer } from "../protocol/wire/parts.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { indexOfKey, logKey, partOfKey, prefixRange, u48 } from "./keyspace.ts";
import { type Head, type LogStore, NODE_LEVEL_MIN, type Run } from "./log-store.ts";
import type { LargePart, PartStore } from "./part-store.ts";
import type { AudienceJudge } from "./reader-audiences.ts";

/** Verified bytes that may wait for the disk; beyond this the peer's stream is not read. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;
/** Alarms kept in words per log; the log file has them all. */
const ALARMS_MAX = 20;
/** Missing parts looked at in one go. */
const MISSING_PAGE = 64;

export type MissingPart = { readonly index: number; readonly part: number };

export type MirrorInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly parts: PartStore;
  readonly crypto: BatchCrypto;
  readonly audiences: AudienceJudge;
  /** Name and trusted chain of the log's owner. */
  readonly name: string;
  readonly chain: Chain;
  /** The checkpoint with which the authority was added, if its chain file had one. */
  readonly floor: string | undefined;
  /** Takes a chain that grew with a charter from the log; resolves when it is durable. */
  readonly onChain: (chain: Chain) => Promise<void>;
  /** Called after every durable step. */
  readonly onStored: (mirror: Mirror) => void;
  readonly onAlarm: (text: string) => void;
  readonly onFailed: (error: unknown) => void;
};

/** Our verified copy of another authority's log. Its stored head only ever moves from one verified head to the next. */
export class Mirror {
  readonly #init: MirrorInit;
  #followed: FollowedLog;
  #queue: VerifiedBatch[] = [];
  #backlog = 0;
  #storing: Promise<void> | undefined;
  #room: (() => void)[] = [];
  #alarms: string[] = [];
  #lacking: { readonly from: number; readonly to: number } | undefined;
  #nothingAt: number | undefined;
  #reached: SeenCheckpoint | undefined;

  constructor(init: MirrorInit) {
    this.#init = init;
    const { store } = init;
    this.#followed = {
      name: init.name,
      id: store.id,
      epoch: store.epoch,
      chain: init.chain,
      range: store.range,
      seen: undefined,
      floor: undefined,
    };
    this.#restoreSeen(init.floor);
  }

  get store(): LogStore {
    return this.#init.store;
  }

  get key(): string {
    return logText(this.store.id, this.store.epoch);
  }

  get chain(): Chain {
    return this.#followed.chain;
  }

  get audiences(): AudienceJudge {
    return this.#init.audiences;
  }

  /** Entries verified; the last of them may still be on their way to disk. */
  get verified(): number {
    return this.#followed.range.end;
  }

  get seen(): SeenCheckpoint | undefined {
    return this.#followed.seen;
  }

  /** The newest checkpoint of which every leaf is durable here. */
  get reached(): SeenCheckpoint | undefined {
    return this.#reached;
  }

  get alarms(): readonly string[] {
    return this.#alarms;
  }

  /** When the owner last said that there was nothing new, in milliseconds. */
  get nothingAt(): number | undefined {
    return this.#nothingAt;
  }

  /** Everything verified is durable. */
  get settled(): boolean {
    return this.#storing === undefined && this.#queue.length === 0;
  }

  /** A range with one-chunk parts addressed to us that are not here. */
  get lacking(): { readonly from: number; readonly to: number } | undefined {
    return this.settled ? this.#lacking : undefined;
  }

  /** A chain that prevails over ours, learnt outside the log. */
  adopt(chain: Chain): void {
    this.#followed = { ...this.#followed, chain };
  }

  /** Verifies a batch and queues it for the disk. Throws `BatchRefusal` with nothing changed. */
  accept(batch: Batch): void {
    const verified = verifyBatch(this.#init.crypto, this.#followed, batch, NODE_LEVEL_MIN);
    this.#followed = verified.next;
    this.#queue.push(verified);
    this.#backlog += sizeOf(verified);
    for (const alarm of verified.alarms) this.alarm(alarm);
    this.#storing ??= this.#storeAll().finally(() => {
      this.#storing = undefined;
      this.#init.onStored(this);
    });
  }

  /** A newer checkpoint without entries. Throws `BatchRefusal`. */
  acceptCheckpoint(answer: CheckpointAnswer): SeenCheckpoint {
    const checkpoint = signedCheckpoint(this.#init.crypto, this.#followed, this.#followed.chain, answer.checkpoint);
    const { seen, range } = this.#followed;
    const own = checkpoint.size === range.end ? rangeRoot(this.#init.crypto.sha256, range) : undefined;
    if (own !== undefined && !equalBytes(own, checkpoint.root))
      throw new BatchRefusal("BATCH_FORK", `two roots at size ${checkpoint.size}`, checkpoint.note);
    if (seen === undefined || seen.size < checkpoint.size) this.#followed = { ...this.#followed, seen: checkpoint };
    return checkpoint;
  }

  nothingNew(at: number): void {
    this.#nothingAt = at;
  }

  /** Resolves when there is room for another batch. */
  room(): Promise<void> {
    return this.#backlog < BACKLOG_BYTES_MAX ? Promise.resolve() : new Promise((resolve) => this.#room.push(resolve));
  }

  /** Resolves when all that was accepted is durable. */
  async idle(): Promise<void> {
    await this.#storing;
  }

  alarm(text: string): void {
    if (this.#alarms.includes(text)) return;
    this.#alarms = [...this.#alarms, text].slice(-ALARMS_MAX);
    this.#init.onAlarm(text);
  }

  /** Missing parts addressed to us, in order, from a place on. */
  async missing(from: number, limit: number): Promise<MissingPart[]> {
    const found: MissingPart[] = [];
    const { gte, lt } = prefixRange(logKey("missing", this.store.number));
    const start = from === 0 ? gte : logKey("missing", this.store.number, from);
    for await (const [key] of this.#init.disk.scan({ gte: start, lt, limit }))
      found.push({ index: indexOfKey(key), part: partOfKey(key) });
    return found;
  }

  /** Looks again for one-chunk parts that are missing, to be asked for from the owner. */
  async refreshLacking(): Promise<void> {
    this.#lacking = undefined;
    if (this.store.head.missing === 0) return;
    for (const { index, part } of await this.missing(0, MISSING_PAGE)) {
      const commitment = await this.#commitment(index, part);
      if (commitment === undefined || commitment.size > CHUNK_SIZE) continue;
      this.#lacking = { from: index, to: Math.min(this.store.head.size, index + MISSING_PAGE) };
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
        held: (await this.largePart(index, part))?.held ?? 0,
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
    await this.idle();
    const writes: DiskWrite[] = [];
    for (const { index, part, bytes } of answer.parts) {
      const key = logKey("missing", this.store.number, index, part);
      if ((await this.#init.disk.get(key)) === undefined) continue;
      const commitment = await this.#commitment(index, part);
      const right =
        commitment !== undefined &&
        commitment.size === bytes.length &&
        equalBytes(partDigest(this.#init.crypto.sha256, bytes), commitment.digest);
      if (!right) {
        this.alarm(`part ${part} of entry ${index} came with other content than its leaf says`);
        continue;
      }
      this.#init.audiences.forget(index);
      writes.push({ key, value: undefined }, { key: logKey("latePart", this.store.number, index, part), value: bytes });
    }
    const came = writes.length / 2;
    const first = answer.parts.find(({ part }) => part === 0);
    if (came > 0 && first !== undefined) writes.push(await this.#indexFrom(first.index));
    await this.#commitMissing(writes);
    return came;
  }

  /** A record that came late refers to others: the index of references is to be brought up from there again. */
  async #indexFrom(index: number): Promise<DiskWrite> {
    const key = logKey("indexed", this.store.number);
    const stored = await this.#init.disk.get(key);
    const indexed = stored === undefined ? 0 : Buffer.from(stored).readUIntBE(0, 6);
    return { key, value: u48(Math.min(indexed, index)) };
  }

  /** Takes one chunk of a large part; resolves with how far the part is. Throws where the chunk is not what its leaf says. */
  async acceptChunk(want: ChunkRequest, answer: ChunkAnswer): Promise<LargePart> {
    const { sha256 } = this.#init.crypto;
    const commitment = await this.#commitment(want.index, want.part);
    if (commitment === undefined) throw new RangeError(`entry ${want.index} has no part ${want.part}`);
    if (!verifyChunk(sha256, { ...commitment, chunk: want.chunk, bytes: answer.bytes, proof: answer.proof })) {
      throw new BatchRefusal(
        "BATCH_PART",
        `chunk ${want.chunk} of part ${want.part} of entry ${want.index} is not what its leaf says`,
      );
    }
    const large = (await this.largePart(want.index, want.part)) ?? {
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
        [chunk, this.#init.parts.writeLarge(this.store.number, want.index, want.part, grown)],
        false,
      );
      return grown;
    }
    const hashes = concatBytes(...(await this.#init.parts.chunkHashes(large)), leafHash(sha256, answer.bytes));
    const whole = { ...grown, hashes };
    await this.#commitMissing([
      { key: logKey("missing", this.store.number, want.index, want.part), value: undefined },
      this.#init.parts.writeLarge(this.store.number, want.index, want.part, whole),
      chunk,
    ]);
    return whole;
  }

  largePart(index: number, part: number): Promise<LargePart | undefined> {
    return this.#init.parts.large(this.store.number, index, part);
  }

  /** Stores parts that are no longer missing, and counts them out. The first write of each pair deletes its mark. */
  async #commitMissing(writes: readonly DiskWrite[]): Promise<void> {
    const came = writes.filter((write) => write.value === undefined).length;
    if (came === 0) return;
    await this.idle();
    const { head } = this.store;
    await this.store.commit(head, { ...head, missing: head.missing - came }, [], writes);
    await this.refreshLacking();
    this.#init.onStored(this);
  }

  async #commitment(
    index: number,
    part: number,
  ): Promise<{ readonly digest: Uint8Array; readonly size: number } | undefined> {
    const leaf = await this.store.readLeaf(index);
    return leaf === undefined ? undefined : commitmentOf(readLeaf(leaf), part);
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batches = this.#queue.splice(0, groupLength(this.#queue));
        await this.#store(batches);
        this.#backlog -= batches.reduce((sum, batch) => sum + sizeOf(batch), 0);
        for (const resolve of this.#room.splice(0)) resolve();
      }
      await this.refreshLacking();
    } catch (error) {
      // What was verified and not stored is forgotten; the log goes on from what is on disk.
      this.#queue = [];
      this.#backlog = 0;
      this.#followed = { ...this.#followed, range: this.store.range };
      for (const resolve of this.#room.splice(0)) resolve();
      this.#init.onFailed(error);
    }
  }

  async #store(batches: readonly VerifiedBatch[]): Promise<void> {
    const chain = batches.at(-1)?.next.chain;
    if (chain !== undefined && batches.some((batch) => batch.charters.length > 0)) await this.#init.onChain(chain);
    const expected = this.store.head;
    let next = expected;
    const runs: Run[] = [];
    const extra: DiskWrite[] = [];
    for (const batch of batches) {
      const sorted = await this.#sort(batch);
      runs.push(sorted.run);
      extra.push(...sorted.missing);
      next = headAfter(next, batch, sorted.missing.length);
    }
    await this.store.commit(expected, next, runs, extra);
    const reached = batches.findLast((batch) => batch.next.range.end === batch.checkpoint.size);
    if (reached !== undefined) this.#reached = reached.checkpoint;
  }

  /** What of a batch is stored: every leaf, and exactly the parts that are addressed to us; what is missing is marked. */
  async #sort(batch: VerifiedBatch): Promise<{ readonly run: Run; readonly missing: DiskWrite[] }> {
    const control: number[] = [];
    const missing: DiskWrite[] = [];
    const parts: VerifiedBatch["parts"][number][] = [];
    let at = 0;
    for (let offset = 0; offset < batch.readings.length; offset++) {
      const index = batch.from + offset;
      const reading = batch.readings[offset];
      if (reading?.status !== "known" || reading.leaf.kind !== "record") control.push(offset);
      const count = partCount(reading);
      const list =
        reading?.status === "known" && reading.leaf.kind === "audience"
          ? this.#learnAudience(batch, reading.leaf, index, at, offset)
          : undefined;
      for (let part = 0; part < count; part++) {
        const came = batch.parts[at];
        const here = came !== undefined && came.offset === offset && came.part === part ? came : undefined;
        if (here !== undefined) at += 1;
        const mine = list ?? (await this.#addressed(reading, part, index));
        if (mine && here !== undefined) parts.push(here);
        else if (mine)
          missing.push({ key: logKey("missing", this.store.number, index, part), value: new Uint8Array(0) });
        else if (here !== undefined)
          this.alarm(`part ${part} of entry ${index} came although it is not addressed to us; it was dropped`);
      }
    }
    return { run: { from: batch.from, leaves: batch.leaves, parts, control, nodes: batch.nodes }, missing };
  }

  #learnAudience(
    batch: VerifiedBatch,
    leaf: Extract<Extract<LeafReading, { status: "known" }>["leaf"], { kind: "audience" }>,
    index: number,
    at: number,
    offset: number,
  ): boolean {
    const came = batch.parts[at];
    const list = came !== undefined && came.offset === offset && came.part === 0 ? came.bytes : undefined;
    const audience = this.#init.audiences.learn(batch.next.chain, index, leaf, list);
    if (audience.alarm !== undefined) this.alarm(audience.alarm);
    return audience.mine;
  }

  async #addressed(reading: LeafReading | undefined, part: number, index: number): Promise<boolean> {
    if (reading?.status !== "known" || reading.leaf.kind !== "record") return false;
    const audience = reading.leaf.parts[part]?.audience;
    // SPEC: each `audience` must be the index of an earlier, known audience leaf.
    if (audience === undefined || audience >= index) return false;
    const known = this.#init.audiences.peek(audience) ?? (await this.#init.audiences.get(this.chain, audience));
    return known.mine;
  }

  #restoreSeen(floorNote: string | undefined): void {
    const { checkpoint, reached } = this.store.head;
    const signed = (note: string): SeenCheckpoint =>
      signedCheckpoint(this.#init.crypto, this.#followed, this.#followed.chain, note);
    if (reached !== "") this.#reached = signed(reached);
    const floor = floorNote === undefined ? undefined : signed(floorNote);
    const seen = checkpoint === "" ? floor : signed(checkpoint);
    this.#followed = {
      ...this.#followed,
      seen,
      floor: floor !== undefined && floor.size > this.store.head.size ? floor : undefined,
    };
  }
}

function headAfter(head: Head, batch: VerifiedBatch, missing: number): Head {
  const { range, seen } = batch.next;
  const followers = batch.readings.findLastIndex(
    (reading) => reading.status === "known" && reading.leaf.kind === "followers",
  );
  return {
    ...head,
    size: range.end,
    frontier: range.hashes,
    checkpoint: seen?.note ?? head.checkpoint,
    checkpointSize: seen?.size ?? head.checkpointSize,
    reached: range.end === batch.checkpoint.size ? batch.checkpoint.note : head.reached,
    followers: followers < 0 ? head.followers : batch.from + followers,
    missing: head.missing + missing,
    unknownLeaves: head.unknownLeaves + batch.readings.filter((reading) => reading.status === "unknown").length,
    malformedLeaves: head.malformedLeaves + batch.readings.filter((reading) => reading.status === "malformed").length,
    critical: withCritical(head.critical, batch.readings),
  };
}

/** Different critical kinds remembered by name; one is enough to stop, a few are enough to say why. */
const CRITICAL_KINDS_MAX = 8;

function withCritical(known: readonly string[], readings: readonly LeafReading[]): readonly string[] {
  const kinds = new Set(known);
  for (const reading of readings)
    if (reading.status === "unknown" && reading.critical && kinds.size < CRITICAL_KINDS_MAX) kinds.add(reading.kind);
  return kinds.size === known.length ? known : [...kinds];
}

/** Non-record entries stored in one step: the audiences among them must stay in memory until they are on disk. */
const GROUP_CONTROL_MAX = 1024;

/** How many batches to store together: as many as there are, short of too many audiences. */
function groupLength(queue: readonly VerifiedBatch[]): number {
  let control = 0;
  for (const [i, batch] of queue.entries()) {
    for (const reading of batch.readings)
      if (reading.status !== "known" || reading.leaf.kind !== "record") control += 1;
    if (control > GROUP_CONTROL_MAX) return Math.max(1, i);
  }
  return queue.length;
}

function partCount(reading: LeafReading | undefined): number {
  if (reading?.status !== "known") return 0;
  if (reading.leaf.kind === "record") return reading.leaf.parts.length;
  return reading.leaf.kind === "audience" ? 1 : 0;
}

function sizeOf(batch: VerifiedBatch): number {
  let bytes = 0;
  for (const leaf of batch.leaves) bytes += leaf.length;
  for (const part of batch.parts) bytes += part.bytes.length;
  return bytes;
}
