import { fromHex, toHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { origin } from "../protocol/name.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { pausedReason } from "./followed-logs.ts";
import type { Mirror } from "./mirror.ts";
import type { Publisher } from "./publisher.ts";
import { type LogStatus, type PeerStatus, type PendingPeer, ServiceError, type Status } from "./service.ts";
import type { Peer, Stranger } from "./trust.ts";

/** How the node, its logs and its peers stand, as people are told. */
export function nodeStatus(
  core: Core,
  publisher: Publisher,
  entries: Entries,
  version: string,
  startedAt: string,
): Status {
  const charter = lastCharter(core.ownChain);
  const [own] = entries.logs();
  if (own === undefined) throw new ServiceError("NOT_FOUND", "this node has no log", null);
  return {
    name: core.ownName,
    id: core.ownId,
    title: charter.title,
    fingerprint: fingerprint(core.ownChain.id),
    version,
    startedAt,
    listening: core.init.transport.addresses(),
    signing: { ...signing(core), queued: publisher.queued },
    log: logStatus(core, own),
    peers: core.trust.peers().map((peer) => peerStatus(core, peer)),
    pending: core.trust.strangers().length,
  };
}

function signing(core: Core): Pick<Status["signing"], "state" | "reason"> {
  const { settlement } = core;
  switch (settlement.state) {
    case "ready":
      return { state: "ready", reason: null };
    case "asking":
      return {
        state: "asking",
        reason: `waiting for ${settlement.needed - settlement.answered.size} of the trusted authorities to say how far this log was`,
      };
    case "recovering":
      return {
        state: "asking",
        reason: `the store was restored; taking entries back from peers up to ${settlement.size}`,
      };
    case "held":
      return { state: "held", reason: settlement.reason };
  }
}

export function logStatus(core: Core, log: NamedLog): LogStatus {
  const { head } = log.store;
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  const named = (id: string): string =>
    id === core.ownId ? core.ownName : (core.trust.knownName(id) ?? id.slice(0, 16));
  return {
    name: origin(log.name, log.epoch),
    id: log.id,
    epoch: log.epoch,
    own: log.mirror === undefined,
    size: head.size,
    seenSize: log.mirror?.seen?.size ?? head.checkpointSize,
    root: toHex(log.store.root),
    missingParts: head.missing,
    witnesses:
      witnesses?.cosignatures.map((one) => ({ name: named(one.witness), size: one.size, time: isoTime(one.time) })) ??
      [],
    receipts:
      log.mirror === undefined
        ? core.ownWitnesses.receipts.map((one) => ({
            name: named(one.reader),
            size: one.size,
            exceptions: one.exceptions,
          }))
        : [],
    alarms: [
      ...(log.mirror?.alarms ?? []),
      ...pausedBy(log.mirror),
      ...head.critical.map((kind) => `entries of the critical kind ${kind} are not understood by this version`),
    ],
    contested: log.contested,
  };
}

/** What a charter says that stops us is in no alarm of the log. */
function pausedBy(mirror: Mirror | undefined): readonly string[] {
  const reason = mirror?.contested === undefined && mirror !== undefined ? pausedReason(mirror) : undefined;
  return reason === undefined ? [] : [`nothing is asked for: ${reason}`];
}

export function peerStatus(core: Core, peer: Peer): PeerStatus {
  const charter = lastCharter(peer.chain);
  const mirror = core.mirrorOf(peer.id);
  const state = connectionState(core, peer);
  return {
    name: peer.name,
    id: peer.id,
    title: charter.title,
    country: charter.country,
    fingerprint: fingerprint(peer.chain.id),
    addresses: peer.addresses,
    state,
    reason: reasonFor(core, peer, state),
    lastSeen: peer.lastSeen === null ? null : isoTime(peer.lastSeen),
    held: mirror?.store.head.size ?? 0,
    seen: mirror?.seen?.size ?? 0,
    contested: core.evidence.contestedBy(peer.id, charter.epoch, peer.chain).length > 0,
  };
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
      return `${peer.name} has not added this authority yet`;
    case "no-address":
      return `no address is known; ${peer.name} can still connect to this node`;
    case "unreachable":
      return core.unreachableReason(peer.id) ?? null;
  }
}

export function pendingPeer(stranger: Stranger): PendingPeer {
  return {
    ...stranger,
    fingerprint: fingerprint(fromHex(stranger.id)),
    firstSeen: isoTime(stranger.firstSeen),
    lastSeen: isoTime(stranger.lastSeen),
  };
}
