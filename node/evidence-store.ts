import { concatBytes, fromHex, toHex } from "../protocol/bytes.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import { type Evidence, parseEvidence } from "../protocol/evidence.ts";
import { FormatError } from "../protocol/format-error.ts";
import { type EvidenceRefusalCode, verifyEvidence } from "../protocol/evidence-verify.ts";
import { MAX_EVIDENCE_PIECE } from "../protocol/limits.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Disk } from "./disk.ts";
import {
  contests,
  describeEvidence,
  type EvidenceDecision,
  formatHeldEvidence,
  headText,
  type HeldEvidence,
  parseHeldEvidence,
  type SignedHead,
  statementOf,
} from "./held-evidence.ts";
import { bytesKey, prefixRange, u32 } from "./keyspace.ts";
import {
  EVIDENCE_AGAIN_MS,
  EVIDENCE_PASSED_OVER_MAX,
  EVIDENCE_PER_AUTHORITY_MAX,
  EVIDENCE_PER_LOG_MAX,
} from "./limits.ts";
import { Turns } from "./turns.ts";

export type EvidenceStoreInit = {
  readonly disk: Disk;
  readonly crypto: BatchCrypto;
  readonly clock: Clock;
  /** What is on the disk. */
  readonly held: readonly HeldEvidence[];
  /** Of our own and of the authorities that we trust, by id in hex. */
  readonly chainOf: (id: string) => Chain | undefined;
  /** Whether a tree head goes with what we hold of that log, as far as we can tell. */
  readonly agrees: (id: string, epoch: number, head: SignedHead) => Promise<boolean>;
  /** Called when a file is durable that was not held before. */
  readonly onAdded: (held: HeldEvidence) => void;
  /** Called when a person's decision is durable. */
  readonly onDecided: (held: HeldEvidence) => void;
};

export type EvidenceRefusal = {
  /** `EVIDENCE_STRANGER`: it is about nobody whom this node trusts. */
  readonly code: EvidenceRefusalCode | "EVIDENCE_STRANGER";
  readonly message: string;
};

/** `full`: nothing gives way to it, and the log is contested or the file historic without it. */
export type EvidenceOutcome = "new" | "known" | "full" | { readonly refused: EvidenceRefusal };

/** What is held against authorities: a few words on each file in memory, the files on disk. */
export class EvidenceStore {
  readonly #init: EvidenceStoreInit;
  readonly #held: Map<string, HeldEvidence>;
  readonly #turns = new Turns();
  /** Digests of what was judged and not kept → when, in ms. The oldest stands first. */
  readonly #passedOver = new Map<string, number>();

  constructor(init: EvidenceStoreInit) {
    this.#init = init;
    this.#held = new Map(init.held.map((held) => [held.digest, held]));
  }

  /** What a store over this disk begins with. */
  static async read(disk: Disk): Promise<readonly HeldEvidence[]> {
    const held: HeldEvidence[] = [];
    for await (const [, value] of disk.scan(prefixRange(bytesKey("evidence")))) held.push(parseHeldEvidence(value));
    return held;
  }

  /** Takes a file in, if it proves something about who is trusted here. `from`: id of the giver, or our own. */
  add(bytes: Uint8Array, from: string): Promise<EvidenceOutcome> {
    return this.#turns.run(() => this.#add(bytes, from));
  }

  /** The newest first. */
  list(): readonly HeldEvidence[] {
    return [...this.#held.values()].sort((a, b) => b.at - a.at || (a.digest < b.digest ? -1 : 1));
  }

  /** Whether a file that somebody shows is worth asking for: it is neither held nor was it judged of late. */
  wants(digest: string): boolean {
    const passed = this.#init.clock.now() - (this.#passedOver.get(digest) ?? Number.NEGATIVE_INFINITY);
    return !this.#held.has(digest) && (passed < 0 || passed >= EVIDENCE_AGAIN_MS);
  }

  get(digest: string): HeldEvidence | undefined {
    return this.#held.get(digest);
  }

  /** The file as it was received. */
  async bytes(digest: string): Promise<Uint8Array | undefined> {
    const held = this.#held.get(digest);
    return held === undefined ? undefined : await this.#read(held, 0, held.size);
  }

  /** From byte `offset` on as much as one answer takes; `undefined` where there is nothing. */
  async piece(digest: string, offset: number): Promise<Uint8Array | undefined> {
    const held = this.#held.get(digest);
    if (held === undefined || offset >= held.size) return undefined;
    return await this.#read(held, offset, Math.min(held.size, offset + MAX_EVIDENCE_PIECE));
  }

  /** What concerns one log: of it, or of charters that govern it. */
  of(id: string, epoch: number): readonly HeldEvidence[] {
    return this.list().filter((held) => held.id === id && concerns(held, epoch));
  }

  /** Why a log is contested; nothing where it is not. `chain`: the one of its authority that prevails here. */
  contestedBy(id: string, epoch: number, chain: Chain): readonly HeldEvidence[] {
    // Asked for every log at every turn, and mostly there is none at all.
    if (this.#held.size === 0) return [];
    return this.of(id, epoch).filter((held) => contests(held, chain));
  }

  /** Notes durably what a person decided; a later decision takes the place of an earlier one. */
  decide(digest: string, decision: EvidenceDecision): Promise<HeldEvidence | undefined> {
    return this.#turns.run(async () => {
      const held = this.#held.get(digest);
      if (held === undefined) return undefined;
      const decided = { ...held, decision };
      await this.#init.disk.write([{ key: noteKey(digest), value: formatHeldEvidence(decided) }], true);
      this.#held.set(digest, decided);
      this.#init.onDecided(decided);
      return decided;
    });
  }

