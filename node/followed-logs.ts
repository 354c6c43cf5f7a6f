import { fromHex } from "../protocol/bytes.ts";
import { lastCharter, type PlacedCharter, unknownCriticalIn } from "../protocol/charter-chain.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { MAX_CHARTER_SIGNATURES } from "../protocol/limits.ts";
import { parseNote } from "../protocol/note.ts";
import { logText } from "../protocol/serve.ts";
import type { BatchCrypto, SeenCheckpoint } from "../protocol/verify-batch.ts";
import type { OnlineKeys } from "../keys/online-keys.ts";
import type { Charters } from "./charters.ts";
import type { Clock } from "./clock.ts";
import type { Cosigning } from "./cosigning.ts";
import type { Disk } from "./disk.ts";
import { beginFollowed, type Followed } from "./followed.ts";
import type { Logger } from "./logger.ts";
import { LogStore } from "./log-store.ts";
import { Mirror } from "./mirror.ts";
import type { PartStore } from "./part-store.ts";
import { ReaderAudiences } from "./reader-audiences.ts";
import type { Peer, TrustStore } from "./trust.ts";
import { Turns } from "./turns.ts";
import type { WantedParts } from "./wanted-parts.ts";
import { Witnesses } from "./witness.ts";

export type FollowedLogsInit = {
  readonly ownId: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly crypto: BatchCrypto;
  readonly members: OnlineKeys["members"];
  readonly parts: PartStore;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly charters: Charters;
  readonly cosigning: Cosigning;
  readonly wanted: WantedParts;
  /** May the node sign? */
  readonly ready: () => boolean;
  /** Our own log, while entries or parts of it are taken back from peers. */
  readonly ownFrom: (peer: string) => Followed | undefined;
  readonly onStored: (mirror: Mirror) => void;
  /** Called with a checkpoint that the owner signed and that is not of the history held. */
  readonly onFork: (mirror: Mirror, other: SeenCheckpoint) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
  /** There may be something to ask. */
  readonly planAll: () => void;
  /** Called when waiting pulls may have an answer. */
  readonly onGrown: () => void;
  readonly changed: () => void;
};

/** The logs that we follow, each with its mirror and what is signed of it, from when trust is given until it ends. */
export class FollowedLogs {
  /** Our own entries were asked for at some time since the start: answers to that may still come. */
  hasRecovered = false;
  readonly #init: FollowedLogsInit;
  readonly #followed = new Map<string, Followed>();
  readonly #former = new Map<string, Followed>();
  readonly #turns = new Turns();
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
    for (const followed of [...this.#followed.values(), ...this.#former.values()]) {
      await followed.mirror.idle();
      // The last cosignature is on its way to the heads file.
      await followed.work.catch(() => undefined);
    }
  }

