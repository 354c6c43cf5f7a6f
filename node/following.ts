import { toHex } from "../protocol/bytes.ts";
import { type Chain, type ChainEntry, extendChain, prevailing } from "../protocol/charter-chain.ts";
import type { FollowEffect, FollowView, SourceRole, WantedLog } from "../protocol/follow.ts";
import { MAX_PULL_STATEMENTS } from "../protocol/limits.ts";
import { logText } from "../protocol/serve.ts";
import { type BatchCrypto, BatchRefusal } from "../protocol/verify-batch.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import type { WireError } from "../protocol/wire/error.ts";
import type { ChartersAnswer } from "../protocol/wire/charters.ts";
import type { CheckpointAnswer } from "../protocol/wire/checkpoint.ts";
import type { PullRequest } from "../protocol/wire/pull.ts";
import type { Charters } from "./charters.ts";
import type { Clock } from "./clock.ts";
import type { Comparing } from "./comparing.ts";
import type { Cosigning } from "./cosigning.ts";
import type { DiskGuard } from "./disk-guard.ts";
import type { Followed } from "./followed.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import { BUSY_RETRY_MS, PULL_PAUSE_MS, RELAY_RETRY_MAX_MS, RELAY_RETRY_MIN_MS } from "./limits.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import type { Gathering } from "./gathering.ts";
import type { Intake } from "./intake.ts";
import type { LeafRepairs } from "./leaf-repairs.ts";
import type { LentChains } from "./lent-chains.ts";
import type { Logger } from "./logger.ts";
import type { Mirror } from "./mirror.ts";
import { LackingCursor } from "./mirror-parts.ts";
import type { PartAnswers } from "./part-answers.ts";
import type { Session } from "./session.ts";
import type { Sources } from "./sources.ts";
import type { Peer, TrustStore } from "./trust.ts";
import type { WantedParts } from "./wanted-parts.ts";

/** Chunks of a large part between two looks at how far it is: one MiB. */
const CHUNKS_PER_CHANGE = 16;

export type FollowingInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly space: DiskGuard;
  readonly repairs: LeafRepairs;
  readonly trust: TrustStore;
  readonly charters: Charters;
  readonly logs: FollowedLogs;
  readonly wanted: WantedParts;
  readonly answers: PartAnswers;
  readonly cosigning: Cosigning;
  readonly crypto: BatchCrypto;
  readonly lent: LentChains;
  readonly sources: Sources;
  readonly intake: Intake;
  readonly gathering: Gathering;
  readonly evidence: EvidenceStore;
  readonly comparing: () => Comparing;
  /** Somebody else may be asked now. */
  readonly planAll: () => void;
  readonly onFailed: (error: unknown) => void;
  readonly changed: () => void;
};

/** What is wanted from whom, what a pull tells, and what becomes of the answers. */
export class Following {
  readonly #init: FollowingInit;
  /** Version of the news of each log that a session carried. */
  readonly #newsSent = new WeakMap<Session, Map<string, string>>();
  readonly #cursors = new WeakMap<Session, Map<string, LackingCursor>>();
  /** Sessions over which each peer is asked: one, and its twin for as long as both are there. */
  readonly #sessions = new Map<string, Set<Session>>();
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
    const { trust, logs, sources, intake, wanted: parts, comparing, gathering, space, repairs } = this.#init;
    const id = trust.identify(session.connection.peerKey);
    const wanted: WantedLog[] = [];
    const sourced: Followed[] = [];
    // Where there is no room nothing is asked for that would only be dropped.
    const mayTake = session.following && space.takesEntries;
    let mayPull = !logs.stopped && space.takesEntries && !this.#paced.has(session);
    for (const followed of mayTake ? logs.wantedFrom(id) : []) {
      const { mirror, busy } = followed;
      const role = this.#roleOf(session, followed);
      if (role === undefined || intake.isResting(mirror.key)) continue;
      const owner = mirror.owner;
      const shown = sources.shownBy(session.peer ?? "", mirror.key);
      const lacking = this.#lackingFor(session, followed);
      // Of most logs most peers are asked nothing.
      if (role === "parts" && lacking === undefined) continue;
      wanted.push({
        id: mirror.store.id,
        epoch: mirror.store.epoch,
        verified: mirror.verified,
        // The owner has at least what it ever signed.
        shown: owner === id ? Math.max(shown, mirror.seen?.size ?? 0) : shown,
        serial: (this.#init.lent.of(session, owner) ?? mirror.chain).entries.length - 1,
        lacking,
        role,
      });
      if (role === "parts") continue;
      sourced.push(followed);
      if (!mirror.settled || busy > 0) mayPull = false;
    }
    return {
      wanted,
      mayPull,
      again: mayTake && id !== undefined ? repairs.asks(id) : [],
      chunks: session.following && id !== undefined && space.takesAttachments ? parts.chunksOf(id, session) : [],
      news: () => this.#newsFor(session, sourced),
      comparison: () => comparing().next(session),
      evidence: () => (space.takesEntries ? gathering.next(session) : undefined),
    };
  }

