import { toHex } from "../protocol/bytes.ts";
import type { FollowEffect, FollowView, WantedLog } from "../protocol/follow.ts";
import { logText } from "../protocol/serve.ts";
import { BatchRefusal } from "../protocol/verify-batch.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import type { WireError } from "../protocol/wire/error.ts";
import type { ChartersAnswer } from "../protocol/wire/charters.ts";
import type { CheckpointAnswer } from "../protocol/wire/checkpoint.ts";
import type { PartsAnswer } from "../protocol/wire/parts.ts";
import type { PullRequest } from "../protocol/wire/pull.ts";
import type { Charters } from "./charters.ts";
import type { Clock } from "./clock.ts";
import type { Cosigning } from "./cosigning.ts";
import type { Followed } from "./followed.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import { BUSY_RETRY_MS, PULL_PAUSE_MS } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { Mirror } from "./mirror.ts";
import type { Session } from "./session.ts";
import type { TrustStore } from "./trust.ts";
import type { WantedParts } from "./wanted-parts.ts";

export type FollowingInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly charters: Charters;
  readonly logs: FollowedLogs;
  readonly wanted: WantedParts;
  readonly cosigning: Cosigning;
  readonly onFailed: (error: unknown) => void;
  readonly changed: () => void;
};

/** What is wanted from whom, what a pull tells, and what becomes of the answers. */
export class Following {
  readonly #init: FollowingInit;
  /** Version of the news of each log that a session carried. */
  readonly #newsSent = new WeakMap<Session, Map<string, number>>();
  /** These peers hold no more of our own log than they gave. */
  readonly #exhausted = new WeakSet<Session>();
  /** When the last pull left. */
  readonly #pulledAt = new WeakMap<Session, number>();
  /** Of these the next pull waits a while. */
  readonly #paced = new WeakSet<Session>();

  constructor(init: FollowingInit) {
    this.#init = init;
  }

  view(session: Session): FollowView {
    const { ownId, trust, logs, wanted: parts } = this.#init;
    const id = trust.identify(session.connection.peerKey);
    const wanted: WantedLog[] = [];
    let mayPull = !logs.stopped && !this.#paced.has(session);
    for (const { mirror, busy, partsOnly } of logs.wantedFrom(id)) {
      if (this.#exhausted.has(session) && toHex(mirror.store.id) === ownId) continue;
      wanted.push({
        id: mirror.store.id,
        epoch: mirror.store.epoch,
        verified: mirror.verified,
        seen: mirror.seen?.size ?? 0,
        serial: mirror.chain.entries.length - 1,
        lacking: mirror.lacking,
        partsOnly,
      });
      if (!mirror.settled || busy > 0) mayPull = false;
    }
    return { wanted, mayPull, chunks: parts.chunksOf(id), news: () => this.#newsFor(session, id) };
  }

  /** The session's peer may be asked from now on. */
  begin(session: Session): void {
    const { logs, wanted, trust, log, onFailed, changed } = this.#init;
    if (session.peer === undefined) return;
    wanted.forgetRefusals(session.peer);
    for (const { mirror } of logs.wantedFrom(session.peer))
      this.#wantAgain(session, mirror, session.peer).catch(onFailed);
    log.info({ peer: trust.nameOf(session.peer), address: session.connection.remoteAddress }, "following peer");
    changed();
  }

  /** What could not be had on the last connection may be had on this one. */
  async #wantAgain(session: Session, mirror: Mirror, peer: string): Promise<void> {
    mirror.parts.lookAgain();
    await mirror.parts.refreshLacking();
    await this.#init.wanted.wantSmallEnough(mirror, peer);
    session.plan();
  }

  async effect(session: Session, effect: FollowEffect): Promise<void> {
    switch (effect.do) {
      case "batch":
        return this.#onBatch(session, effect.batch);
      case "checkpoint":
        return this.#onCheckpoint(session, effect.answer);
      case "charters":
        return this.#onCharters(session, effect.answer);
      case "parts":
        return this.#onParts(session, effect.answer);
      case "chunk":
        return this.#onChunk(session, effect);
      case "nothing":
        for (const { mirror } of this.#init.logs.wantedFrom(session.peer))
          if (toHex(mirror.store.id) === session.peer) mirror.nothingNew(this.#init.clock.now());
        return this.#pace(session);
      case "refused":
        return this.#onRefused(session, effect);
      case "send":
      case "reset":
      case "greeted":
        return;
    }
  }

  /** A peer that answers at once that there is nothing would be asked without end. */
  #pace(session: Session): void {
    const { clock } = this.#init;
    const passed = clock.now() - (this.#pulledAt.get(session) ?? -Infinity);
    if (passed >= PULL_PAUSE_MS) return;
    this.#paced.add(session);
    clock.after(PULL_PAUSE_MS, () => {
      this.#paced.delete(session);
      session.plan();
    });
  }

  async #onBatch(session: Session, batch: Batch): Promise<void> {
    const followed = this.#wanted(session, batch.id, batch.epoch);
    // What was asked for while our own entries were taken back may come when they are all here.
    if (followed === undefined && this.#init.logs.hasRecovered && toHex(batch.id) === this.#init.ownId) return;
    if (followed === undefined) throw new BatchRefusal("BATCH_ORIGIN", "a batch of a log that was not asked for");
    const { mirror, partsOnly } = followed;
    if (partsOnly) return;
    await mirror.room();
    // What comes twice, or after a gap that was closed by another range, is asked for again where it is needed.
    if (batch.from !== mirror.verified) return;
    await guardEvidence(mirror, () => mirror.accept(batch));
  }

  async #onCheckpoint(session: Session, answer: CheckpointAnswer): Promise<void> {
    const followed = this.#wanted(session, answer.id, answer.epoch);
    if (followed === undefined || followed.partsOnly) return;
    const checkpoint = await guardEvidence(followed.mirror, () => followed.mirror.acceptCheckpoint(answer));
    await this.#init.cosigning.takeLines(followed, checkpoint, answer.cosignatures);
  }

  async #onCharters(session: Session, answer: ChartersAnswer): Promise<void> {
    const { trust, charters } = this.#init;
    const peer = session.peer === undefined ? undefined : trust.get(session.peer);
    if (peer !== undefined && toHex(answer.id) === peer.id)
      await charters.extend(peer, answer.chain, session.connection.peerKey);
  }

  async #onParts(session: Session, answer: PartsAnswer): Promise<void> {
    const parts = this.#wanted(session, answer.id, answer.epoch)?.mirror.parts;
    if (parts !== undefined && (await parts.acceptParts(answer)) === 0) await parts.passLacking(answer.next);
  }

