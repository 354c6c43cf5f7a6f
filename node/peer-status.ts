import { lastCharter } from "../protocol/charter-chain.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { isoTime, seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import { unlessCorrupt } from "./disk.ts";
import { LagWatch } from "./lag.ts";
import type { PeerStatus } from "./service.ts";
import type { Peer } from "./trust.ts";
import type { HeldCosignature } from "./witness.ts";

/** How the peers stand, as people are told. */
export class PeerStatuses {
  readonly #core: Core;
  readonly #lag: LagWatch;
  /** Seconds since 1970. */
  readonly #startedAt: number;

  constructor(core: Core, startedAt: number) {
    this.#core = core;
    this.#lag = new LagWatch({
      clock: core.clock,
      peers: () => core.trust.peers().map(({ id }) => id),
      behind: (id) => entriesBehind(core, id),
      onChange: (listener) => core.onChange(listener),
    });
    this.#startedAt = startedAt;
  }

  all(): Promise<readonly PeerStatus[]> {
    return Promise.all(this.#core.trust.peers().map((peer) => this.of(peer)));
  }

  async of(peer: Peer): Promise<PeerStatus> {
    const core = this.#core;
    const charter = lastCharter(peer.chain);
    const mirror = core.mirrorOf(peer.id);
    const { state, reason, lastSeen } = connectionOf(core, peer);
    const downSince = this.#downSince(peer, state);
    const now = seconds(core.clock);
    const [ofOurs, ofItsOwn] = cosignaturesBy(core, peer);
    const inbound = core.lastInbound(peer.id);
    return {
      name: peer.name,
      id: peer.id,
      title: charter.title,
      country: charter.country,
      fingerprint: fingerprint(peer.chain.id),
      addresses: peer.addresses,
      state,
      reason,
      addedUsBefore: addedUsBefore(core, peer),
      lastSeen,
      held: mirror?.store.head.size ?? 0,
      seen: mirror?.seen?.size ?? 0,
      contested: core.evidence.contestedBy(peer.id, charter.epoch, peer.chain).length > 0,
      lag: this.#lag.of(peer.id),
      witnessed: await witnessed(core, ofOurs?.size ?? 0, now),
      downSince: downSince === null ? null : isoTime(downSince),
      headAge: ofItsOwn === undefined ? null : Math.max(0, now - ofItsOwn.time),
      clockOffset: await clockOffset(core, ofOurs, ofItsOwn, now),
      lastInbound: inbound === undefined ? null : isoTime(Math.floor(inbound / 1000)),
    };
  }

  #downSince(peer: Peer, state: PeerStatus["state"]): number | null {
    if (state === "connected") return null;
    // Who does not admit us is in contact with us all the time.
    const refused = Math.floor((this.#core.refusedSince(peer.id) ?? 0) / 1000);
    const contact = state === "not-admitted" ? refused : (peer.lastSeen ?? 0);
    return Math.max(this.#startedAt, peer.addedAt, contact);
  }
}

/** Whether the peer is connected, and if not, why and since when. */
export function connectionOf(core: Core, peer: Peer): Pick<PeerStatus, "state" | "reason" | "lastSeen"> {
  const state = connectionState(core, peer);
  const lastSeen = peer.lastSeen === null ? null : isoTime(peer.lastSeen);
  return { state, reason: reasonFor(core, peer, state), lastSeen };
}

/** Who named us as a follower, or cosigned what only followers see, had added us. */
function addedUsBefore(core: Core, peer: Peer): boolean {
  const named = core.mirrorOf(peer.id)?.followers.has(core.ownId) === true;
  return named || core.ownWitnesses.cosignatureOf(peer.id) !== undefined;
}

function entriesBehind(core: Core, id: string): number {
  const mirror = core.mirrorOf(id);
  return mirror === undefined ? 0 : Math.max(0, (mirror.seen?.size ?? 0) - mirror.store.head.size);
}

/** The owner's claim of when it appended the entry of our own log; `undefined` where there is none. */
export async function ownLeafTime(core: Core, index: number): Promise<number | undefined> {
  const leaf = index < 0 ? undefined : await core.ownLog.store.readLeaf(index).catch(unlessCorrupt);
  const reading = leaf === undefined ? undefined : readLeaf(leaf);
  return reading?.status === "known" ? reading.leaf.time : undefined;
}

/** The newest of our log, and of its own. */
function cosignaturesBy(core: Core, peer: Peer): [HeldCosignature | undefined, HeldCosignature | undefined] {
  const mirror = core.mirrorOf(peer.id);
  const own = mirror === undefined ? undefined : core.witnessesOf(mirror);
  return [core.ownWitnesses.cosignatureOf(peer.id), own?.cosignatureOf(peer.id)];
}

async function witnessed(core: Core, size: number, now: number): Promise<PeerStatus["witnessed"]> {
  const entries = Math.max(0, core.ownLog.announced.size - size);
  const since = entries === 0 ? undefined : await ownLeafTime(core, size);
  return { size, entries, seconds: since === undefined ? 0 : Math.max(0, now - since) };
}

/**
 * Nobody tells another the time, but what a peer signed bounds it: it cannot have signed later than now, nor a head of ours
 * before we appended its last entry.
 */
async function clockOffset(
  core: Core,
  ofOurs: HeldCosignature | undefined,
  ofItsOwn: HeldCosignature | undefined,
  now: number,
): Promise<number> {
  const ahead = Math.max(0, ...[ofOurs, ofItsOwn].map((one) => (one?.time ?? now) - now));
  if (ofOurs === undefined) return ahead;
  const appended = await ownLeafTime(core, ofOurs.size - 1);
  const behind = appended === undefined ? 0 : Math.max(0, appended - ofOurs.time);
  return ahead >= behind ? ahead : -behind;
}

function connectionState(core: Core, peer: Peer): PeerStatus["state"] {
  const sessions = core.sessionsOf(peer.id);
  if (sessions.some((session) => session.following)) return "connected";
  if (sessions.some((session) => session.refusedByPeer)) return "not-admitted";
  if (sessions.length > 0) return "connecting";
  if (core.unreachableReason(peer.id) !== undefined) return "unreachable";
  return peer.addresses.length === 0 ? "no-address" : "connecting";
}

function reasonFor(core: Core, peer: Peer, state: PeerStatus["state"]): string | null {
  switch (state) {
    case "connected":
    case "connecting":
      return null;
    case "not-admitted":
      return addedUsBefore(core, peer)
        ? `${peer.name} does not trust this authority any more`
        : `${peer.name} has not added this authority yet`;
    case "no-address":
      return `no address is known; ${peer.name} can still connect to this node`;
    case "unreachable":
      return core.unreachableReason(peer.id) ?? null;
  }
}
