import { equalBytes } from "../protocol/bytes.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Charters } from "./charters.ts";
import type { Clock } from "./clock.ts";
import { type Disk, unlessCorrupt } from "./disk.ts";
import { beginFollowed, type Followed } from "./followed.ts";
import type { HeadsFile, KnownHead } from "./heads-file.ts";
import { REPAIR_PAUSE_MS } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { Mirror } from "./mirror.ts";
import type { OwnFollowers } from "./own-followers.ts";
import { AppendError, type OwnLog } from "./own-log.ts";
import type { PartStore } from "./part-store.ts";
import { OWNER_READS_ALL } from "./reader-audiences.ts";
import {
  beginSettlement,
  type OwnSizes,
  type PeerCount,
  peersChanged,
  recovered,
  type Settlement,
  settle,
  type HeadReport,
} from "./settlement.ts";
import type { Ahead, SigningDecision } from "./service.ts";
import type { Peer } from "./trust.ts";
import type { Witnesses } from "./witness.ts";

/** What was decided does not fit what is known: `ahead` where signing would make a second history. */
export class DecisionError extends Error {
  readonly ahead: Ahead | undefined;
  constructor(ahead: Ahead | undefined) {
    super(ahead === undefined ? "nobody holds more of this log" : "somebody holds more of this log");
    this.name = "DecisionError";
    this.ahead = ahead;
  }
}

const WHOLE_AGAIN = "the store is whole again; greeting anew";

export type OwnHeadInit = {
  readonly ownName: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly crypto: BatchCrypto;
  readonly heads: HeadsFile;
  readonly log: Logger;
  readonly parts: PartStore;
  readonly ownLog: OwnLog;
  readonly witnesses: Witnesses;
  readonly charters: Charters;
  readonly followers: OwnFollowers;
  /** Reads again what is in force by our own entries. */
  readonly reload: () => Promise<void>;
  /** Authorities trusted at the start. */
  readonly peers: PeerCount;
  /** Called when the node may sign, before anything that waits for it. */
  readonly cosignAll: () => Promise<void>;
  /** Called after every durable step that brought some of our own entries or parts back. */
  readonly onStored: (mirror: Mirror) => void;
  readonly onFailed: (error: unknown) => void;
  /** What may be asked of anybody has changed. */
  readonly planAll: () => void;
  /** Ends all sessions: what peers told us of entries that were not here is told again on the next ones. */
  readonly greetAllAnew: (reason: string) => Promise<void>;
  readonly changed: () => void;
};

/** How far our own log was, as our files and our peers know it, and so whether the node may sign. */
export class OwnHead {
  readonly #init: OwnHeadInit;
  #settlement: Settlement;
  /** While our own entries are taken back. */
  #recovery: Followed | undefined;
  /** By peer: each has other parts of ours. */
  readonly #repairs = new Map<string, Followed>();
  #cancelTelling: () => void = () => undefined;
  #startsSeen = 0;
  /** The most that anybody showed of our own log. */
  #shown: Ahead | undefined;
  /** A person decided that what peers hold beyond our heads file is ours. */
  #takingBack = false;
  #onReady: (() => void)[] = [];

  constructor(init: OwnHeadInit) {
    this.#init = init;
    this.#settlement = beginSettlement(init.peers, this.#sizes());
  }

  get settlement(): Settlement {
    return this.#settlement;
  }

  get ready(): boolean {
    return this.#settlement.state === "ready";
  }

