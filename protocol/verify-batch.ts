import { equalBytes } from "./bytes.ts";
import {
  type Chain,
  type ChainCrypto,
  type ChainEntry,
  judgeCharterLeaf,
  logKeyAt,
  placedCharters,
} from "./charter-chain.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import type { Sha256 } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { type LeafReading, readLeaf } from "./leaf/leaf.ts";
import { CHUNK_SIZE, MAX_LEAF_SIZE, MAX_NOTE_SIGNATURES } from "./limits.ts";
import {
  type CompactRange,
  coverCoordinates,
  extendRange,
  mergeRanges,
  type OnNode,
  rangeOf,
  rangeRoot,
} from "./merkle/compact-range.ts";
import { leafHasher } from "./merkle/hash.ts";
import { origin } from "./name.ts";
import { openNote, parseNote } from "./note.ts";
import { partDigest } from "./part-digest.ts";
import type { Batch } from "./wire/batch.ts";

/** What the receiver of a batch knows of the log: everything below `range.end` was verified before. */
export type FollowedLog = {
  readonly name: string;
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly chain: Chain;
  readonly range: CompactRange;
  /** The largest checkpoint whose signature was verified; it need not be reached yet. */
  readonly seen: SeenCheckpoint | undefined;
  /** The checkpoint with which the peer was added, until it is reached: nothing below it is accepted. */
  readonly floor: SeenCheckpoint | undefined;
  /** Where the receiver is the owner, who takes its own entries back: the last head that it signed. */
  readonly last: Pick<Checkpoint, "size" | "root"> | undefined;
};

export type SeenCheckpoint = Checkpoint & { readonly note: string };

export type CompleteNode = { readonly level: number; readonly index: number; readonly hash: Uint8Array };

/** A batch that led to a signed root, and what the log is after it. */
export type VerifiedBatch = {
  readonly from: number;
  readonly leaves: readonly Uint8Array[];
  readonly readings: readonly LeafReading[];
  readonly parts: Batch["parts"];
  readonly nodes: readonly CompleteNode[];
  readonly checkpoint: SeenCheckpoint;
  readonly next: FollowedLog;
  /** Valid charters that this batch brought and the chain did not hold. */
  readonly charters: readonly ChainEntry[];
  readonly alarms: readonly string[];
};

export type BatchRefusalCode =
  | "BATCH_NOT_NEXT"
  | "BATCH_ORIGIN"
  | "BATCH_BEYOND_CHECKPOINT"
  | "BATCH_SIGNATURE"
  | "BATCH_ROOT"
  | "BATCH_FORK"
  | "BATCH_BELOW_FLOOR"
  | "BATCH_BEYOND_LAST"
  | "BATCH_CHARTER"
  | "BATCH_PART"
  | "BATCH_MALFORMED";

/** Why a batch was not taken; nothing of it is stored. `checkpoint` is there where it was validly signed: it may be evidence. */
export class BatchRefusal extends Error {
  readonly code: BatchRefusalCode;
  readonly checkpoint: string | undefined;
  constructor(code: BatchRefusalCode, message: string, checkpoint?: string) {
    super(message);
    this.name = "BatchRefusal";
    this.code = code;
    this.checkpoint = checkpoint;
  }
}

export type BatchCrypto = ChainCrypto;

/**
 * Judges a batch. A peer can waste our time here, never our disk: nothing is returned unless the root of what we hold,
 * the leaves and the hashes right of them equals a root that the key in force signed. Throws `BatchRefusal`.
 *
 * `nodeLevelMin`: complete nodes from this level up are returned, for storing.
 */
export function verifyBatch(
  crypto: BatchCrypto,
  before: FollowedLog,
  batch: Batch,
  nodeLevelMin: number,
): VerifiedBatch {
  if (batch.from !== before.range.end)
    throw new BatchRefusal("BATCH_NOT_NEXT", `batch from ${batch.from} where ${before.range.end} is next`);
  const readings = batch.leaves.map(readLeaf);
  const { chain, charters, alarms } = placeCharters(crypto, before, batch, readings);
  const log = stillSigned(crypto, before, chain, alarms);
  const checkpoint = signedCheckpoint(crypto, log, chain, batch.checkpoint);
  const nodes: CompleteNode[] = [];
  const range = extend(crypto.sha256, log, batch, checkpoint, (level, index, hash) => {
    if (level >= nodeLevelMin) nodes.push({ level, index, hash });
  });
  checkParts(crypto.sha256, batch, readings);
  const seen = log.seen !== undefined && log.seen.size >= checkpoint.size ? log.seen : checkpoint;
  if (checkpoint.size === seen.size && !equalBytes(checkpoint.root, seen.root)) {
    throw new BatchRefusal("BATCH_FORK", `two roots at size ${seen.size}`, checkpoint.note);
  }
  const floor = log.floor !== undefined && range.end >= log.floor.size ? undefined : log.floor;
  return {
    from: batch.from,
    leaves: batch.leaves,
    readings,
    parts: batch.parts,
    nodes,
    checkpoint,
    next: { ...log, chain, range, seen, floor },
    charters,
    alarms,
  };
}

