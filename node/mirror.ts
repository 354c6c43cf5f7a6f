import { equalBytes } from "../protocol/bytes.ts";
import { type Chain, prevailing, shownBeginning } from "../protocol/charter-chain.ts";
import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { rangeRoot } from "../protocol/merkle/compact-range.ts";
import { toHex } from "../protocol/bytes.ts";
import { logText } from "../protocol/serve.ts";
import {
  type BatchCrypto,
  BatchRefusal,
  type FollowedLog,
  type SeenCheckpoint,
  signedCheckpoint,
  stillSigned,
  type VerifiedBatch,
  verifyBatch,
} from "../protocol/verify-batch.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { CheckpointAnswer } from "../protocol/wire/checkpoint.ts";
import { BatchSorter } from "./batch-sorter.ts";
import { type Disk, type DiskWrite, unlessCorrupt } from "./disk.ts";
import type { KnownHead } from "./heads-file.ts";
import { GrantedParts } from "./granted-parts.ts";
import { Grants } from "./grants.ts";
import { ErasedParts } from "./erasing/erased-parts.ts";
import { Erasures } from "./erasing/erasures.ts";
import type { Clock } from "./clock.ts";
import { type Head, type LogStore, NODE_LEVEL_MIN, type Run } from "./log-store.ts";
import { type LackingCursor, MirrorParts } from "./mirror-parts.ts";
import type { PartStore } from "./part-store.ts";
import type { AudienceJudge } from "./reader-audiences.ts";
import { followersOf, readFollowers } from "./stored-followers.ts";

/** Verified bytes that may wait for the disk; beyond this the peer's stream is not read. */
const BACKLOG_BYTES_MAX = 1024 * 1024;
/** Checkpoints of other histories kept until they can be shown to be: one is proof enough. */
const OTHERS_MAX = 4;
/** Alarms kept in words per log; the log file has them all. */
const ALARMS_MAX = 20;

/** What cannot be read cannot be compared; it is no other history. */
const DAMAGED = "entries that are stored are damaged: entente scrub";

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
  /** Of our own log: the last head that was signed. */
  readonly last?: KnownHead | undefined;
  /** Takes a chain that grew with a charter from the log; resolves when it is durable. */
  readonly onChain: (chain: Chain) => Promise<void>;
  /** Called after every durable step. */
  readonly onStored: (mirror: Mirror) => void;
  readonly onAlarm: (text: string) => void;
  readonly onFailed: (error: unknown) => void;
  readonly clock: Clock;
  /** The erased parts of another epoch of the owner's log, if that is here. */
  readonly erasedIn: (epoch: number) => ErasedParts | undefined;
  /** Called when something was erased, or is here again. */
  readonly onErased: () => void;
};

/** Our verified copy of another authority's log. Its stored head only ever moves from one verified head to the next. */
export class Mirror {
  /** The parts that did not come with their entries. */
  readonly parts: MirrorParts;
  readonly grants: Grants;
  /** What grants open to us of entries that are here. */
  readonly granted: GrantedParts;
  readonly erased: ErasedParts;
  readonly erasures: Erasures;
  /** Id of the authority whose log it is, in hex. */
  readonly owner: string;
  /** The log, by `logText`. */
  readonly key: string;
  readonly #init: MirrorInit;
  readonly #sorter: BatchSorter;
  #followed: FollowedLog;
  #queue: VerifiedBatch[] = [];
  #backlog = 0;
  #storing: Promise<void> | undefined;
  #room: (() => void)[] = [];
  #alarms: string[] = [];
  #nothingAt: number | undefined;
  /** Another history was signed: no charter mends that. */
  #fork: string | undefined;
  #misfit: string | undefined;
  #reached: SeenCheckpoint | undefined;
  #others: SeenCheckpoint[] = [];
  #followers: ReadonlySet<string> = new Set();
  /** Length of the chain that is durable. */
  #chartersKept: number;