  async #onChunk(session: Session, { want, answer }: Extract<FollowEffect, { do: "chunk" }>): Promise<void> {
    const { wanted, changed } = this.#init;
    const mirror = this.#wanted(session, want.id, want.epoch)?.mirror;
    if (mirror === undefined || session.peer === undefined) return;
    const large = await mirror.parts.acceptChunk(want, answer);
    wanted.arrived(mirror, want, large.held);
    if (large.hashes.length > 0) await wanted.wantSmallEnough(mirror, session.peer);
    changed();
  }

  async #onRefused(
    session: Session,
    { ask, log: asked, want, error }: Extract<FollowEffect, { do: "refused" }>,
  ): Promise<void> {
    const { ownId, trust, log, changed } = this.#init;
    // Peers hold our own log up to different sizes; what one lacks another may have.
    if (asked?.startsWith(ownId) === true && error.code === "not-found") return void this.#exhausted.add(session);
    if (want !== undefined && session.peer !== undefined)
      await this.#onChunkRefused(session.peer, session, want, error);
    log.info({ peer: trust.nameOf(session.peer), ask, code: error.code, reason: error.reason }, "the peer refused");
    // Asking the same again at once would only be refused again.
    if (ask !== "chunk") await session.close(`the peer refused: ${error.code}`);
    changed();
  }

  async #onChunkRefused(peer: string, session: Session, want: ChunkRequest, error: WireError): Promise<void> {
    const { wanted, clock } = this.#init;
    wanted.refused(peer, want, `${error.code}: ${error.reason}`);
    const mirror = this.#wanted(session, want.id, want.epoch)?.mirror;
    if (mirror === undefined) return;
    await wanted.wantSmallEnough(mirror, peer);
    if (error.code !== "busy") return;
    // It has the part and could not read it now.
    clock.after(BUSY_RETRY_MS, () => {
      if (session.closed) return;
      wanted.forgetRefusals(peer);
      mirror.parts.lookAgain();
      wanted.wantSmallEnough(mirror, peer).catch(this.#init.onFailed);
    });
  }

  /** The log that this answer is of, if it is one that may be asked for from this session's peer. */
  #wanted(session: Session, id: Uint8Array, epoch: number): Followed | undefined {
    const key = logText(id, epoch);
    return this.#init.logs.wantedFrom(session.peer).find(({ mirror }) => mirror.key === key);
  }

  #newsFor(session: Session, id: string | undefined): Pick<PullRequest, "cosignatures" | "receipts"> {
    this.#pulledAt.set(session, this.#init.clock.now());
    const sent = this.#newsSent.get(session) ?? new Map<string, number>();
    this.#newsSent.set(session, sent);
    const cosignatures: PullRequest["cosignatures"][number][] = [];
    const receipts: PullRequest["receipts"][number][] = [];
    for (const { mirror, news } of this.#init.logs.wantedFrom(id)) {
      if (news.version === 0 || (sent.get(mirror.key) ?? 0) >= news.version) continue;
      sent.set(mirror.key, news.version);
      if (news.cosignature !== undefined)
        cosignatures.push({ id: mirror.store.id, epoch: mirror.store.epoch, note: news.cosignature });
      if (news.receipt !== undefined) receipts.push({ note: news.receipt, exceptions: news.exceptions });
    }
    return { cosignatures, receipts };
  }
}

/** A validly signed checkpoint that does not fit is kept as an alarm: it may be evidence. */
async function guardEvidence<T>(mirror: Mirror, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatchRefusal) mirror.alarm(error.message);
    throw error;
  }
}