/** A checkpoint note of this log, signed by the key in force at its size. Throws `BatchRefusal`. */
export function signedCheckpoint(crypto: BatchCrypto, log: FollowedLog, chain: Chain, note: string): SeenCheckpoint {
  // The note of a catching-up batch is the same for thousands of entries; it was verified the first time.
  if (log.seen !== undefined && note === log.seen.note) return log.seen;
  try {
    const parsed = parseNote(note, MAX_NOTE_SIGNATURES);
    const checkpoint = parseCheckpoint(parsed.text);
    if (checkpoint.origin !== origin(log.name, log.epoch))
      throw new BatchRefusal("BATCH_ORIGIN", "a checkpoint of another log");
    const key = logKeyAt(chain, log.epoch, checkpoint.size);
    if (key === undefined) throw new BatchRefusal("BATCH_SIGNATURE", `no key is in force at size ${checkpoint.size}`);
    openNote(parsed, [key], crypto);
    return { ...checkpoint, note };
  } catch (error) {
    if (error instanceof FormatError) throw new BatchRefusal("BATCH_SIGNATURE", `checkpoint: ${error.message}`);
    throw error;
  }
}

/** `log` without what was seen if `chain` puts another key in force at its size: then that is nothing. */
export function stillSigned(crypto: BatchCrypto, log: FollowedLog, chain: Chain, alarms: string[]): FollowedLog {
  const { seen } = log;
  if (seen === undefined || chain === log.chain) return log;
  try {
    signedCheckpoint(crypto, { ...log, seen: undefined }, chain, seen.note);
    return log;
  } catch (error) {
    if (!(error instanceof BatchRefusal)) throw error;
    alarms.push(`the checkpoint of size ${seen.size} was signed by a key that was not in force there`);
    return { ...log, seen: undefined };
  }
}

function extend(
  sha256: Sha256,
  log: FollowedLog,
  batch: Batch,
  checkpoint: SeenCheckpoint,
  onNode: OnNode,
): CompactRange {
  const end = batch.from + batch.leaves.length;
  if (end > checkpoint.size)
    throw new BatchRefusal(
      "BATCH_BEYOND_CHECKPOINT",
      `entries up to ${end} under a checkpoint of size ${checkpoint.size}`,
    );
  if (batch.right.length !== coverCoordinates(end, checkpoint.size).length)
    throw new BatchRefusal("BATCH_MALFORMED", "not the hashes right of the range");
  if (batch.leaves.some((leaf) => leaf.length > MAX_LEAF_SIZE))
    throw new BatchRefusal("BATCH_MALFORMED", "a leaf is too large");
  if (log.floor !== undefined && checkpoint.size < log.floor.size) {
    throw new BatchRefusal(
      "BATCH_BELOW_FLOOR",
      `a checkpoint of size ${checkpoint.size} below the ${log.floor.size} that is known`,
    );
  }
  if (log.last !== undefined && checkpoint.size > log.last.size) {
    throw new BatchRefusal(
      "BATCH_BEYOND_LAST",
      `a checkpoint of size ${checkpoint.size} of a log that was signed up to ${log.last.size}`,
      checkpoint.note,
    );
  }
  const { range, other } = extendThroughPins(sha256, log, batch, onNode);
  const whole = mergeRanges(sha256, range, rangeOf(end, checkpoint.size, batch.right));
  if (!equalBytes(rangeRoot(sha256, whole), checkpoint.root)) {
    throw new BatchRefusal(
      "BATCH_ROOT",
      `the entries do not lead to the root signed at size ${checkpoint.size}`,
      checkpoint.note,
    );
  }
  // Only now is it sure that two histories were signed: anybody could bring other entries.
  if (other !== undefined)
    throw new BatchRefusal("BATCH_FORK", `another history than the one signed at size ${other}`, checkpoint.note);
  return range;
}

