import { fromHex, toHex, utf8Encode } from "../protocol/bytes.ts";
import { formatChainFile, parseChainFile, verifyChainFile } from "../protocol/chain-file.ts";
import { type Chain, lastCharter, lastEntry } from "../protocol/charter-chain.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { FormatError } from "../protocol/format-error.ts";
import { origin } from "../protocol/name.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { isoTime, seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Disk } from "./disk.ts";
import { Entries, type NamedLog } from "./entries.ts";
import { bytesKey } from "./keyspace.ts";
import { parseAddress } from "./address.ts";
import { PartLengthError } from "./part-store.ts";
import { Prover } from "./prover.ts";
import { Publisher } from "./publisher.ts";
import { Reader } from "./reader.ts";
import { ReferenceIndex } from "./reference-index.ts";
import {
  type LogStatus,
  type NodeService,
  type PeerPreview,
  type PeerStatus,
  type Published,
  ServiceError,
  type Status,
} from "./service.ts";
import { StoredLogVerifier } from "./stored-log.ts";
import { TransportError } from "./transport.ts";
import type { Peer, Stranger } from "./trust.ts";

export type ServiceInit = {
  readonly core: Core;
  readonly version: string;
  /** Addresses that peers are told. */
  readonly announce: readonly string[];
};

/** What a running node offers to its people, over its core. */
export async function createNodeService({ core, version, announce }: ServiceInit): Promise<NodeService> {
  const entries = new Entries(core);
  const publisher = await Publisher.open(core, entries);
  const reader = new Reader(core, entries);
  const references = new ReferenceIndex(core, entries, reader);
  const prover = new Prover(core, entries);
  const startedAt = isoTime(seconds(core.clock));
  const { sha256 } = core.init.crypto;

  const service: NodeService = {
    status: () => Promise.resolve(status(core, publisher, entries, version, startedAt)),
    logs: () => Promise.resolve(entries.logs().map((log) => logStatus(core, log))),
    exportCharter: () => Promise.resolve(exportCharter(core, announce)),
    showCharter() {
      const chain = core.ownChain;
      const { charter, text } = lastEntry(chain);
      return Promise.resolve({
        name: chain.name,
        id: core.ownId,
        fingerprint: fingerprint(chain.id),
        text,
        serial: charter.serial,
      });
    },

    previewPeer: async (chainFile) => preview(core, chainFile),
    async addPeer(chainFile, addresses, operator) {
      const shown = preview(core, chainFile);
      if (shown.verdict === "self")
        throw new ServiceError(
          "REFUSED",
          "that is this node's own charter",
          "give your charter to the other authority, and add theirs here",
        );
      if (shown.verdict === "name-taken")
        throw new ServiceError(
          "REFUSED",
          `another authority is trusted under the name ${shown.name}`,
          `entente peer remove ${shown.name}, if you are sure`,
        );
      const peer = newPeer(core, chainFile, addresses, operator);
      await core.addPeer(peer);
      core.log.info({ peer: peer.name, id: peer.id, operator }, "trust given");
      return { peer: peerStatus(core, peer), followers: await publishFollowers(core) };
    },
    async removePeer(nameOrId, operator) {
      const peer = entries.peer(nameOrId);
      await core.removePeer(peer.id);
      core.log.info({ peer: peer.name, id: peer.id, operator }, "trust withdrawn");
      return { followers: await publishFollowers(core) };
    },
    async setPeerAddresses(nameOrId, addresses) {
      const peer = entries.peer(nameOrId);
      await core.setAddresses(peer.id, addresses.map(checkedAddress));
      return peerStatus(core, core.trust.get(peer.id) ?? peer);
    },
    peers: () => Promise.resolve(core.trust.peers().map((peer) => peerStatus(core, peer))),
    peer(nameOrId) {
      const peer = entries.peer(nameOrId);
      return Promise.resolve({
        ...peerStatus(core, peer),
        charter: lastEntry(peer.chain).text,
        chainFile: chainFile(core, peer.chain, undefined, peer.addresses),
      });
    },
    pendingPeers: () => Promise.resolve(core.trust.strangers().map(pendingPeer)),

    async stage(input, content) {
      try {
        const { number, staged } = await core.parts.stage(
          { ...input, ownerId: fromHex(core.ownId), since: seconds(core.clock) },
          content,
        );
        return { staged: String(number), length: input.length, size: staged.size };
      } catch (error) {
        if (error instanceof FormatError || error instanceof PartLengthError)
          throw new ServiceError("INVALID", error.message, null);
        throw error;
      }
    },
    publish: (input, operator) => publisher.publish(input, operator),
    preview: (input) => publisher.preview(input),
    async keyState(keys) {
      const states = await Promise.all(keys.map(async (key) => ({ key, state: await publisher.keyState(key) })));
      const [own] = entries.logs();
      return states.flatMap(({ key, state }) =>
        state === undefined || own === undefined
          ? []
          : [
              {
                key,
                first: entries.entryText(own, state.first),
                latest: entries.entryText(own, state.latest),
                digest: state.digest,
              },
            ],
      );
    },

    list: (query) => reader.list(query),
    show: (entry) => reader.show(entry),
    thread: (entry) => references.thread(entry),
    readPart: (entry, part) => reader.readPart(entry, part),
    fetchPart: (entry, part, onProgress) => reader.fetchPart(entry, part, onProgress),

    async verifyLog(name, onProgress) {
      const log = entries.log(name);
      const chain = log.mirror === undefined ? core.ownChain : log.mirror.chain;
      const note = log.mirror === undefined ? core.ownLog.announced.checkpoint : (log.mirror.reached?.note ?? "");
      if (note === "") throw new ServiceError("NOT_FOUND", `nothing of ${log.name} is here yet`, "entente status");
      const verifier = new StoredLogVerifier(core.init.crypto, log.store, core.parts, chain);
      return verifier.verify(note, (done, total) => onProgress({ done, total, what: "entries" }));
    },
    proveEntry: (entry, parts) => prover.entry(entry, parts),
    proveLog: (name, withParts) => prover.log(name, withParts),

    async settleAlone(operator) {
      core.log.warn({ operator }, "a person decided that the node may sign");
      await core.settleAlone();
      return status(core, publisher, entries, version, startedAt);
    },
    async addOperator(name) {
      const token = toHex(core.init.random(32));
      await storeOperator({ disk: core.init.disk, sha256 }, name, token);
      return { name, token };
    },
    async operatorOf(token) {
      const stored = await core.init.disk.get(bytesKey("operator", sha256(utf8Encode(token))));
      return stored === undefined ? undefined : new TextDecoder().decode(stored);
    },
  };
  return service;
}