  /** Also of those that are not followed any more. */
  readable(): readonly Mirror[] {
    return [...this.#followed.values(), ...this.#former.values()].map(({ mirror }) => mirror);
  }

  witnessesOf(mirror: Mirror): Witnesses | undefined {
    return (this.#followed.get(mirror.key) ?? this.#former.get(mirror.key))?.witnesses;
  }

  /** By `logText`. */
  get(key: string): Followed | undefined {
    return this.#followed.get(key);
  }

  /** The mirror of the peer's log in its present epoch. */
  mirrorOf(peer: Peer): Mirror | undefined {
    return this.#followed.get(keyOf(peer))?.mirror;
  }

  /** The logs of which a peer may bring something; none whose charters say what this version must not pass over. */
  wantedFrom(id: string | undefined): readonly Followed[] {
    if (id === undefined) return [];
    const wanted = [...this.#followed.values()].filter(({ mirror }) => pausedReason(mirror) === undefined);
    const own = this.#init.ownFrom(id);
    if (own !== undefined) this.hasRecovered = true;
    return own === undefined ? wanted : [...wanted, own];
  }

  all(): readonly Followed[] {
    return [...this.#followed.values()];
  }

  /** Begins to follow the peer's log in its present epoch, unless it is followed. */
  follow(peer: Peer): Promise<void> {
    return this.#turns.run(async () => {
      const key = keyOf(peer);
      // Trust may have ended while this waited for its turn.
      if (this.#followed.has(key) || this.#init.trust.get(peer.id) === undefined) return;
      const followed = await this.#open(peer);
      this.#former.delete(key);
      this.#followed.set(key, followed);
      await this.#cosign(followed);
    });
  }

  /** What was received from an authority that is not trusted any more stays readable. */
  keepReadable(peer: Peer): Promise<void> {
    return this.#turns.run(async () => void this.#former.set(keyOf(peer), await this.#open(peer)));
  }

  /** And so do earlier epochs of which something is here. Before the present one, which may erase something of them. */
  keepEarlier(peer: Peer): Promise<void> {
    return this.#turns.run(async () => {
      const present = lastCharter(peer.chain).epoch;
      const earlier = new Set(peer.chain.entries.map(({ epoch }) => epoch).filter((epoch) => epoch < present));
      for (const epoch of earlier)
        if (await LogStore.isStored(this.#init.disk, fromHex(peer.id), epoch))
          this.#former.set(logText(fromHex(peer.id), epoch), await this.#open(peer, epoch));
    });
  }

  async #open(peer: Peer, epoch = lastCharter(peer.chain).epoch): Promise<Followed> {
    const { disk, crypto } = this.#init;
    const id = fromHex(peer.id);
    const former = this.#former.get(logText(id, epoch));
    await former?.mirror.idle();
    // Of one log there is one store: what is on its way through another one would be lost on this one.
    const store = former?.mirror.store ?? (await LogStore.open(disk, crypto.sha256, id, epoch));
    const mirror = this.#mirror(peer, store);
    await mirror.load();
    return beginFollowed(mirror, await Witnesses.open(disk, store));
  }

  /** A chain that prevails over the one held; it may begin a new epoch. */
  adopt(peer: Peer): void {
    for (const mirror of this.readable()) if (mirror.owner === peer.id) mirror.adopt(peer.chain);
    // Not waited for: it may be a mirror's own step that brought the chain, and to follow may wait for that mirror.
    this.follow(peer).then(this.#init.planAll, this.#init.onFailed);
  }

  /** Whether a charter may stand where the entry says: beyond what is stored anything may. */
  async fits({ epoch, index, text }: PlacedCharter, id: string): Promise<boolean> {
    const store = this.#followed.get(logText(fromHex(id), epoch))?.mirror.store;
    if (store === undefined || index >= store.head.size) return true;
    const leaf = await store.controlLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (reading?.status !== "known" || reading.leaf.kind !== "charter") return false;
    return parseNote(reading.leaf.note, MAX_CHARTER_SIGNATURES).text === text;
  }

  /** Trust has ended: nothing of the log is asked for, signed or given; what is here stays readable. */
  drop(id: string): void {
    for (const [key, followed] of this.#followed) {
      if (followed.mirror.owner !== id) continue;
      this.#followed.delete(key);
      this.#former.set(key, followed);
    }
  }

  /** The node may sign: what waited for that. */
  async cosignAll(): Promise<void> {
    for (const followed of this.#followed.values()) {
      await this.#cosign(followed);
    }
    this.#init.planAll();
  }

  /**
   * What follows from a durable step of a followed log. One step after the other; until the last is done no pull leaves,
   * so that it carries what they say.
   */
  afterStored(followed: Followed): Promise<void> {
    const { wanted, planAll, onGrown, onFork, changed } = this.#init;
    followed.busy += 1;
    // Who follows it through us need not wait for our cosignature either.
    onGrown();
    // It is durable and readable: who waits for it need not wait for our cosignature.
    changed();
    followed.work = followed.work
      .then(async () => {
        for (const other of followed.mirror.takeOthers()) await onFork(followed.mirror, other);
        await this.#cosign(followed);
        await wanted.wantSmallEnough(followed.mirror);
      })
      .finally(() => {
        followed.busy -= 1;
        planAll();
        changed();
      });
    return followed.work;
  }

  #cosign(followed: Followed): Promise<void> {
    return this.#stopped || !this.#init.ready() ? Promise.resolve() : this.#init.cosigning.cosign(followed);
  }

  #mirrorIn(id: string, epoch: number): Mirror | undefined {
    return this.readable().find((mirror) => mirror.owner === id && mirror.store.epoch === epoch);
  }

  #mirror(peer: Peer, store: LogStore): Mirror {
    const { ownId, disk, clock, crypto, members, parts, log, charters, onStored, onFailed } = this.#init;
    const mirror = new Mirror({
      disk,
      clock,
      store,
      parts,
      crypto,
      audiences: new ReaderAudiences(store, fromHex(ownId), members),
      name: peer.name,
      chain: peer.chain,
      floor: peer.floor?.epoch === store.epoch ? peer.floor.note : undefined,
      onChain: (chain) => charters.learn(peer.id, chain),
      onStored,
      erasedIn: (epoch) => this.#mirrorIn(peer.id, epoch)?.erased,
      onErased: () => void this.#init.wanted.dropErased(mirror).then(this.#init.changed, onFailed),
      onAlarm: (text) => log.warn({ log: peer.name, alarm: text }, "alarm"),
      onFailed,
    });
    return mirror;
  }
}

/** Of its log in the present epoch, as `logText`; asked for at every frame, for every log. */
function keyOf(peer: Peer): string {
  return `${peer.id}/${lastCharter(peer.chain).epoch}`;
}

/** Why nothing of this log is asked for, if so: for people. */
export function pausedReason(mirror: Mirror): string | undefined {
  if (mirror.contested !== undefined) return mirror.contested;
  // SPEC: a critical line of any charter of the chain.
  const line = unknownCriticalIn(mirror.chain);
  return line === undefined
    ? undefined
    : `its charters say what this version does not know and must not pass over: ${line}`;
}
