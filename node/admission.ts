import { equalBytes, fromHex, toHex } from "../protocol/bytes.ts";
import { type Chain, checkChain, type ChainEntry } from "../protocol/charter-chain.ts";
import { MAX_HELLO_SIZE } from "../protocol/limits.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Hello } from "../protocol/wire/hello.ts";
import type { Charters } from "./charters.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Connections } from "./connections.ts";
import type { FollowedLogs } from "./followed-logs.ts";
import type { HeadsFile } from "./heads-file.ts";
import { HELLO_STRANGERS_PER_SECOND, CHAINS_PER_MINUTE } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { Mirror } from "./mirror.ts";
import type { OwnHead } from "./own-head.ts";
import type { Judgement, Session } from "./session.ts";
import type { Testimony } from "./testimony.ts";
import type { TrustStore } from "./trust.ts";

export type AdmissionInit = {
  readonly ownId: string;
  /** Sixteen random bytes that name this process among all that ever ran with its keys. */
  readonly instance: Uint8Array;
  /** Our own. */
  readonly nodeKey: Uint8Array;
  readonly clock: Clock;
  readonly crypto: BatchCrypto;
  readonly heads: HeadsFile;
  readonly log: Logger;
  readonly trust: TrustStore;
  readonly charters: Charters;
  readonly logs: FollowedLogs;
  readonly ownHead: OwnHead;
  readonly testimony: Testimony;
  readonly connections: Connections;
  readonly changed: () => void;
};

/** Who we say that we are, and whom we take the other end for. */
export class Admission {
  readonly #init: AdmissionInit;
  /** What was said of other nodes with our keys, each once. */
  readonly #reports = new Set<string>();
  #strangerGreetings: number[] = [];
  /** When other charters than those held were shown, by node key, of those that are known. */
  readonly #shown = new Map<string, number[]>();

  constructor(init: AdmissionInit) {
    this.#init = init;
  }

  /** Our hello for whoever holds this node key, as far as we know who that is. */
  hello(peerKey: Uint8Array): Hello {
    const { ownId, instance, heads, trust, charters, logs } = this.#init;
    const id = trust.identify(peerKey);
    const peer = id === undefined ? undefined : trust.get(id);
    const mirror = peer === undefined ? undefined : logs.mirrorOf(peer);
    const entries = charters.own.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
    const known = peer?.instance !== undefined && peer.instance !== null;
    return {
      features: [],
      id: fromHex(ownId),
      chain: fittingHello(entries),
      charters: entries.length,
      instance,
      starts: heads.starts,
      ...heldOf(mirror),
      ...(known ? { seen: { instance: fromHex(peer.instance), starts: peer.starts } } : {}),
    };
  }

