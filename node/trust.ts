import { equalBytes, fromHex, toHex, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import {
  type Chain,
  type ChainEntry,
  adoptChain,
  checkChain,
  type ChainCrypto,
  lastCharter,
  prevailing,
} from "../protocol/charter-chain.ts";
import type { Disk } from "./disk.ts";
import { DiskError } from "./disk.ts";
import { bytesKey, prefixRange } from "./keyspace.ts";
import type { PeerCount } from "./settlement.ts";
import { Turns } from "./turns.ts";

/** Strangers remembered: one line each in `peer pending`; the oldest gives way. */
const PENDING_MAX = 100;

/** An authority that this one trusts. */
export type Peer = {
  readonly id: string;
  readonly name: string;
  readonly chain: Chain;
  readonly addresses: readonly string[];
  /** Nothing of its log below this checkpoint is accepted: from the chain file by which it was added. */
  readonly floor: { readonly epoch: number; readonly note: string } | null;
  readonly addedBy: string;
  readonly addedAt: number;
  /** Newest start that was seen: instance (hex) and counter. */
  readonly instance: string | null;
  readonly starts: number;
  /** Seconds since 1970 of the last contact, or null. */
  readonly lastSeen: number | null;
};

/** Somebody who knocked and is not trusted. */
export type Stranger = {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly attempts: number;
};

/** Whom this node trusts, on disk and in memory: a few hundred authorities at the most. */
export class TrustStore {
  readonly #disk: Disk;
  readonly #crypto: ChainCrypto;
  readonly #peers = new Map<string, Peer>();
  /** Trusted once: what was received from them stays readable. */
  readonly #former = new Map<string, Peer>();
  readonly #strangers = new Map<string, Stranger>();
  /** Node key of the last charter, in hex → id. */
  readonly #byNodeKey = new Map<string, string>();
  /** Withdrawn, and not durably so yet. */
  readonly #leaving = new Set<string>();
  /** What changes a peer does so one after the other, each from what the one before left. */
  readonly #turns = new Turns();

  private constructor(disk: Disk, crypto: ChainCrypto) {
    this.#disk = disk;
    this.#crypto = crypto;
  }

  static async open(disk: Disk, crypto: ChainCrypto): Promise<TrustStore> {
    const store = new TrustStore(disk, crypto);
    for await (const [, value] of disk.scan(prefixRange(bytesKey("peer")))) store.#hold(store.#parsePeer(value));
    for await (const [, value] of disk.scan(prefixRange(bytesKey("formerPeer")))) {
      const peer = store.#parsePeer(value);
      store.#former.set(peer.id, peer);
    }
    for await (const [, value] of disk.scan(prefixRange(bytesKey("pending")))) {
      const stranger = parseStranger(value);
      store.#strangers.set(stranger.id, stranger);
    }
    return store;
  }

  peers(): readonly Peer[] {
    return [...this.#peers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** How many are trusted, and with how many of them there ever was a connection. */
  count(): PeerCount {
    const peers = this.peers();
    return { trusted: peers.length, direct: peers.filter(({ lastSeen }) => lastSeen !== null).length };
  }

  former(): readonly Peer[] {
    return [...this.#former.values()];
  }

  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  /** By what name it is or was trusted. */
  knownName(id: string): string | undefined {
    return (this.#peers.get(id) ?? this.#former.get(id))?.name;
  }

  /** For logs: the name of a trusted authority, else the beginning of the id. */
  nameOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : (this.get(id)?.name ?? id.slice(0, 8));
  }

  byName(name: string): Peer | undefined {
    return this.peers().find((peer) => peer.name === name);
  }

  /** The trusted authority whose last charter names this node key. */
  identify(nodeKey: Uint8Array): string | undefined {
    return this.#byNodeKey.get(toHex(nodeKey));
  }

  strangers(): readonly Stranger[] {
    return [...this.#strangers.values()].sort((a, b) => b.lastSeen - a.lastSeen);
  }

  put(peer: Peer): Promise<void> {
    return this.#turns.run(() => this.#put(peer));
  }

  /** Changes a peer as it is then; nothing happens where it is not trusted (any more). */
  update(id: string, change: (peer: Peer) => Peer): Promise<void> {
    return this.#turns.run(async () => {
      const peer = this.#peers.get(id);
      if (peer !== undefined) await this.#put(change(peer));
    });
  }

  /** From the call on the peer is not trusted; resolves when that is durable. */
  remove(id: string): Promise<void> {
    const peer = this.#release(id);
    if (peer === undefined) return this.#turns.run(() => Promise.resolve());
    this.#leaving.add(id);
    return this.#turns.run(async () => {
      this.#leaving.delete(id);
      this.#former.set(id, peer);
      const writes = [
        { key: bytesKey("peer", fromHex(id)), value: undefined },
        { key: bytesKey("formerPeer", fromHex(id)), value: formatPeer(peer) },
      ];
      await this.#disk.write(writes, true);
    });
  }

  /** Notes a contact; not synced, since losing it costs nothing. */
  touch(id: string, at: number, instance: string, starts: number): Promise<void> {
    return this.#turns.run(async () => {
      const peer = this.#peers.get(id);
      if (peer === undefined) return;
      const newer = starts > peer.starts || peer.instance === null;
      const touched: Peer = { ...peer, lastSeen: at, ...(newer ? { instance, starts } : {}) };
      this.#peers.set(id, touched);
      await this.#disk.write([{ key: bytesKey("peer", fromHex(id)), value: formatPeer(touched) }], false);
    });
  }

  async knock(id: string, name: string, address: string, at: number): Promise<void> {
    const known = this.#strangers.get(id);
    const stranger: Stranger = {
      id,
      name,
      address,
      firstSeen: known?.firstSeen ?? at,
      lastSeen: at,
      attempts: (known?.attempts ?? 0) + 1,
    };
    this.#strangers.set(id, stranger);
    const writes = [{ key: bytesKey("pending", fromHex(id)), value: json(stranger) }, ...this.#forgetOldest()];
    await this.#disk.write(writes, false);
  }

  /**
   * Of the chain held and one shown, what prevails; adopted durably if it is the one shown. `shownBy` is the node key of
   * who shows it, where that is not the owner for certain: a chain that does not end with it is not adopted.
   */
  learnChain(id: string, shown: Chain, shownBy?: Uint8Array): Promise<"kept" | "adopted" | "undecided"> {
    return this.#turns.run(async () => {
      const peer = this.#peers.get(id);
      if (peer === undefined) return "kept";
      const verdict = prevailing(peer.chain, shown).kind;
      if (verdict === "undecided") return "undecided";
      if (verdict !== "extends" && verdict !== "other-prevails") return "kept";
      // Nobody signs where a charter stands: the places that are known stay, whoever shows others.
      const adopted = adoptChain(peer.chain, shown);
      if (!adopted.ok) return "kept";
      if (shownBy !== undefined && !equalBytes(lastCharter(adopted.chain).node.publicKey, shownBy)) return "kept";
      await this.#put({ ...peer, chain: adopted.chain });
      return "adopted";
    });
  }

  async #put(peer: Peer): Promise<void> {
    await this.#disk.write(
      [
        { key: bytesKey("peer", fromHex(peer.id)), value: formatPeer(peer) },
        { key: bytesKey("pending", fromHex(peer.id)), value: undefined },
        { key: bytesKey("formerPeer", fromHex(peer.id)), value: undefined },
      ],
      true,
    );
    this.#former.delete(peer.id);
    this.#strangers.delete(peer.id);
    // Trust that was withdrawn meanwhile does not come back by what was on its way.
    if (!this.#leaving.has(peer.id)) this.#hold(peer);
  }

  #release(id: string): Peer | undefined {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#byNodeKey.delete(nodeKeyOf(peer));
    this.#peers.delete(id);
    return peer;
  }

  #forgetOldest(): { readonly key: Uint8Array; readonly value: undefined }[] {
    const over = this.strangers().slice(PENDING_MAX);
    for (const stranger of over) this.#strangers.delete(stranger.id);
    return over.map((stranger) => ({ key: bytesKey("pending", fromHex(stranger.id)), value: undefined }));
  }

  #hold(peer: Peer): void {
    const before = this.#peers.get(peer.id);
    if (before !== undefined) this.#byNodeKey.delete(nodeKeyOf(before));
    this.#peers.set(peer.id, peer);
    this.#byNodeKey.set(nodeKeyOf(peer), peer.id);
  }

  #parsePeer(value: Uint8Array): Peer {
    const stored: StoredPeer = JSON.parse(utf8Decode(value));
    const checked = checkChain(stored.chain, this.#crypto);
    if (!checked.ok)
      throw new DiskError("CORRUPT", `the stored charters of ${stored.name} are not valid: ${checked.code}`);
    return { ...stored, chain: checked.chain };
  }
}

type StoredPeer = Omit<Peer, "chain"> & { readonly chain: readonly ChainEntry[] };

function formatPeer(peer: Peer): Uint8Array {
  const chain = peer.chain.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
  return json({ ...peer, chain });
}

function nodeKeyOf(peer: Peer): string {
  return toHex(lastCharter(peer.chain).node.publicKey);
}

function json(value: object): Uint8Array {
  return utf8Encode(JSON.stringify(value));
}

function parseStranger(value: Uint8Array): Stranger {
  const stranger: Stranger = JSON.parse(utf8Decode(value));
  return stranger;
}
