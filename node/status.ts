import { fromHex, toHex } from "../protocol/bytes.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { origin } from "../protocol/name.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { isoTime, seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { pausedReason } from "./followed-logs.ts";
import { judgeHealth } from "./health.ts";
import type { Mirror } from "./mirror.ts";
import { ownLeafTime, type PeerStatuses } from "./peer-status.ts";
import type { Publisher } from "./publisher.ts";
import type { Indexer } from "./search/indexer.ts";
import { type LogStatus, type PendingPeer, ServiceError, type Status } from "./service.ts";
import type { Stranger } from "./trust.ts";

export type StatusInit = {
  readonly core: Core;
  readonly publisher: Publisher;
  readonly entries: Entries;
  readonly peers: PeerStatuses;
  readonly indexer: Indexer;
  readonly version: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Addresses that peers are told, where they are not those on which the node listens. */
  readonly announce: readonly string[];
  readonly dataDir: string;
};

/** How the node, its log and its peers stand, as people are told; what they should look at follows from that. */
export async function nodeStatus(init: StatusInit): Promise<Status> {
  const { core, publisher, entries, peers, indexer, version, startedAt, announce } = init;
  const charter = lastCharter(core.ownChain);
  const logs = entries.logs();
  const [own] = logs;
  if (own === undefined) throw new ServiceError("NOT_FOUND", "this node has no log", null);
  const listening = core.init.transport.addresses();
  const facts = {
    name: core.ownName,
    id: core.ownId,
    title: charter.title,
    fingerprint: fingerprint(core.ownChain.id),
    version,
    startedAt: isoTime(startedAt),
    listening,
    announced: announced(announce, listening),
    disk: core.init.space.space,
    index: indexer.status,
    signing: { ...signing(core), queued: publisher.queued, ahead: core.ahead ?? null },
    log: logStatus(core, own),
    peers: await peers.all(),
    pending: core.trust.strangers().length,
  };
  const mirrors = logs.slice(1).map((log) => logStatus(core, log));
  const lastTime = await ownLeafTime(core, own.store.head.size - 1);
  return {
    ...facts,
    health: judgeHealth({ ...facts, mirrors, lastTime, now: seconds(core.clock), dataDir: init.dataDir }),
  };
}

/** What `charter export` tells: where nobody said otherwise, where the node listens. */
export function announced(announce: readonly string[], listening: readonly string[]): readonly string[] {
  return announce.length > 0 ? announce : listening;
}

function signing(core: Core): Pick<Status["signing"], "state" | "reason"> {
  const { settlement } = core;
  switch (settlement.state) {
    case "ready":
      return { state: "ready", reason: null };
    case "asking":
      return {
        state: "asking",
        reason: `waiting for ${settlement.needed - settlement.answered.size} of ${awaited(core, settlement.answered)} to say how far this log was`,
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

/** Those who have not answered yet, some by name. */
function awaited(core: Core, answered: ReadonlyMap<string, number>): string {
  const names = core.trust
    .peers()
    .map(({ name }) => name)
    .filter((name) => !answered.has(name));
  const more = names.length - AWAITED_NAMED;
  return `${names.slice(0, AWAITED_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Names in one line. */
const AWAITED_NAMED = 5;

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
    followed: log.mirror === undefined || core.mirrorOf(log.id)?.key === log.mirror.key,
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
      ...pausedBy(core, log.mirror),
      ...head.critical.map((kind) => `entries of the critical kind ${kind} are not understood by this version`),
    ],
    contested: log.contested,
  };
}

/** What a charter says that stops us, and what slows us, is in no alarm of the log. */
function pausedBy(core: Core, mirror: Mirror | undefined): readonly string[] {
  const reason = mirror === undefined || mirror.contested !== undefined ? undefined : notAskedFor(core, mirror);
  return reason === undefined ? [] : [reason];
}

/** Why nothing of the log is asked for, if so: for people. */
export function notAskedFor(core: Core, mirror: Mirror): string | undefined {
  const reason = pausedReason(mirror) ?? core.intake.reason(mirror.key);
  return reason === undefined ? undefined : `nothing is asked for: ${reason}`;
}

export function pendingPeer(core: Core, stranger: Stranger): PendingPeer {
  return {
    ...stranger,
    trustedBefore: core.trust.former().some(({ id }) => id === stranger.id),
    fingerprint: fingerprint(fromHex(stranger.id)),
    firstSeen: isoTime(stranger.firstSeen),
    lastSeen: isoTime(stranger.lastSeen),
  };
}