/**
 * The range with the batch's leaves. Where it passes a size at which another signed root is known, the tree must have had
 * that root there, else `other` is that size: if the batch leads to a signed root, the log signed two histories.
 */
function extendThroughPins(
  sha256: Sha256,
  log: FollowedLog,
  batch: Batch,
  onNode: OnNode,
): { readonly range: CompactRange; readonly other: number | undefined } {
  const hashes = batch.leaves.map(leafHasher(sha256));
  const end = batch.from + hashes.length;
  let range = log.range;
  let other: number | undefined;
  for (const pin of pinsBetween(log, batch, end)) {
    range = extendRange(sha256, range, hashes.slice(range.end - batch.from, pin.size - batch.from), onNode);
    if (!equalBytes(rangeRoot(sha256, range), pin.root)) other ??= pin.size;
  }
  const rest = range.end === batch.from ? hashes : hashes.slice(range.end - batch.from);
  return { range: extendRange(sha256, range, rest, onNode), other };
}

function pinsBetween(log: FollowedLog, batch: Batch, end: number): readonly Pick<Checkpoint, "size" | "root">[] {
  const pins = [log.floor, log.last, log.seen?.note === batch.checkpoint ? undefined : log.seen];
  return pins
    .flatMap((pin) => (pin !== undefined && pin.size > batch.from && pin.size <= end ? [pin] : []))
    .sort((a, b) => a.size - b.size);
}

/**
 * SPEC: Whoever is given a chain checks, as the leaves arrive, that at each place in it stands a charter leaf with that
 * text, and that no other valid charter stands in the tree.
 */
function placeCharters(
  crypto: BatchCrypto,
  log: FollowedLog,
  batch: Batch,
  readings: readonly LeafReading[],
): { chain: Chain; charters: ChainEntry[]; alarms: string[] } {
  let chain = log.chain;
  const charters: ChainEntry[] = [];
  const alarms: string[] = [];
  const noteAt = (index: number): string | undefined => charterNote(readings[index - batch.from]);
  for (const [index, text] of placedCharters(chain, log.epoch)) {
    if (index < batch.from || index >= batch.from + readings.length) continue;
    const note = noteAt(index);
    if (note === undefined || noteText(note) !== text)
      throw new BatchRefusal("BATCH_CHARTER", `the chain has another charter at ${index}`);
  }
  readings.forEach((reading, offset) => {
    const note = charterNote(reading);
    if (note === undefined) return;
    const entry = { epoch: log.epoch, index: batch.from + offset, note };
    const verdict = judgeCharterLeaf(chain, entry, crypto);
    if (verdict.kind === "next") {
      chain = verdict.chain;
      charters.push(entry);
    } else if (verdict.kind === "contradicts") {
      throw new BatchRefusal("BATCH_CHARTER", `a valid charter at ${entry.index} that the chain does not have there`);
    } else if (verdict.kind === "invalid") {
      alarms.push(`the charter at ${entry.index} is not valid: ${verdict.refusal.message}`);
    }
  });
  return { chain, charters, alarms };
}

function checkParts(sha256: Sha256, batch: Batch, readings: readonly LeafReading[]): void {
  for (const { offset, part, bytes } of batch.parts) {
    const commitment = commitmentOf(readings[offset], part);
    if (commitment === undefined)
      throw new BatchRefusal("BATCH_PART", `entry ${batch.from + offset} has no part ${part}`);
    const fits = bytes.length === commitment.size && bytes.length <= CHUNK_SIZE;
    if (!fits || !equalBytes(partDigest(sha256, bytes), commitment.digest)) {
      throw new BatchRefusal("BATCH_PART", `part ${part} of entry ${batch.from + offset} is not what its leaf says`);
    }
  }
}

/** Digest and size that a leaf commits to for one of its parts; `undefined` if it has no such part. */
export function commitmentOf(
  reading: LeafReading | undefined,
  part: number,
): { readonly digest: Uint8Array; readonly size: number } | undefined {
  if (reading?.status !== "known") return undefined;
  if (reading.leaf.kind === "record") return reading.leaf.parts[part];
  return reading.leaf.kind === "audience" && part === 0 ? reading.leaf : undefined;
}

function charterNote(reading: LeafReading | undefined): string | undefined {
  return reading?.status === "known" && reading.leaf.kind === "charter" ? reading.leaf.note : undefined;
}

function noteText(note: string): string {
  return note.slice(0, note.lastIndexOf("\n\n") + 1);
}