  /** Before anything leaves the node: the head in the store, which a crash may have left ahead of the one in the file. */
  async check(): Promise<void> {
    const { ownLog, heads } = this.#init;
    if (!(await this.#agreesWithFile())) this.hold("the store holds another history than the one in the heads file");
    else if (ownLog.store.head.size > 0)
      await heads.record(ownLog.key, { size: ownLog.store.head.size, root: ownLog.store.root });
  }

  /** Signs what waits for a signature, if nobody needs to be asked. */
  async start(): Promise<void> {
    if (this.ready) await this.#becomeReady();
  }

  /** Calls back each time when the node may sign again, for the first time on its start. */
  onReady(action: () => void): void {
    this.#onReady.push(action);
  }

  /** What somebody showed of our own log and the store does not hold. */
  get ahead(): Ahead | undefined {
    return this.#shown !== undefined && this.#shown.size > this.#init.ownLog.store.head.size ? this.#shown : undefined;
  }

  /** A person decided. Throws `DecisionError`. */
  async decide(decision: SigningDecision): Promise<void> {
    const { ahead } = this;
    if (decision === "take-back") {
      if (ahead === undefined) throw new DecisionError(undefined);
      this.#takeBack(ahead);
      return;
    }
    if (decision === "alone" && ahead !== undefined) throw new DecisionError(ahead);
    await this.#init.heads.raiseStarts(this.#startsSeen);
    await this.#endRecovery();
    this.#settlement = { state: "ready" };
    await this.#becomeReady();
  }

  /** The heads file was put back too: only a person knows that what is signed beyond it was signed by this node. */
  #takeBack(ahead: Ahead): void {
    if (this.#takingBack) return;
    this.#takingBack = true;
    this.#settlement = { state: "recovering", size: ahead.size, answered: new Map(), needed: 1 };
    this.#recover(undefined);
    this.#init.changed();
  }

  /** SPEC: a person decides, seeing the entries. */
  async #tookBack(): Promise<void> {
    const { ownLog, greetAllAnew } = this.#init;
    await this.#endRecovery();
    this.hold(
      `entries of this log were taken back from peers, ${ownLog.store.head.size} are here now: look whether they are this authority's (entente list), and let the node sign`,
    );
    await greetAllAnew(WHOLE_AGAIN);
  }

  /** Nothing is signed until a person decides. */
  hold(reason: string): void {
    this.#settlement = { state: "held", reason, answers: undefined };
    this.#recovery = undefined;
    this.#takingBack = false;
    this.#init.log.error({ reason }, "nothing is signed until a person decides");
  }

  /** Peers have seen this start of our keys: when a person decides, ours goes above it. */
  startSeen(starts: number): void {
    this.#startsSeen = Math.max(this.#startsSeen, starts);
  }

  /** Whether our tree had this root at this size. */
  async agrees(size: number, root: Uint8Array): Promise<boolean> {
    const { store } = this.#init.ownLog;
    if (size > store.head.size) return false;
    // What is damaged cannot be compared: a person looks at it.
    const own = await store.rootAt(size).catch(unlessCorrupt);
    return own !== undefined && equalBytes(own, root);
  }

  report(report: Omit<HeadReport, keyof OwnSizes>): Promise<void> {
    const { peer, size, agrees } = report;
    if (size > (this.ahead?.size ?? this.#init.ownLog.store.head.size)) this.#shown = { peer, size };
    // What a person let the node take back is on its way.
    if (this.#takingBack && agrees) return Promise.resolve();
    return this.#settle(settle(this.#settlement, { ...report, ...this.#sizes() }));
  }

  /** Others are trusted now. */
  peersChanged(peers: readonly Peer[], count: PeerCount): Promise<void> {
    const names = peers.map(({ name }) => name);
    return this.#takingBack
      ? Promise.resolve()
      : this.#settle(peersChanged(this.#settlement, names, count, this.#sizes()));
  }

  /**
   * Our own log as one to follow, while entries of it are taken back, and later as long as parts of it are missing.
   * `undefined` if there is nothing to ask this peer for.
   */
  wantedFrom(peer: string): Followed | undefined {
    if (this.#recovery !== undefined) return this.#recovery;
    if (this.#init.ownLog.store.head.missing === 0) return undefined;
    const known = this.#repairs.get(peer);
    if (known !== undefined) return known;
    const repair = beginFollowed(this.#mirror(this.#init.heads.get(this.#init.ownLog.key)), this.#init.witnesses, true);
    this.#repairs.set(peer, repair);
    return repair;
  }

  /** Some of our own entries were taken back: enough? */
  async recoveredSome(): Promise<void> {
    const { reload, planAll, changed } = this.#init;
    if (this.#recovery === undefined) {
      this.#tellOfParts();
      return changed();
    }
    await reload();
    if (this.#takingBack && this.ahead === undefined) await this.#tookBack();
    else if (this.#takingBack) this.#init.changed();
    else if (await this.#agreesWithFile()) await this.#settle(recovered(this.#settlement, this.#sizes()));
    else this.hold("the entries taken back from peers do not lead to the root in the heads file");
    planAll();
    changed();
  }

  /** Parts of ours came back: when no more come, readers who asked for them in vain ask again as they greet anew. */
  #tellOfParts(): void {
    const { clock, ownLog, greetAllAnew, onFailed } = this.#init;
    this.#cancelTelling();
    const pause = ownLog.store.head.missing === 0 ? 0 : REPAIR_PAUSE_MS;
    this.#cancelTelling = clock.after(pause, () => {
      greetAllAnew(WHOLE_AGAIN).catch(onFailed);
    });
  }

  async #settle(next: Settlement): Promise<void> {
    const { log, changed, greetAllAnew } = this.#init;
    const before = this.#settlement;
    if (next === before) return;
    this.#settlement = next;
    if (next.state === "held" && before.state !== "held")
      log.error({ reason: next.reason }, "nothing is signed until a person decides");
    if (next.state === "recovering") this.#recover(this.#init.heads.get(this.#init.ownLog.key));
    else if (this.#recovery !== undefined) {
      await this.#endRecovery();
      await greetAllAnew(WHOLE_AGAIN);
    }
    if (before.state !== "ready" && this.ready) await this.#becomeReady();
    changed();
  }

  /** The store was put back from a backup: our own entries come back from those who hold them. */
  #recover(last: KnownHead | undefined): void {
    if (this.#recovery !== undefined) return;
    const { log, ownLog, witnesses, planAll } = this.#init;
    log.warn({ size: ownLog.store.head.size }, "the store was restored; taking our own entries back from peers");
    this.#recovery = beginFollowed(this.#mirror(last), witnesses);
    planAll();
  }

  /** Nothing more is taken; what was taken is durable. */
  async #endRecovery(): Promise<void> {
    const recovery = this.#recovery;
    this.#recovery = undefined;
    this.#takingBack = false;
    await recovery?.mirror.idle();
  }

  /** @param last the last head that was signed, as far as is known: nothing beyond it is taken. */
  #mirror(last: KnownHead | undefined): Mirror {
    const { disk, crypto, clock, log, parts, ownLog, ownName, charters, onStored, onFailed, changed } = this.#init;
    return new Mirror({
      disk,
      clock,
      store: ownLog.store,
      parts,
      crypto,
      audiences: OWNER_READS_ALL,
      name: ownName,
      chain: charters.own,
      floor: undefined,
      last,
      onChain: (chain) => {
        charters.replaceOwn(chain);
        return Promise.resolve();
      },
      onStored,
      // No epoch of one's own but the first is begun here.
      erasedIn: () => undefined,
      onErased: changed,
      onAlarm: (text) => log.warn({ alarm: text }, "alarm"),
      onFailed,
    });
  }

  async #becomeReady(): Promise<void> {
    const { ownLog, cosignAll, followers } = this.#init;
    try {
      await ownLog.reannounce();
      await cosignAll();
      for (const action of this.#onReady) action();
      if (this.ready) await followers.publish();
    } catch (error) {
      // Somebody said something meanwhile by which the node must not sign.
      if (!(error instanceof AppendError)) throw error;
    }
  }

  #sizes(): OwnSizes {
    const { heads, ownLog } = this.#init;
    return { storeSize: ownLog.store.head.size, fileSize: heads.get(ownLog.key)?.size ?? 0 };
  }

  async #agreesWithFile(): Promise<boolean> {
    const { heads, ownLog } = this.#init;
    const file = heads.get(ownLog.key);
    return file === undefined || file.size > ownLog.store.head.size || (await this.agrees(file.size, file.root));
  }
}