  /** `rest`: charters that follow those in the hello, as they came when they were asked for. */
  async judge(session: Session, hello: Hello, rest: readonly ChainEntry[]): Promise<Judgement> {
    const { ownId, clock, crypto, trust, charters, testimony, connections, changed } = this.#init;
    const { peerKey, remoteAddress } = session.connection;
    // Verifying a stranger's charters costs us more than it costs him to send them.
    const isKnown = trust.identify(peerKey) !== undefined;
    if (!isKnown && !this.#mayGreet()) return { kind: "pending", reason: "too many strangers greet" };
    const held = charters.of(toHex(hello.id));
    const isHeld = held !== undefined && isSame(held, [...hello.chain, ...rest]);
    if (isKnown && !isHeld && !this.#mayShow(toHex(peerKey)))
      return { kind: "pending", reason: "it shows other charters too often" };
    const checked = isHeld ? { ok: true as const, chain: held } : checkChain([...hello.chain, ...rest], crypto);
    if (!checked.ok) return { kind: "pending", reason: `its charters are not valid: ${checked.code}` };
    const id = toHex(checked.chain.id);
    if (!equalBytes(checked.chain.id, hello.id))
      return { kind: "pending", reason: "its charters are of another authority" };
    if (id === ownId) return this.#clone(peerKey, remoteAddress);
    if (trust.get(id) === undefined) {
      await testimony.heedHeld(hello, checked.chain.name, false);
      await trust.knock(id, checked.chain.name, remoteAddress, seconds(clock));
      return { kind: "pending", reason: "this authority is not trusted here" };
    }
    // Charters are no secret: only who holds the key that the last of them names speaks for the authority.
    await charters.learn(id, checked.chain, peerKey);
    const admitted = trust.identify(peerKey) === id;
    await testimony.heedHeld(hello, checked.chain.name, admitted);
    const shown = checked.chain.entries.length;
    // SPEC: If `charters` is more than the chain sent, the receiver asks `charters` for the rest before it judges.
    if (!admitted && shown < hello.charters) return { kind: "more", id: hello.id, from: shown };
    if (!admitted) return { kind: "pending", reason: "its charters name another node key" };
    this.#checkStarts(hello, checked.chain.name);
    session.instance = toHex(hello.instance);
    await trust.touch(id, seconds(clock), toHex(hello.instance), hello.starts);
    connections.admitted(session, id);
    changed();
    return { kind: "admitted", id };
  }

  #mayGreet(): boolean {
    const now = this.#init.clock.now();
    this.#strangerGreetings = recent(this.#strangerGreetings, now, 1_000);
    if (this.#strangerGreetings.length >= HELLO_STRANGERS_PER_SECOND) return false;
    this.#strangerGreetings.push(now);
    return true;
  }

  #mayShow(peerKey: string): boolean {
    const now = this.#init.clock.now();
    const shown = recent(this.#shown.get(peerKey) ?? [], now, 60_000);
    this.#shown.set(peerKey, shown);
    if (shown.length >= CHAINS_PER_MINUTE) return false;
    shown.push(now);
    return true;
  }

  /** Two nodes running with the same keys are told so by their peers. */
  #checkStarts({ seen }: Hello, peer: string): void {
    const { instance, heads, ownHead } = this.#init;
    if (seen === undefined || equalBytes(seen.instance, instance) || seen.starts < heads.starts) return;
    if (!heads.isPlausible(seen.starts)) return;
    const text = `${peer} has seen start ${seen.starts} of this node's keys, and this is start ${heads.starts}: another node runs with them, or keys were put back from a backup`;
    if (this.#reports.has(text)) return;
    this.#reports.add(text);
    ownHead.startSeen(seen.starts);
    ownHead.hold(text);
  }

  #clone(peerKey: Uint8Array, address: string): Judgement {
    const { nodeKey, ownHead } = this.#init;
    // Our charters are no secret: only who proves our node key runs with our keys.
    if (!equalBytes(peerKey, nodeKey))
      return { kind: "pending", reason: "it shows this node's own charters and does not hold its key" };
    ownHead.hold(`a node at ${address} shows this node's own charters: another node runs with the same keys`);
    return { kind: "pending", reason: "that is this node's own identity" };
  }
}

/** Also what is contested here its owner is told of: "nothing" is said where there is nothing. */
function heldOf(mirror: Mirror | undefined): Pick<Hello, "held"> {
  if (mirror === undefined) return {};
  const { size, reached } = mirror.store.head;
  if (size === 0) return { held: null };
  return reached === "" ? {} : { held: reached };
}

function isSame(held: Chain, shown: readonly ChainEntry[]): boolean {
  return (
    shown.length === held.entries.length &&
    held.entries.every(({ epoch, index, note }, serial) => {
      const other = shown[serial];
      return other?.epoch === epoch && other.index === index && other.note === note;
    })
  );
}

/** Clocks are set back: what lies ahead is no reason to refuse anybody. */
function recent(times: readonly number[], now: number, ms: number): number[] {
  return times.filter((at) => at <= now && now - at < ms);
}

const HELLO_RESERVE = 4_096;

/** Charters from serial 0 on, as many as let a hello stay under 64 KiB. */
function fittingHello(entries: readonly ChainEntry[]): readonly ChainEntry[] {
  let bytes = HELLO_RESERVE;
  const count = entries.findIndex((entry) => {
    bytes += new TextEncoder().encode(entry.note).length + 16;
    return bytes > MAX_HELLO_SIZE;
  });
  return count < 0 ? entries : entries.slice(0, Math.max(1, count));
}
