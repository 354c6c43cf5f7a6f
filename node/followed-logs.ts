import { fromHex, toHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { logText } from "../protocol/serve.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { OnlineKeys } from "../keys/online-keys.ts";
import type { Charters } from "./charters.ts";
import type { Cosigning } from "./cosigning.ts";
import type { Disk } from "./disk.ts";
import { beginFollowed, type Followed } from "./followed.ts";
import type { Logger } from "./logger.ts";
import { LogStore } from "./log-store.ts";
import { Mirror } from "./mirror.ts";
import type { PartStore } from "./part-store.ts";
import { ReaderAudiences } from "./reader-audiences.ts";
import type { Peer } from "./trust.ts";
import type { WantedParts } from "./wanted-parts.ts";
import { Witnesses } from "./witness.ts";

export type FollowedLogsInit = {
  readonly ownId: string;
  readonly disk: Disk;
  readonly crypto: BatchCrypto;
  readonly members: OnlineKeys["members"];
  readonly parts: PartStore;
  readonly log: Logger;
  readonly charters: Charters;
  readonly cosigning: Cosigning;
  readonly wanted: WantedParts;
  /** May the node sign? */
  readonly ready: () => boolean;
  /** Our own log, while its entries are taken back from peers: any of them may have them. */
  readonly recovery: () => Followed | undefined;
  readonly onStored: (mirror: Mirror) => void;
  readonly onFailed: (error: unknown) => void;
  /** There may be something to ask the owner of this log. */
  readonly replan: (mirror: Mirror) => void;
  readonly changed: () => void;
};

/** The logs that we follow, each with its mirror and what is signed of it, from when trust is given until it ends. */
export class FollowedLogs {
  /** Our own entries were asked for at some time since the start: answers to that may still come. */
  hasRecovered = false;
  readonly #init: FollowedLogsInit;
  readonly #followed = new Map<string, Followed>();
  #stopped = false;

  constructor(init: FollowedLogsInit) {
    this.#init = init;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** From now on nothing is asked for and nothing is signed. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when all that the mirrors accepted is durable, and what follows from that is done. */
  async idle(): Promise<void> {
    for (const followed of this.#followed.values()) {
      await followed.mirror.idle();
      // The last cosignature is on its way to the heads file.
      await followed.work.catch(() => undefined);
    }
  }

  mirrors(): readonly Mirror[] {
    return [...this.#followed.values()].map(({ mirror }) => mirror);
  }

  /** By `logText`. */
  get(key: string): Followed | undefined {
    return this.#followed.get(key);
  }

  /** The mirror of the peer's log in its present epoch. */
  mirrorOf(peer: Peer): Mirror | undefined {
    return this.#followed.get(logText(fromHex(peer.id), lastCharter(peer.chain).epoch))?.mirror;
  }

  /** The logs that an authority may be asked for; none of one whose charter says what this version must not pass over. */
  wantedFrom(id: string | undefined): readonly Followed[] {
    if (id === undefined) return [];
    const wanted = [...this.#followed.values()].filter(
      ({ mirror }) => toHex(mirror.store.id) === id && lastCharter(mirror.chain).unknownCritical.length === 0,
    );
    const recovery = this.#init.recovery();
    if (recovery !== undefined) this.hasRecovered = true;
    return recovery === undefined ? wanted : [...wanted, recovery];
  }

  /** Begins to follow the peer's log in its present epoch, unless it is followed. */
  async follow(peer: Peer): Promise<void> {
    const { disk, crypto } = this.#init;
    const id = fromHex(peer.id);
    const { epoch } = lastCharter(peer.chain);
    const key = logText(id, epoch);
    if (this.#followed.has(key)) return;
    const mirror = this.#mirror(peer, await LogStore.open(disk, crypto.sha256, id, epoch));
    await mirror.parts.refreshLacking();
    const followed = beginFollowed(mirror, await Witnesses.open(disk, mirror.store.number));
    this.#followed.set(key, followed);
    if (this.#init.ready()) await this.#cosign(followed);
  }

  /** A chain that prevails over the one held; it may begin a new epoch. */
  adopt(peer: Peer): Promise<void> {
    for (const mirror of this.mirrors()) if (toHex(mirror.store.id) === peer.id) mirror.adopt(peer.chain);
    return this.follow(peer);
  }

  /** Trust has ended. */
  drop(id: string): void {
    for (const [key, { mirror }] of this.#followed) if (toHex(mirror.store.id) === id) this.#followed.delete(key);
  }

  /** The node may sign: what waited for that. */
  async cosignAll(): Promise<void> {
    for (const followed of this.#followed.values()) {
      await this.#cosign(followed);
      this.#init.replan(followed.mirror);
    }
  }

  /**
   * What follows from a durable step of a followed log. One step after the other; until the last is done no pull leaves,
   * so that it carries what they say.
   */
  afterStored(followed: Followed): Promise<void> {
    const { ready, wanted, replan, changed } = this.#init;
    followed.busy += 1;
    // It is durable and readable: who waits for it need not wait for our cosignature.
    changed();
    followed.work = followed.work
      .then(async () => {
        if (ready()) await this.#cosign(followed);
        await wanted.wantSmallEnough(followed.mirror);
      })
      .finally(() => {
        followed.busy -= 1;
        replan(followed.mirror);
        changed();
      });
    return followed.work;
  }

  #cosign(followed: Followed): Promise<void> {
    return this.#stopped ? Promise.resolve() : this.#init.cosigning.cosign(followed);
  }

  #mirror(peer: Peer, store: LogStore): Mirror {
    const { ownId, disk, crypto, members, parts, log, charters, onStored, onFailed } = this.#init;
    return new Mirror({
      disk,
      store,
      parts,
      crypto,
      audiences: new ReaderAudiences(store, fromHex(ownId), members),
      name: peer.name,
      chain: peer.chain,
      floor: peer.floor?.epoch === store.epoch ? peer.floor.note : undefined,
      onChain: (chain) => charters.learn(peer.id, chain),
      onStored,
      onAlarm: (text) => log.warn({ log: peer.name, alarm: text }, "alarm"),
      onFailed,
    });
  }
}