  constructor(init: MirrorInit) {
    this.#init = init;
    const { store } = init;
    this.owner = toHex(store.id);
    this.key = logText(store.id, store.epoch);
    this.erased = new ErasedParts(init);
    this.erasures = new Erasures({
      ...init,
      chain: () => this.chain,
      partsOf: (epoch) => (epoch === store.epoch ? this.erased : init.erasedIn(epoch)),
      onChanged: init.onErased,
    });
    this.parts = new MirrorParts({
      disk: init.disk,
      store,
      parts: init.parts,
      sha256: init.crypto.sha256,
      audiences: init.audiences,
      erased: this.erased,
      onStored: () => init.onStored(this),
      onAlarm: (text) => this.alarm(text),
      onFailed: init.onFailed,
    });
    this.grants = new Grants(store, init.crypto);
    this.granted = new GrantedParts({ ...init, erased: this.erased, grants: this.grants, chain: () => this.chain });
    this.#sorter = new BatchSorter({
      log: store.number,
      audiences: init.audiences,
      chain: () => this.chain,
      onAlarm: (text) => this.alarm(text),
    });
    this.#followed = {
      name: init.name,
      id: store.id,
      epoch: store.epoch,
      chain: init.chain,
      range: store.range,
      seen: undefined,
      floor: undefined,
      last: init.last,
    };
    this.#chartersKept = init.chain.entries.length;
    this.#restoreSeen(init.floor);
  }

  get store(): LogStore {
    return this.#init.store;
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

  /** Why what is stored and what is known of the owner do not go together, if so: then nothing is asked for. */
  get contested(): string | undefined {
    return this.#fork ?? this.#misfit;
  }

  /** When the owner last said that there was nothing new, in milliseconds. */
  get nothingAt(): number | undefined {
    return this.#nothingAt;
  }

  /** Everything verified is durable. */
  get settled(): boolean {
    return this.#storing === undefined && this.#queue.length === 0;
  }

  /** A range with one-chunk parts addressed to us that are not here, for who looks through the log with this cursor. */
  lacking(cursor: LackingCursor, onFound: () => void): { readonly from: number; readonly to: number } | undefined {
    return this.settled ? this.parts.lacking(cursor, onFound) : undefined;
  }

  /** Ids in the followers leaf in force, as far as this log is here. */
  get followers(): ReadonlySet<string> {
    return this.#followers;
  }

  /** A chain that prevails over ours, learnt outside the log. */
  adopt(chain: Chain): void {
    const alarms: string[] = [];
    this.#followed = { ...stillSigned(this.#init.crypto, this.#followed, chain, alarms), chain };
    for (const alarm of alarms) this.alarm(alarm);
    this.#chartersKept = chain.entries.length;
    this.#restoreReached();
  }

  /** Reads what the store has, and whether its tree has the root of the checkpoint with which the authority was added. */
  async load(): Promise<void> {
    const { disk } = this.#init;
    this.#followers = await readFollowers(this.store);
    await this.grants.load(disk, this.chain);
    await this.granted.load();
    await this.erasures.load();
    if (this.granted.pending !== undefined || this.erasures.isPending) this.#startStoring();
    const { floor } = this.#init;
    const checkpoint = floor === undefined ? undefined : this.#signedOr(floor);
    if (checkpoint === undefined || checkpoint.size > this.store.head.size) return;
    const root = await this.store.rootAt(checkpoint.size).catch(unlessCorrupt);
    if (root === undefined) this.alarm(DAMAGED);
    else if (!equalBytes(root, checkpoint.root))
      this.contest(
        `another history than the one signed at size ${checkpoint.size}, with which the authority was added`,
      );
  }

  /**
   * Verifies a batch and queues it for the disk. `lent` is a chain that goes on from ours, as far as its word for where
   * charters stand may be taken for this batch; of it we keep what the batch shows to be true. Throws `BatchRefusal` with
   * nothing changed.
   */
  accept(batch: Batch, lent?: Chain): void {
    const judged = this.#verify(batch, lent);
    const { chain, range } = judged.next;
    const kept = shownBeginning(this.chain, chain, this.store.epoch, range.end);
    const verified: VerifiedBatch = { ...judged, next: { ...judged.next, chain: kept } };
    this.#followed = verified.next;
    this.#queue.push(verified);
    this.#backlog += sizeOf(verified);
    for (const alarm of verified.alarms) this.alarm(alarm);
    this.#startStoring();
  }

  #verify(batch: Batch, lent: Chain | undefined): VerifiedBatch {
    const { crypto } = this.#init;
    try {
      return verifyBatch(crypto, this.#with(lent), batch, NODE_LEVEL_MIN);
    } catch (error) {
      const { seen, range, last } = this.#followed;
      const isFork = error instanceof BatchRefusal && error.code === "BATCH_FORK" && last === undefined;
      if (!isFork || seen === undefined || seen.size <= range.end || this.#others.length >= OTHERS_MAX) throw error;
      // Of two histories that were signed, the one whose entries came is the one held; the other is kept as a witness.
      this.#others.push(seen);
      this.#followed = { ...this.#followed, seen: undefined };
      return verifyBatch(crypto, this.#with(lent), batch, NODE_LEVEL_MIN);
    }
  }

  /** Checkpoints that were seen and are of another history than the one that has reached their size by now; each once. */
  takeOthers(): readonly SeenCheckpoint[] {
    const reached = this.#reached?.size ?? 0;
    const ripe = this.#others.filter(({ size }) => size <= reached);
    this.#others = this.#others.filter(({ size }) => size > reached);
    return ripe;
  }

  /** A checkpoint without entries. Throws `BatchRefusal`. */
  async acceptCheckpoint(answer: CheckpointAnswer, lent?: Chain): Promise<SeenCheckpoint> {
    const checkpoint = this.signed(answer.checkpoint, lent);
    const known = await this.#knownRoot(checkpoint.size);
    if (known !== undefined && !equalBytes(known, checkpoint.root))
      throw new BatchRefusal("BATCH_FORK", `two roots at size ${checkpoint.size}`, checkpoint.note);
    const { seen } = this.#followed;
    if (seen === undefined || seen.size < checkpoint.size) this.#followed = { ...this.#followed, seen: checkpoint };
    return checkpoint;
  }

  /** Whether a checkpoint is one of the history that is stored here, as far as that reaches. */
  async agrees({ size, root }: Pick<SeenCheckpoint, "size" | "root">): Promise<boolean> {
    return size > this.store.head.size || equalBytes(await this.store.rootAt(size), root);
  }

  /** The root that the log has at this size, as far as we know. */
  async #knownRoot(size: number): Promise<Uint8Array | undefined> {
    const { seen, range } = this.#followed;
    if (seen?.size === size) return seen.root;
    if (range.end === size) return rangeRoot(this.#init.crypto.sha256, range);
    return size <= this.store.head.size ? this.store.rootAt(size) : undefined;
  }

  /** A checkpoint note of this log, signed by the key in force at its size. Throws `BatchRefusal`. */
  signed(note: string, lent?: Chain): SeenCheckpoint {
    const log = this.#with(lent);
    return signedCheckpoint(this.#init.crypto, log, log.chain, note);
  }

  #with(lent: Chain | undefined): FollowedLog {
    const goesOn = lent !== undefined && prevailing(this.chain, lent).kind === "extends";
    return goesOn ? { ...this.#followed, chain: lent } : this.#followed;
  }

  /** What is stored here and what is known of the log do not go together: nothing more is asked for. */
  contest(reason: string): void {
    this.#fork = reason;
    this.alarm(reason);
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
    while (this.#storing !== undefined) await this.#storing;
    await this.store.idle();
  }

  alarm(text: string): void {
    if (this.#alarms.includes(text)) return;
    this.#alarms = [...this.#alarms, text].slice(-ALARMS_MAX);
    this.#init.onAlarm(text);
  }

  #startStoring(): void {
    this.#storing ??= this.#storeAll().finally(() => {
      this.#storing = undefined;
      // What was accepted while the last step came to its end would wait for another batch, which may never come.
      if (this.#queue.length > 0) this.#startStoring();
      this.#init.onStored(this);
    });
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batches = this.#queue.splice(0, groupLength(this.#queue));
        await this.store.inTurn(() => this.#store(batches));
        this.#backlog -= batches.reduce((sum, batch) => sum + sizeOf(batch), 0);
        for (const resolve of this.#room.splice(0)) resolve();
      }
      await this.erasures.run();
      if (await this.granted.run()) this.parts.changedBelow();
      else this.parts.changed();
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
    if (chain !== undefined && chain.entries.length > this.#chartersKept) {
      await this.#init.onChain(chain);
      this.#chartersKept = chain.entries.length;
    }
    const expected = this.store.head;
    let next = expected;
    const runs: Run[] = [];
    const extra: DiskWrite[] = [];
    for (const batch of batches) {
      const sorted = await this.#sorter.sort(batch);
      runs.push(sorted.run);
      extra.push(...sorted.missing);
      for (const index of leavesIn(batch, "grant")) extra.push(this.grants.write(index), this.granted.write(index));
      for (const index of leavesIn(batch, "erase")) extra.push(this.erasures.write(index));
      next = headAfter(next, batch, sorted.missing.length);
    }
    await this.store.commit(expected, next, runs, extra);
    // Before anybody is served what came with them.
    for (const { readings } of batches)
      for (const reading of readings) this.#followers = followersOf(reading) ?? this.#followers;
    for (const batch of batches) {
      for (const index of leavesIn(batch, "erase")) this.erasures.begin(index);
      for (const index of leavesIn(batch, "grant")) {
        const reading = batch.readings[index - batch.from];
        if (reading !== undefined) this.grants.add(this.chain, index, reading);
        this.granted.begin(index);
      }
    }
    const reached = batches.findLast((batch) => batch.next.range.end === batch.checkpoint.size);
    if (reached !== undefined) this.#reached = reached.checkpoint;
  }

  #restoreSeen(floorNote: string | undefined): void {
    const { checkpoint, size } = this.store.head;
    const floor = floorNote === undefined ? undefined : this.#signedOr(floorNote);
    const seen = checkpoint === "" ? floor : (this.#signedOr(checkpoint) ?? floor);
    this.#followed = { ...this.#followed, seen, floor: floor !== undefined && floor.size > size ? floor : undefined };
    this.#restoreReached();
  }

  /** What is stored was verified once; that it no longer is means that places in the chain or the store are wrong. */
  #restoreReached(): void {
    const { reached } = this.store.head;
    this.#reached = reached === "" ? undefined : this.#signedOr(reached);
    const isMisfit = reached !== "" && this.#reached === undefined;
    this.#misfit = isMisfit ? "what is stored of this log does not fit its charters" : undefined;
    if (this.#misfit !== undefined) this.alarm(this.#misfit);
  }

  #signedOr(note: string): SeenCheckpoint | undefined {
    try {
      return this.signed(note);
    } catch (error) {
      if (!(error instanceof BatchRefusal)) throw error;
      this.alarm(`a checkpoint that was kept is not signed by the key in force at its size: ${error.message}`);
      return undefined;
    }
  }
}

function leavesIn(batch: VerifiedBatch, kind: "grant" | "erase"): readonly number[] {
  return batch.readings.flatMap((reading, offset) =>
    reading.status === "known" && reading.leaf.kind === kind ? [batch.from + offset] : [],
  );
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

function sizeOf(batch: VerifiedBatch): number {
  let bytes = 0;
  for (const leaf of batch.leaves) bytes += leaf.length;
  for (const part of batch.parts) bytes += part.bytes.length;
  return bytes;
}