/** Only a digest of a token is kept: who reads the store cannot act with it. */
export async function storeOperator(
  init: { readonly disk: Disk; readonly sha256: Sha256 },
  name: string,
  token: string,
): Promise<void> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
    throw new ServiceError(
      "INVALID",
      `${name} is not the name of an operator`,
      "use lower-case letters, digits, dot, dash and underscore",
    );
  await init.disk.write([{ key: bytesKey("operator", init.sha256(utf8Encode(token))), value: utf8Encode(name) }], true);
}

function status(core: Core, publisher: Publisher, entries: Entries, version: string, startedAt: string): Status {
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

function logStatus(core: Core, log: NamedLog): LogStatus {
  const { head } = log.store;
  const witnesses = log.mirror === undefined ? core.ownWitnesses : core.witnessesOf(log.mirror);
  const named = (id: string): string =>
    id === core.ownId ? core.ownName : (core.trust.get(id)?.name ?? id.slice(0, 16));
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
      ...head.critical.map((kind) => `entries of the critical kind ${kind} are not understood by this version`),
    ],
  };
}

function peerStatus(core: Core, peer: Peer): PeerStatus {
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

function pendingPeer(stranger: Stranger): Awaited<ReturnType<NodeService["pendingPeers"]>>[number] {
  return {
    ...stranger,
    fingerprint: fingerprint(fromHex(stranger.id)),
    firstSeen: isoTime(stranger.firstSeen),
    lastSeen: isoTime(stranger.lastSeen),
  };
}

// Trust

function preview(core: Core, text: string): PeerPreview {
  const { chain, size, addresses } = readChainFile(core, text);
  const charter = lastCharter(chain);
  const id = toHex(chain.id);
  const taken = core.trust.byName(chain.name);
  const verdict =
    id === core.ownId
      ? "self"
      : taken?.id === id
        ? "known"
        : taken !== undefined || chain.name === core.ownName
          ? "name-taken"
          : "new";
  return {
    name: chain.name,
    id,
    title: charter.title,
    country: charter.country,
    fingerprint: fingerprint(chain.id),
    serial: charter.serial,
    checkpointSize: size ?? null,
    addresses,
    verdict,
  };
}

function newPeer(core: Core, text: string, addresses: readonly string[], operator: string): Peer {
  const { chain, note, addresses: announced } = readChainFile(core, text);
  const known = core.trust.get(toHex(chain.id));
  return {
    id: toHex(chain.id),
    name: chain.name,
    chain: known?.chain ?? chain,
    addresses: (addresses.length > 0
      ? addresses
      : known !== undefined && known.addresses.length > 0
        ? known.addresses
        : announced
    ).map(checkedAddress),
    floor: known?.floor ?? (note === undefined ? null : { epoch: lastCharter(chain).epoch, note }),
    addedBy: operator,
    addedAt: seconds(core.clock),
    instance: known?.instance ?? null,
    starts: known?.starts ?? 0,
    lastSeen: known?.lastSeen ?? null,
  };
}

function readChainFile(
  core: Core,
  text: string,
): { chain: Chain; note: string | undefined; size: number | undefined; addresses: readonly string[] } {
  try {
    const file = parseChainFile(text, core.init.crypto.sha256);
    const { chain, checkpoint } = verifyChainFile(file, core.init.crypto);
    return { chain, note: file.checkpoint, size: checkpoint?.checkpoint.size, addresses: file.addresses };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ServiceError(
      "INVALID",
      `that is no valid charter file: ${error.message}`,
      "ask the other authority for the output of: entente charter export",
    );
  }
}

function checkedAddress(text: string): string {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof TransportError)
      throw new ServiceError("INVALID", error.message, "an address is written like node.example.nl:4001");
    throw error;
  }
}

async function publishFollowers(core: Core): Promise<Published> {
  if (!core.ready) return { state: "queued", entry: null };
  const index = await core.publishFollowers();
  if (index === undefined) return { state: "already", entry: null };
  return { state: "appended", entry: `${origin(core.ownName, core.ownLog.store.epoch)}:${index}` };
}

function exportCharter(core: Core, announce: readonly string[]): string {
  const { announced } = core.ownLog;
  const addresses = announce.length > 0 ? announce : core.init.transport.addresses();
  return chainFile(core, core.ownChain, announced.size > 0 ? announced.checkpoint : undefined, addresses);
}

/** Addresses that a chain file may carry. */
const CHAIN_FILE_ADDRESSES_MAX = 8;

function chainFile(core: Core, chain: Chain, checkpoint: string | undefined, addresses: readonly string[]): string {
  const file = {
    name: chain.name,
    id: chain.id,
    entries: chain.entries,
    checkpoint,
    addresses: addresses.slice(0, CHAIN_FILE_ADDRESSES_MAX),
  };
  return formatChainFile(file, core.init.crypto.sha256);
}
