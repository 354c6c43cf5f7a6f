import type { SourceRole } from "../protocol/follow.ts";
import type { Clock } from "./clock.ts";
import { OTHER_HISTORY_MS, OTHER_HISTORY_STRIKES, STALL_MS } from "./limits.ts";

/** What is asked of one log, and how far it is here. */
export type SourcedLog = {
  /** By `logText`. */
  readonly key: string;
  /** Id of its owner. */
  readonly owner: string;
  readonly verified: number;
};

export type SourcesInit = {
  readonly clock: Clock;
  /** Another peer may have become the source of some log. */
  readonly onTurned: () => void;
};

/** Sources of one log, in the order in which they are asked, as long as nothing changes. */
type Order = { readonly owner: string; readonly peers: readonly string[]; readonly shown: number };

/**
 * From whom each log is asked (docs/decisions/0005-federation.md): its owner while he is here, else two of the peers that
 * showed a checkpoint of it. Who brings nothing of what is known to be there gives way to the next.
 */
export class Sources {
  readonly #init: SourcesInit;
  /** Peers that may be asked, by id. */
  readonly #here = new Set<string>();
  /** By log and peer: the size of the largest checkpoint that the peer showed. */
  readonly #shown = new Map<string, Map<string, number>>();
  /** By log: peers that would not or could not give it. */
  readonly #passed = new Map<string, Set<string>>();
  /** By log and peer: how often it brought another history, and when last, in ms. */
  readonly #strikes = new Map<string, { readonly count: number; readonly at: number }>();
  /** By log. What changes for one log leaves the others as they are: with hundreds of logs something always changes. */
  readonly #orders = new Map<string, Order>();
  /** Since when a log is where it is although there is more. */
  readonly #stuck = new Map<string, { readonly verified: number; readonly since: number }>();
  #watching = false;
  #stopped = false;

  constructor(init: SourcesInit) {
    this.#init = init;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The peer may be asked from now on. */
  join(peer: string): void {
    this.#here.add(peer);
    this.#forget(peer);
  }

  /** The peer cannot be asked any more. */
  leave(peer: string): void {
    this.#here.delete(peer);
    this.#forget(peer);
    for (const shown of this.#shown.values()) shown.delete(peer);
  }

  /** The peer showed a checkpoint of this size, signed by the log's owner. */
  showed(peer: string, log: string, size: number): void {
    const shown = this.#shown.get(log) ?? new Map<string, number>();
    this.#shown.set(log, shown);
    const before = shown.get(peer) ?? 0;
    if (size <= before) return;
    shown.set(peer, size);
    // What it would not give at a smaller size it may give now.
    const isNew = before === 0 || this.#passed.get(log)?.delete(peer) === true;
    if (isNew || size > (this.#orders.get(log)?.shown ?? 0)) this.#orders.delete(log);
  }

  shownBy(peer: string, log: string): number {
    return this.#shown.get(log)?.get(peer) ?? 0;
  }

  /** The peer is not asked for this log until it shows more of it or connects anew. */
  passOver(peer: string, log: string): void {
    this.#passed.set(log, (this.#passed.get(log) ?? new Set()).add(peer));
    this.#orders.delete(log);
  }

  /** The peer brought another history of this log: if it does again, it is not asked for it for a while. */
  strike(peer: string, log: string): void {
    const key = `${log} ${peer}`;
    const count = (this.#strikes.get(key)?.count ?? 0) + 1;
    this.#strikes.set(key, { count, at: this.#init.clock.now() });
    this.#orders.delete(log);
    this.#init.clock.after(OTHER_HISTORY_MS, () => this.#orders.delete(log));
  }

  /** Also on the next connection, else each would end for the sake of one log. */
  #isOut(peer: string, log: string): boolean {
    const key = `${log} ${peer}`;
    const strikes = this.#strikes.get(key);
    if (strikes === undefined) return false;
    const passed = this.#init.clock.now() - strikes.at;
    if (passed >= 0 && passed < OTHER_HISTORY_MS) return strikes.count >= OTHER_HISTORY_STRIKES;
    this.#strikes.delete(key);
    return false;
  }

  /** What the peer is asked for of this log; `parts`: not for entries now. */
  roleOf(peer: string, log: SourcedLog): SourceRole {
    const { peers, shown } = this.#orderOf(log);
    const count = peers.length;
    if (count === 0) return "parts";
    const turn = this.#turnOf(log, shown);
    const inTurn = (place: number): string => peers[(turn + place) % count] ?? "";
    // Who showed no more than is here has nothing to bring; of the owner nobody knows how much he has.
    const brings = (one: string): boolean => one === log.owner || this.shownBy(one, log.key) > log.verified;
    let at = 0;
    while (at < count && shown > log.verified && !brings(inTurn(at))) at += 1;
    if (inTurn(at) === peer) return "source";
    // While the owner is here and brings what there is, nobody else is asked.
    if (peers[0] === log.owner) return turn > 0 && peer === log.owner ? "second" : "parts";
    return inTurn(at + 1) === peer ? "second" : "parts";
  }

  /** Peers that may be asked for this log, in the order in which they are. */
  peersOf(log: SourcedLog): readonly string[] {
    return this.#orderOf(log).peers;
  }

  #orderOf({ key, owner }: SourcedLog): Order {
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const passed = this.#passed.get(key);
    const shown = this.#shown.get(key);
    const relays = [...this.#here].filter((peer) => peer !== owner && (shown?.get(peer) ?? 0) > 0);
    const places = new Map(relays.map((peer) => [peer, mixed(key, peer)]));
    relays.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || (a < b ? -1 : 1));
    const all = this.#here.has(owner) ? [owner, ...relays] : relays;
    const peers = all.filter((peer) => passed?.has(peer) !== true && !this.#isOut(peer, key));
    const largest = Math.max(0, ...peers.map((peer) => shown?.get(peer) ?? 0));
    const order = { owner, peers, shown: largest };
    this.#orders.set(key, order);
    return order;
  }

  /** How often the place of the source went on to the next since the log last grew. */
  #turnOf({ key, verified }: SourcedLog, shown: number): number {
    if (shown <= verified) {
      this.#stuck.delete(key);
      return 0;
    }
    const now = this.#init.clock.now();
    const stuck = this.#stuck.get(key);
    // A clock that was set back begins the wait anew.
    if (stuck === undefined || stuck.verified !== verified || stuck.since > now) {
      this.#stuck.set(key, { verified, since: now });
      this.#watch();
      return 0;
    }
    return Math.floor((now - stuck.since) / STALL_MS);
  }

  #watch(): void {
    if (this.#watching || this.#stopped) return;
    this.#watching = true;
    this.#init.clock.after(STALL_MS, () => {
      this.#watching = false;
      if (this.#stopped || this.#stuck.size === 0) return;
      this.#init.onTurned();
      this.#watch();
    });
  }

  #forget(peer: string): void {
    for (const [log, { owner }] of this.#orders)
      if (owner === peer || this.#shown.get(log)?.has(peer) === true) this.#orders.delete(log);
    for (const [log, passed] of this.#passed) if (passed.delete(peer)) this.#orders.delete(log);
  }
}

/** Spreads the logs over the peers (FNV-1a); nothing depends on it but who carries how much. */
function mixed(log: string, peer: string): number {
  let hash = 0x811c9dc5;
  for (const text of [log, peer])
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
