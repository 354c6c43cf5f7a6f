import { fromHex, toHex } from "../protocol/bytes.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import { type EvidenceRefusalCode, verifyEvidence } from "../protocol/evidence-verify.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Disk } from "./disk.ts";
import {
  contests,
  describeEvidence,
  type EvidenceDecision,
  formatHeldEvidence,
  type HeldEvidence,
  parseHeldEvidence,
  statementOf,
} from "./held-evidence.ts";
import { bytesKey, prefixRange } from "./keyspace.ts";
import { EVIDENCE_PER_AUTHORITY_MAX, EVIDENCE_PER_LOG_MAX } from "./limits.ts";
import { Turns } from "./turns.ts";

export type EvidenceStoreInit = {
  readonly disk: Disk;
  readonly crypto: BatchCrypto;
  readonly clock: Clock;
  /** What is on the disk. */
  readonly held: readonly HeldEvidence[];
  /** Of our own and of the authorities that we trust, by id in hex. */
  readonly chainOf: (id: string) => Chain | undefined;
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

  has(digest: string): boolean {
    return this.#held.has(digest);
  }

  get(digest: string): HeldEvidence | undefined {
    return this.#held.get(digest);
  }

  /** The file as it was received. */
  async bytes(digest: string): Promise<Uint8Array | undefined> {
    return this.#held.has(digest) ? await this.#init.disk.get(fileKey(digest)) : undefined;
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
    const { disk, crypto, clock, chainOf, onAdded } = this.#init;
    const digest = toHex(crypto.sha256(bytes));
    if (this.#held.has(digest)) return "known";
    const verdict = verifyEvidence(bytes, crypto);
    if (!verdict.proven) return { refused: { code: verdict.code, message: verdict.message } };
    const held = describeEvidence(verdict, { digest, size: bytes.length, from, at: seconds(clock) });
    const chain = chainOf(held.id);
    if (chain === undefined)
      return { refused: { code: "EVIDENCE_STRANGER", message: "it is about nobody who is trusted here" } };
    // SPEC: "one for the same two tree heads"
    const statement = statementOf(held);
    for (const other of this.#held.values()) if (statementOf(other) === statement) return "known";
    const gone = this.#roomFor(held, chain);
    if (gone === undefined) return "full";
    const writes = [
      { key: fileKey(digest), value: bytes },
      { key: noteKey(digest), value: formatHeldEvidence(held) },
      ...gone.flatMap((other) => [
        { key: fileKey(other.digest), value: undefined },
        { key: noteKey(other.digest), value: undefined },
      ]),
    ];
    await disk.write(writes, true);
    for (const other of gone) this.#held.delete(other.digest);
    this.#held.set(digest, held);
    onAdded(held);
    return "new";
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

/** Two charters of one serial put in doubt what either of them governs, and all that follows. */
function concerns(held: HeldEvidence, epoch: number): boolean {
  return held.shows.kind === "charters" ? held.epoch <= epoch : held.epoch === epoch;
}

/** Two charters count as a log of their own: they are of no epoch alone. */
function isOfSameLog(a: HeldEvidence, b: HeldEvidence): boolean {
  return a.shows.kind === b.shows.kind && (a.shows.kind === "charters" || a.epoch === b.epoch);
}

function fileKey(digest: string): Uint8Array {
  return bytesKey("evidenceFile", fromHex(digest));
}

function noteKey(digest: string): Uint8Array {
  return bytesKey("evidence", fromHex(digest));
}