  /** Who may be asked for what is missing of a log, in order: for our own everybody, else the owner first. */
  peersOf(mirror: Mirror): readonly string[] {
    const owner = mirror.owner;
    if (owner === this.#init.ownId) return [...this.#sessions.keys()];
    return this.#init.sources.peersOf({ key: mirror.key, owner, verified: mirror.verified });
  }

  /** What the session's peer is asked for of a log; of our own, each whatever it may still have. */
  #roleOf(session: Session, { mirror, partsOnly }: Followed): SourceRole | undefined {
    const owner = mirror.owner;
    if (owner === this.#init.ownId) {
      if (this.#exhausted.has(session)) return undefined;
      return partsOnly ? "parts" : "source";
    }
    return this.#init.sources.roleOf(session.peer ?? "", { key: mirror.key, owner, verified: mirror.verified });
  }

  /** Missing parts are asked for from one peer after the other, the owner first. */
  #lackingFor(session: Session, { mirror }: Followed): WantedLog["lacking"] {
    if (mirror.store.head.missing === 0) return undefined;
    const owner = mirror.owner;
    const onFound = (): void => this.#looked(session, mirror);
    if (owner === this.#init.ownId) return mirror.lacking(this.#cursor(session, mirror), onFound);
    for (const peer of this.peersOf(mirror)) {
      if (peer === session.peer) return mirror.lacking(this.#cursor(session, mirror), onFound);
      const asked = [...(this.#sessions.get(peer) ?? [])];
      if (asked.some((other) => !this.#cursor(other, mirror).isThrough(mirror.parts.version))) return undefined;
    }
    return undefined;
  }

  #looked(session: Session, mirror: Mirror): void {
    if (this.#cursor(session, mirror).lacking !== undefined) return session.plan();
    this.#askRelayAgain(session, mirror);
    this.#init.planAll();
  }

  /** What a relay does not have may be on its way to it. */
  #askRelayAgain(session: Session, mirror: Mirror): void {
    const { clock, wanted, onFailed } = this.#init;
    const { peer } = session;
    const cursor = this.#cursor(session, mirror);
    if (peer === undefined || peer === mirror.owner || cursor.waiting || mirror.store.head.missing === 0) return;
    const { size } = mirror.store.head;
    // What is new is on its way to the relay too.
    cursor.pause = size > cursor.size ? RELAY_RETRY_MIN_MS : Math.min(RELAY_RETRY_MAX_MS, cursor.pause * 2);
    cursor.size = size;
    cursor.waiting = true;
    clock.after(cursor.pause, () => {
      cursor.waiting = false;
      if (session.closed) return;
      cursor.restart();
      wanted.forgetRefusals(peer, mirror.key);
      this.#wantAgain(session, mirror).catch(onFailed);
    });
  }

  #cursor(session: Session, mirror: Mirror): LackingCursor {
    const cursors = this.#cursors.get(session) ?? new Map<string, LackingCursor>();
    this.#cursors.set(session, cursors);
    const cursor = cursors.get(mirror.key) ?? new LackingCursor();
    cursors.set(mirror.key, cursor);
    return cursor;
  }

  /** The session's peer may be asked from now on. */
  begin(session: Session): void {
    const { logs, sources, wanted, repairs, trust, log, onFailed, changed } = this.#init;
    if (session.peer === undefined) return;
    this.#sessions.set(session.peer, (this.#sessions.get(session.peer) ?? new Set()).add(session));
    sources.join(session.peer);
    wanted.forgetRefusals(session.peer);
    repairs.forgetRefusals(session.peer);
    for (const { mirror } of logs.wantedFrom(session.peer)) this.#wantAgain(session, mirror).catch(onFailed);
    log.info({ peer: trust.nameOf(session.peer), address: session.connection.remoteAddress }, "following peer");
    session.plan();
    changed();
  }

  /** Parts of this log, by `logText`, that were here are not here any more. */
  async lost(log: string): Promise<void> {
    for (const [peer, sessions] of this.#sessions)
      for (const session of sessions) {
        const followed = this.#init.logs.wantedFrom(peer).find((one) => one.mirror.key === log);
        followed?.mirror.parts.changedBelow();
        this.#init.wanted.forgetRefusals(peer, log);
        if (followed !== undefined) await this.#wantAgain(session, followed.mirror);
      }
  }

  /** The session has ended: what its peer was asked for others may have. */
  end(session: Session): void {
    const { sources, planAll } = this.#init;
    const sessions = session.peer === undefined ? undefined : this.#sessions.get(session.peer);
    if (session.peer === undefined || sessions?.delete(session) !== true || sessions.size > 0) return;
    this.#sessions.delete(session.peer);
    sources.leave(session.peer);
    planAll();
  }

  /** What could not be had on the last connection may be had on this one. */
  async #wantAgain(session: Session, mirror: Mirror): Promise<void> {
    await this.#init.wanted.wantSmallEnough(mirror);
    session.plan();
  }

  async effect(session: Session, effect: FollowEffect): Promise<void> {
    switch (effect.do) {
      case "batch":
        return this.#onBatch(session, effect.batch);
      case "checkpoint":
        return this.#onCheckpoint(session, effect.answer);
      case "charters":
        return this.#onCharters(session, effect.answer, effect.last);
      case "parts":
        return this.#onParts(session, effect);
      case "chunk":
        return this.#onChunk(session, effect);
      case "compare":
        return this.#init.comparing().shown(session, effect.answer);
      case "evidence":
        return this.#init.gathering.came(session, effect.answer);
      case "nothing":
        for (const { mirror } of this.#init.logs.wantedFrom(session.peer))
          if (mirror.owner === session.peer) mirror.nothingNew(this.#init.clock.now());
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
    if (session.peer !== undefined && (await this.#init.repairs.take(session.peer, batch))) return session.plan();
    const followed = this.#wanted(session, batch.id, batch.epoch);
    // What was asked for while our own entries were taken back may come when they are all here.
    if (followed === undefined && this.#init.logs.hasRecovered && toHex(batch.id) === this.#init.ownId) return;
    if (followed === undefined) throw new BatchRefusal("BATCH_ORIGIN", "a batch of a log that was not asked for");
    const { mirror, partsOnly } = followed;
    // What there is no room for is asked for again when there is.
    if (partsOnly || !this.#init.space.takesEntries) return;
    await mirror.room();
    // What comes twice, or after a gap that was closed by another range, is asked for again where it is needed.
    if (batch.from !== mirror.verified) return;
    await this.#judged(session, followed, (lent) => {
      mirror.accept(batch, lent);
      this.#took(mirror, [...batch.leaves, ...batch.parts.map(({ bytes }) => bytes)]);
      this.#showed(session, mirror, mirror.seen?.note === batch.checkpoint ? mirror.seen.size : mirror.verified);
    });
  }

  async #onCheckpoint(session: Session, answer: CheckpointAnswer): Promise<void> {
    const followed = this.#wanted(session, answer.id, answer.epoch);
    if (followed === undefined || followed.partsOnly) return;
    await this.#judged(session, followed, async (lent) => {
      const checkpoint = await followed.mirror.acceptCheckpoint(answer, lent);
      this.#showed(session, followed.mirror, checkpoint.size);
      await this.#init.cosigning.takeLines(followed, checkpoint, answer.cosignatures);
    });
  }

  /** What is ours and comes back to us is no flood. */
  #took(mirror: Mirror, pieces: readonly Uint8Array[]): void {
    if (mirror.owner === this.#init.ownId) return;
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    this.#init.intake.took(mirror.key, bytes);
  }

  #showed(session: Session, mirror: Mirror, size: number): void {
    if (session.peer !== undefined) this.#init.sources.showed(session.peer, mirror.key, size);
  }

  /** SPEC: A validly signed checkpoint is never its carrier's fault: who brings another history is only not asked for it. */
  async #judged(
    session: Session,
    { mirror }: Followed,
    work: (lent: Chain | undefined) => void | Promise<void>,
  ): Promise<void> {
    const { lent, sources, gathering, evidence, ownId } = this.#init;
    const owner = mirror.owner;
    try {
      await work(lent.of(session, owner));
    } catch (error) {
      if (!(error instanceof BatchRefusal)) throw error;
      mirror.alarm(error.message);
      const chain = lent.of(session, owner) ?? mirror.chain;
      lent.forget(session, owner);
      if (error.checkpoint === undefined || owner === ownId) throw error;
      const other = mirror.signed(error.checkpoint, chain);
      if (!(await mirror.agrees(other))) await gathering.fork(mirror, other, chain);
      const { peer } = session;
      if (peer === undefined) throw error;
      const isContested = evidence.contestedBy(owner, mirror.store.epoch, mirror.chain).length > 0;
      if (isContested) sources.strike(peer, mirror.key);
      // What it brings may also be garbage: that its own owner sends.
      if (peer === owner) throw error;
      sources.passOver(peer, mirror.key);
    }
  }

  async #onCharters(session: Session, answer: ChartersAnswer, isLast: boolean): Promise<void> {
    const { trust, charters, comparing } = this.#init;
    const id = toHex(answer.id);
    const peer = trust.get(id);
    if (peer === undefined || session.peer === undefined) return;
    if (session.peer === id) await charters.extend(peer, answer.chain, session.connection.peerKey);
    else await this.#borrow(session, peer, answer.chain);
    if (isLast) await comparing().chartersCame(session, id);
  }

  /** Charters of another authority than the one that shows them. */
  async #borrow(session: Session, peer: Peer, shown: readonly ChainEntry[]): Promise<void> {
    const { charters, lent, crypto } = this.#init;
    const before = lent.of(session, peer.id);
    let chain = before !== undefined && prevailing(peer.chain, before).kind === "extends" ? before : peer.chain;
    let opened: Chain | undefined;
    for (const entry of shown) {
      const extension = extendChain(chain, entry, crypto);
      if (!extension.ok) return;
      chain = extension.chain;
      // Where the first charter of an epoch stands is no opinion.
      if (entry.index === 0) opened = chain;
    }
    lent.lend(session, peer.id, chain);
    if (opened !== undefined) await charters.learn(peer.id, opened);
  }

  async #onParts(session: Session, { answer, from, to }: Extract<FollowEffect, { do: "parts" }>): Promise<void> {
    const mirror = this.#wanted(session, answer.id, answer.epoch)?.mirror;
    if (mirror === undefined || !this.#init.space.takesEntries) return;
    this.#took(
      mirror,
      answer.parts.map(({ bytes }) => bytes),
    );
    if ((await mirror.parts.acceptParts(answer)) > 0) return;
    const cursor = this.#cursor(session, mirror);
    mirror.parts.passLacking(cursor, { from, to, next: answer.next });
    if (session.peer !== undefined) this.#init.answers.gaveNoMore(mirror, session.peer, cursor.from);
  }

  async #onChunk(session: Session, { want, answer }: Extract<FollowEffect, { do: "chunk" }>): Promise<void> {
    const { wanted, changed, space } = this.#init;
    const mirror = this.#wanted(session, want.id, want.epoch)?.mirror;
    if (mirror === undefined || session.peer === undefined || !space.takesEntries) return;
    const large = await mirror.parts.acceptChunk(want, answer, wanted.isAsked(mirror, want));
    const isDone = wanted.arrived(mirror, want, large.held);
    if (isDone) await wanted.wantSmallEnough(mirror);
    // Who waits looks into the store each time.
    if (isDone || large.held % CHUNKS_PER_CHANGE === 0) changed();
  }

