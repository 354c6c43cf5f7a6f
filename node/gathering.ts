import { concatBytes, fromHex, toHex } from "../protocol/bytes.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { formatEvidence } from "../protocol/evidence.ts";
import { buildCharterEvidence, buildCheckpointEvidence, type EvidenceVerdict } from "../protocol/evidence-verify.ts";
import type { BatchCrypto, SeenCheckpoint } from "../protocol/verify-batch.ts";
import type { EvidenceAnswer, EvidenceRequest } from "../protocol/wire/evidence.ts";
import type { Clock } from "./clock.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import { explicitConsistency } from "./explicit-consistency.ts";
import { EVIDENCE_FILES_PER_MINUTE } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { Mirror } from "./mirror.ts";
import type { Session } from "./session.ts";

export type GatheringInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly crypto: BatchCrypto;
  readonly sha256: Sha256;
  readonly evidence: EvidenceStore;
  readonly log: Logger;
};

/** What one peer offered and we lack, and the file that is on its way. */
type Offered = {
  /** Digests in hex. */
  wanted: readonly string[];
  digest: string | undefined;
  pieces: readonly Uint8Array[];
  length: number;
  /** When files were asked for in the last minute, in ms. */
  asked: readonly number[];
};

/** Where evidence comes from: two histories that do not go together, or somebody else who has it. */
export class Gathering {
  readonly #init: GatheringInit;
  readonly #offered = new WeakMap<Session, Offered>();

  constructor(init: GatheringInit) {
    this.#init = init;
  }

  /** The peer says what it holds. */
  offered(session: Session, digests: readonly Uint8Array[]): void {
    const offered = this.#of(session);
    const fresh = digests.map(toHex).filter((digest) => this.#init.evidence.wants(digest) && offered.digest !== digest);
    offered.wanted = [...new Set(fresh)];
  }

  /** The next piece that this peer is to be asked for: one file at a time. */
  next(session: Session): EvidenceRequest | undefined {
    const offered = this.#of(session);
    if (offered.digest === undefined) {
      const [digest, ...rest] = offered.wanted.filter((one) => this.#init.evidence.wants(one));
      if (digest === undefined || !this.#mayAsk(offered)) return undefined;
      Object.assign(offered, { wanted: rest, digest, pieces: [], length: 0 });
    }
    return offered.digest === undefined ? undefined : { digest: fromHex(offered.digest), offset: offered.length };
  }

  /** A piece came: when the file is whole it is judged, whoever brought it. */
  async came(session: Session, { size, bytes }: EvidenceAnswer): Promise<void> {
    const { evidence, sha256, log } = this.#init;
    const offered = this.#of(session);
    const { digest } = offered;
    if (digest === undefined) return;
    offered.pieces = [...offered.pieces, bytes];
    offered.length += bytes.length;
    if (offered.length < size) return;
    const file = concatBytes(...offered.pieces);
    this.passed(session);
    if (toHex(sha256(file)) !== digest) return;
    const outcome = await evidence.add(file, session.peer ?? this.#init.ownId);
    if (typeof outcome === "object") log.warn({ evidence: digest, ...outcome.refused }, "evidence was not taken");
  }

  /** The peer would not give it. */
  passed(session: Session): void {
    Object.assign(this.#of(session), { digest: undefined, pieces: [], length: 0 });
  }

  /** A checkpoint of a log, validly signed by `chain`, that is not one of the history held. */
  async fork(mirror: Mirror, other: SeenCheckpoint, chain: Chain): Promise<void> {
    const { crypto, sha256 } = this.#init;
    const { reached, store } = mirror;
    // Who holds the longer history can show it; to us that one will show its file.
    if (reached === undefined || other.size < 1 || other.size > reached.size) return;
    const hashes =
      other.size === reached.size ? [] : await explicitConsistency(sha256, store, other.size, reached.size);
    const branches = [
      { note: other.note, size: other.size, chain },
      { note: reached.note, size: reached.size, chain: mirror.chain },
    ] as const;
    await this.#keep(buildCheckpointEvidence({ epoch: store.epoch, branches, hashes }, crypto));
  }

  /** Two valid chains of one authority, of which neither is a beginning of the other. */
  async twoChains(held: Chain, other: Chain): Promise<void> {
    await this.#keep(buildCharterEvidence(held, other, this.#init.crypto));
  }

  async #keep(verdict: EvidenceVerdict): Promise<void> {
    if (verdict.proven) await this.#init.evidence.add(formatEvidence(verdict.evidence), this.#init.ownId);
    else
      this.#init.log.warn({ code: verdict.code, reason: verdict.message }, "what does not go together proves nothing");
  }

  /** To judge a file may cost seconds, where its chains are long. */
  #mayAsk(offered: Offered): boolean {
    const now = this.#init.clock.now();
    const asked = offered.asked.filter((at) => at <= now && now - at < 60_000);
    const may = asked.length < EVIDENCE_FILES_PER_MINUTE;
    offered.asked = may ? [...asked, now] : asked;
    return may;
  }

  #of(session: Session): Offered {
    const known = this.#offered.get(session);
    if (known !== undefined) return known;
    const offered: Offered = { wanted: [], digest: undefined, pieces: [], length: 0, asked: [] };
    this.#offered.set(session, offered);
    return offered;
  }
}
