import { toHex } from "../protocol/bytes.ts";
import { formatChainFile, parseChainFile, verifyChainFile } from "../protocol/chain-file.ts";
import { type Chain, lastCharter, lastEntry } from "../protocol/charter-chain.ts";
import { FormatError } from "../protocol/format-error.ts";
import { origin } from "../protocol/name.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { parseAddress } from "./address.ts";
import { seconds } from "./clock.ts";
import type { Core } from "./core.ts";
import type { Entries } from "./entries.ts";
import { type NodeService, type PeerPreview, type Published, ServiceError } from "./service.ts";
import { examinePeer } from "./peer-checks.ts";
import type { PeerStatuses } from "./peer-status.ts";
import { announced, notAskedFor, pendingPeer } from "./status.ts";
import { TransportError } from "./transport.ts";
import type { Peer } from "./trust.ts";

type PeerService = Pick<
  NodeService,
  | "exportCharter"
  | "showCharter"
  | "previewPeer"
  | "addPeer"
  | "removePeer"
  | "setPeerAddresses"
  | "peers"
  | "peer"
  | "pendingPeers"
  | "examinePeer"
>;

/** Whom the authority trusts, and what it gives others so that they can trust it. */
export function createPeerService(
  core: Core,
  entries: Entries,
  statuses: PeerStatuses,
  announce: readonly string[],
): PeerService {
  return {
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
      return { peer: await statuses.of(peer), followers: await publishFollowers(core) };
    },
    async removePeer(nameOrId, operator) {
      const peer = entries.peer(nameOrId);
      await core.removePeer(peer.id);
      core.log.info({ peer: peer.name, id: peer.id, operator }, "trust withdrawn");
      return { followers: await publishFollowers(core) };
    },
    async setPeerAddresses(nameOrId, addresses) {
      const peer = entries.peer(nameOrId);
      await core.setAddresses(peer.id, [...new Set(addresses.map((text) => peerAddress(core, text)))]);
      return await statuses.of(core.trust.get(peer.id) ?? peer);
    },
    peers: () => statuses.all(),
    async peer(nameOrId) {
      const peer = entries.peer(nameOrId);
      return {
        ...(await statuses.of(peer)),
        charter: lastEntry(peer.chain).text,
        chainFile: chainFile(core, peer.chain, undefined, peer.addresses),
      };
    },
    async examinePeer(nameOrId) {
      const peer = await statuses.of(entries.peer(nameOrId));
      const addresses = announced(announce, core.init.transport.addresses());
      const mirror = core.mirrorOf(peer.id);
      const paused = mirror === undefined ? null : (notAskedFor(core, mirror) ?? null);
      return examinePeer({ peer, paused, announced: addresses, now: seconds(core.clock) });
    },
    pendingPeers: () => Promise.resolve(core.trust.strangers().map((stranger) => pendingPeer(core, stranger))),
  };
}

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

/** Where a person says that a peer is: not everywhere, and not here. */
function peerAddress(core: Core, text: string): string {
  const address = checkedAddress(text);
  if (/^\/ip4\/0\.0\.0\.0\/|^\/ip6\/[0:]+\//.test(address))
    throw new ServiceError(
      "INVALID",
      `${address} is where a node listens, and no place to reach one`,
      "the address of their machine, as you reach it",
    );
  if (core.init.transport.addresses().includes(address))
    throw new ServiceError("INVALID", `${address} is where this node itself listens`, "ask them for their address");
  return address;
}

async function publishFollowers(core: Core): Promise<Published> {
  if (!core.ready) return { state: "queued", entry: null };
  const index = await core.publishFollowers();
  if (index === undefined) return { state: "already", entry: null };
  return { state: "appended", entry: `${origin(core.ownName, core.ownLog.store.epoch)}:${index}` };
}

function exportCharter(core: Core, announce: readonly string[]): string {
  const { size, checkpoint } = core.ownLog.announced;
  const addresses = announced(announce, core.init.transport.addresses());
  return chainFile(core, core.ownChain, size > 0 ? checkpoint : undefined, addresses);
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