  async #onRefused(
    session: Session,
    { ask, log: asked, want, error }: Extract<FollowEffect, { do: "refused" }>,
  ): Promise<void> {
    const { ownId, trust, log, logs, answers, changed, repairs } = this.#init;
    if (ask === "range" && asked !== undefined && repairs.refused(session.peer ?? "", asked)) return;
    // Peers hold our own log up to different sizes; what one lacks another may have.
    if (asked?.startsWith(ownId) === true && error.code === "not-found") return void this.#exhausted.add(session);
    const mirror = asked === undefined ? undefined : logs.get(asked)?.mirror;
    if (want !== undefined && session.peer !== undefined)
      await this.#onChunkRefused(session.peer, session, want, error);
    else if (ask === "parts" && mirror !== undefined && session.peer !== undefined)
      answers.refusedParts(mirror, session.peer, `${error.code}: ${error.reason}`);
    log.info({ peer: trust.nameOf(session.peer), ask, code: error.code, reason: error.reason }, "the peer refused");
    if (ask === "evidence") this.#init.gathering.passed(session);
    // An owner may have lost what it showed before, and takes it back: then it greets anew.
    const isLost = (ask === "range" || ask === "parts") && error.code === "not-found";
    if (isLost || this.#isRelayed(session, ask, asked)) return this.#passOver(session, asked);
    // Asking the same again at once would only be refused again.
    if (ask !== "chunk") await session.close("REFUSED_BY_PEER", `the peer refused: ${error.code}`);
    changed();
  }

  /** Another's log, or a question that not every version knows: no reason to end the connection. */
  #isRelayed(session: Session, ask: string, log: string | undefined): boolean {
    if (ask === "compare" || ask === "evidence") return true;
    return log !== undefined && session.peer !== undefined && !log.startsWith(session.peer);
  }

  #passOver(session: Session, log: string | undefined): void {
    if (log === undefined || session.peer === undefined) return;
    const followed = this.#init.logs.get(log);
    if (followed !== undefined) followed.mirror.parts.passAll(this.#cursor(session, followed.mirror));
    this.#init.sources.passOver(session.peer, log);
    this.#init.planAll();
  }

  async #onChunkRefused(peer: string, session: Session, want: ChunkRequest, error: WireError): Promise<void> {
    const { answers, wanted, clock } = this.#init;
    const reason = `${error.code}: ${error.reason}`;
    wanted.refused(peer, want, reason);
    answers.refusedChunk(want, peer, reason);
    const mirror = this.#wanted(session, want.id, want.epoch)?.mirror;
    if (mirror === undefined) return;
    this.#askRelayAgain(session, mirror);
    await wanted.wantSmallEnough(mirror);
    if (error.code !== "busy") return;
    // It has the part and could not read it now.
    clock.after(BUSY_RETRY_MS, () => {
      if (session.closed) return;
      wanted.forgetRefusals(peer);
      wanted.wantSmallEnough(mirror).catch(this.#init.onFailed);
    });
  }

  /** The log that this answer is of, if it is one that may be asked for from this session's peer. */
  #wanted(session: Session, id: Uint8Array, epoch: number): Followed | undefined {
    const key = logText(id, epoch);
    return this.#init.logs.wantedFrom(session.peer).find(({ mirror }) => mirror.key === key);
  }

  /** Our own cosignatures and receipts that this peer does not have yet, and those of others that it is the way for. */
  #newsFor(session: Session, sourced: readonly Followed[]): Pick<PullRequest, "cosignatures" | "receipts"> {
    this.#pulledAt.set(session, this.#init.clock.now());
    const { peer } = session;
    const sent = this.#newsSent.get(session) ?? new Map<string, string>();
    this.#newsSent.set(session, sent);
    const isNew = (key: string, version: string): boolean => {
      const before = sent.get(key);
      sent.set(key, version);
      return before !== version;
    };
    const cosignatures: PullRequest["cosignatures"][number][] = [];
    const receipts: PullRequest["receipts"][number][] = [];
    for (const { mirror, news, heard, witnesses } of sourced.slice(0, MAX_PULL_STATEMENTS)) {
      const { id, epoch } = mirror.store;
      if (news.version > 0 && isNew(mirror.key, String(news.version))) {
        if (news.cosignature !== undefined) cosignatures.push({ id, epoch, note: news.cosignature });
        // SPEC: which ones is told to the owner alone, directly.
        const exceptions = toHex(id) === peer ? news.exceptions : [];
        if (news.receipt !== undefined) receipts.push({ note: news.receipt, exceptions });
      }
      for (const other of heard) {
        if (Math.max(cosignatures.length, receipts.length) >= MAX_PULL_STATEMENTS) return { cosignatures, receipts };
        const note = witnesses.noteOf(other);
        const receipt = witnesses.receiptOf(other);
        if (other === peer) continue;
        if (note !== undefined && isNew(`${mirror.key} cosignature ${other}`, note))
          cosignatures.push({ id, epoch, note });
        if (receipt !== undefined && isNew(`${mirror.key} receipt ${other}`, receipt.note))
          receipts.push({ note: receipt.note, exceptions: [] });
      }
    }
    return { cosignatures, receipts };
  }
}