  async #add(bytes: Uint8Array, from: string): Promise<EvidenceOutcome> {
    const digest = toHex(this.#init.crypto.sha256(bytes));
    if (this.#held.has(digest)) return "known";
    const outcome = await this.#judge(bytes, digest, from);
    if (outcome !== "new") this.#passOver(digest);
    return outcome;
  }

  async #judge(bytes: Uint8Array, digest: string, from: string): Promise<EvidenceOutcome> {
    const { disk, crypto, clock, chainOf, onAdded } = this.#init;
    const evidence = parsed(bytes);
    if ("refused" in evidence) return evidence;
    const chain = chainOf(toHex(evidence.id));
    // Before anything dear is verified: what strangers are accused of is not for this node to find out.
    if (chain === undefined)
      return { refused: { code: "EVIDENCE_STRANGER", message: "it is about nobody who is trusted here" } };
    const verdict = verifyEvidence(evidence, crypto);
    if (!verdict.proven) return { refused: { code: verdict.code, message: verdict.message } };
    const held = describeEvidence(verdict, { digest, size: bytes.length, from, at: seconds(clock) });
    // SPEC: "one for the same two tree heads"
    const statement = statementOf(held);
    for (const other of this.#held.values()) if (statementOf(other) === statement) return "known";
    if (await this.#isOfKnownBranch(held)) return "known";
    const gone = this.#roomFor(held, chain);
    if (gone === undefined) return "full";
    const writes = [
      { key: noteKey(digest), value: formatHeldEvidence(held) },
      ...sliceKeys(held, 0, held.size).map((key, at) => ({
        key,
        value: bytes.subarray(at * MAX_EVIDENCE_PIECE, (at + 1) * MAX_EVIDENCE_PIECE),
      })),
      ...gone.flatMap((other) =>
        [noteKey(other.digest), ...sliceKeys(other, 0, other.size)].map((key) => ({ key, value: undefined })),
      ),
    ];
    await disk.write(writes, true);
    for (const other of gone) this.#held.delete(other.digest);
    this.#held.set(digest, held);
    onAdded(held);
    return "new";
  }

  /**
   * Whether each of its tree heads that is not of our branch already stands in a file held. Our branch grows, and whoever
   * meets the other one makes another file of the same fork, at whatever size it is: what a person decided about the
   * first holds for these. A head of a third branch, or of the other one when it grew, is news.
   */
  async #isOfKnownBranch({ id, epoch, shows }: HeldEvidence): Promise<boolean> {
    if (shows.kind !== "checkpoints") return false;
    const known = new Set(
      this.of(id, epoch).flatMap((held) => (held.shows.kind === "checkpoints" ? held.shows.heads.map(headText) : [])),
    );
    const foreign: SignedHead[] = [];
    for (const head of shows.heads) if (!(await this.#init.agrees(id, epoch, head))) foreign.push(head);
    return foreign.length > 0 && foreign.every((head) => known.has(headText(head)));
  }

  async #read(held: HeldEvidence, from: number, to: number): Promise<Uint8Array> {
    const slices = await this.#init.disk.getMany(sliceKeys(held, from, to));
    const bytes = concatBytes(...slices.map((slice) => slice ?? new Uint8Array(0)));
    const start = from % MAX_EVIDENCE_PIECE;
    return bytes.subarray(start, start + to - from);
  }

  #passOver(digest: string): void {
    this.#passedOver.delete(digest);
    this.#passedOver.set(digest, this.#init.clock.now());
    const [oldest] = this.#passedOver.keys();
    if (this.#passedOver.size > EVIDENCE_PASSED_OVER_MAX && oldest !== undefined) this.#passedOver.delete(oldest);
  }

  /** What makes room for a new file; `undefined` where nothing may. */
  #roomFor(held: HeldEvidence, chain: Chain): readonly HeldEvidence[] | undefined {
    const ofAuthority = this.list().filter(({ id }) => id === held.id);
    const ofLog = ofAuthority.filter((other) => isOfSameLog(other, held));
    const isLogFull = ofLog.length >= EVIDENCE_PER_LOG_MAX;
    if (!isLogFull && ofAuthority.length < EVIDENCE_PER_AUTHORITY_MAX) return [];
    // Else who signs with an old key of its own, or has had its forks forgiven, could hide the next fork behind many.
    if (!contests(held, chain)) return undefined;
    const oldest = (isLogFull ? ofLog : ofAuthority).findLast((other) => !contests(other, chain));
    return oldest === undefined ? undefined : [oldest];
  }
}

function parsed(bytes: Uint8Array): Evidence | { readonly refused: EvidenceRefusal } {
  try {
    return parseEvidence(bytes);
  } catch (error) {
    if (error instanceof FormatError) return { refused: { code: "EVIDENCE_MALFORMED", message: error.message } };
    throw error;
  }
}

/** Two charters of one serial put in doubt what either of them governs, and all that follows. */
function concerns(held: HeldEvidence, epoch: number): boolean {
  return held.shows.kind === "charters" ? held.epoch <= epoch : held.epoch === epoch;
}

/** Two charters count as a log of their own: they are of no epoch alone. */
function isOfSameLog(a: HeldEvidence, b: HeldEvidence): boolean {
  return a.shows.kind === b.shows.kind && (a.shows.kind === "charters" || a.epoch === b.epoch);
}

/** Of the slices in which the bytes from ≤ at < to of the file lie: what one answer takes is read from two at the most. */
function sliceKeys({ digest }: HeldEvidence, from: number, to: number): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let slice = Math.floor(from / MAX_EVIDENCE_PIECE); slice * MAX_EVIDENCE_PIECE < to; slice++)
    keys.push(bytesKey("evidenceFile", fromHex(digest), u32(slice)));
  return keys;
}

function noteKey(digest: string): Uint8Array {
  return bytesKey("evidence", fromHex(digest));
}
