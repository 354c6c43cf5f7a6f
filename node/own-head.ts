import { equalBytes } from "../protocol/bytes.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Charters } from "./charters.ts";
import type { Disk } from "./disk.ts";
import { beginFollowed, type Followed } from "./followed.ts";
import type { HeadsFile } from "./heads-file.ts";
import type { Logger } from "./logger.ts";
import { Mirror } from "./mirror.ts";
import type { OwnFollowers } from "./own-followers.ts";
import type { OwnLog } from "./own-log.ts";
import type { PartStore } from "./part-store.ts";
import { OWNER_READS_ALL } from "./reader-audiences.ts";
import { beginSettlement, recovered, type Settlement, settle } from "./settlement.ts";
import type { Witnesses } from "./witness.ts";

export type OwnHeadInit = {
  readonly ownName: string;
  readonly disk: Disk;
  readonly crypto: BatchCrypto;
  readonly heads: HeadsFile;
  readonly log: Logger;
  readonly parts: PartStore;
  readonly ownLog: OwnLog;
  readonly witnesses: Witnesses;
  readonly charters: Charters;
  readonly followers: OwnFollowers;
  /** Authorities trusted at the start. */
  readonly peers: number;
  /** Called when the node may sign, before anything that waits for it. */
  readonly cosignAll: () => Promise<void>;
  /** Called after every durable step of the recovery. */
  readonly onStored: (mirror: Mirror) => void;
  readonly onFailed: (error: unknown) => void;
  /** What may be asked of anybody has changed. */
  readonly planAll: () => void;
  readonly changed: () => void;
};

/** What one peer said of our log. */
export type OwnHeadReport = {
  readonly peer: string;
  readonly size: number;
  readonly agrees: boolean;
  /** By a peer that we trust and that proved to be it, not by just anybody. */
  readonly admitted: boolean;
};

/** How far our own log was, as our files and our peers know it, and so whether the node may sign. */
export class OwnHead {
  readonly #init: OwnHeadInit;
  #settlement: Settlement;
  #recovery: Mirror | undefined;
  #startsSeen = 0;
  #onReady: (() => Promise<void>)[] = [];

  constructor(init: OwnHeadInit) {
    this.#init = init;
    this.#settlement = beginSettlement(init.peers, init.ownLog.store.head.size, this.#fileSize());
  }

  get settlement(): Settlement {
    return this.#settlement;
  }

  get ready(): boolean {
    return this.#settlement.state === "ready";
  }

  /** Signs what waits for a signature, if nobody needs to be asked. */
  async start(): Promise<void> {
    if (this.ready) await this.#becomeReady();
  }

  /** Runs once the node may sign; at once if it may. */
  async whenReady(action: () => Promise<void>): Promise<void> {
    if (this.ready) await action();
    else this.#onReady.push(action);
  }

  /** A person decided that the node may sign. */
  async settleAlone(): Promise<void> {
    await this.#init.heads.raiseStarts(this.#startsSeen);
    this.#settlement = { state: "ready" };
    await this.#becomeReady();
  }

  /** Nothing is signed until a person decides. */
  hold(reason: string): void {
    this.#settlement = { state: "held", reason };
  }

  /** Peers have seen this start of our keys: when a person decides, ours goes above it. */
  startSeen(starts: number): void {
    this.#startsSeen = Math.max(this.#startsSeen, starts);
  }

  /** Whether our tree had this root at this size. */
  async agrees(size: number, root: Uint8Array): Promise<boolean> {
    const { store } = this.#init.ownLog;
    return size <= store.head.size && equalBytes(await store.rootAt(size), root);
  }

  async report(report: OwnHeadReport): Promise<void> {
    const { ownLog, log, changed } = this.#init;
    const { head } = ownLog.store;
    // Only what admitted peers say counts towards readiness; what anybody proves counts against it.
    if (!report.admitted && report.agrees && report.size <= head.size) return;
    const before = this.#settlement;
    this.#settlement = settle(before, { ...report, storeSize: head.size, fileSize: this.#fileSize() });
    if (this.#settlement === before) return;
    if (this.#settlement.state === "held")
      log.error({ reason: this.#settlement.reason }, "nothing is signed until a person decides");
    if (this.#settlement.state === "recovering" && this.#recovery === undefined) this.#recover();
    if (before.state !== "ready" && this.#settlement.state === "ready") await this.#becomeReady();
    changed();
  }

  /** Our own log as one to follow, while its entries are taken back. */
  get recovery(): Followed | undefined {
    return this.#recovery === undefined ? undefined : beginFollowed(this.#recovery, this.#init.witnesses);
  }

  /** Some of our own entries were taken back: enough? */
  async recoveredSome(): Promise<void> {
    const { ownLog, heads, followers, planAll, changed } = this.#init;
    const { store, key } = ownLog;
    const file = heads.get(key);
    if (file !== undefined && store.head.size >= file.size && !(await this.agrees(file.size, file.root)))
      this.hold("the entries taken back from peers do not lead to the root in the heads file");
    else this.#settlement = recovered(this.#settlement, store.head.size);
    if (this.#settlement.state !== "recovering") this.#recovery = undefined;
    await followers.reload();
    if (this.ready) await this.#becomeReady();
    planAll();
    changed();
  }

  /** The store was put back from a backup: our own entries come back from those who hold them. */
  #recover(): void {
    const { disk, crypto, log, parts, ownLog, ownName, charters, onStored, onFailed, planAll } = this.#init;
    const { store } = ownLog;
    log.warn({ size: store.head.size }, "the store was restored; taking our own entries back from peers");
    this.#recovery = new Mirror({
      disk,
      store,
      parts,
      crypto,
      audiences: OWNER_READS_ALL,
      name: ownName,
      chain: charters.own,
      floor: undefined,
      onChain: (chain) => {
        charters.replaceOwn(chain);
        return Promise.resolve();
      },
      onStored,
      onAlarm: (text) => log.warn({ alarm: text }, "alarm"),
      onFailed,
    });
    planAll();
  }

  async #becomeReady(): Promise<void> {
    const { ownLog, cosignAll, followers } = this.#init;
    await ownLog.reannounce();
    await cosignAll();
    for (const action of this.#onReady.splice(0)) await action();
    await followers.publish();
  }

  /** Size in the heads file. */
  #fileSize(): number {
    return this.#init.heads.get(this.#init.ownLog.key)?.size ?? 0;
  }
}
