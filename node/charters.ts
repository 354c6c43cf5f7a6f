import {
  type Chain,
  checkChain,
  type ChainEntry,
  disavowed,
  extendChain,
  type PlacedCharter,
  prevailing,
} from "../protocol/charter-chain.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Logger } from "./logger.ts";
import type { LogStore } from "./log-store.ts";
import type { Peer, TrustStore } from "./trust.ts";

export type ChartersInit = {
  readonly ownId: string;
  readonly own: Chain;
  readonly crypto: BatchCrypto;
  readonly trust: TrustStore;
  readonly log: Logger;
  /** Whether what is stored of the log of this authority has the charter where an entry of a chain places it. */
  readonly fits: (entry: PlacedCharter, id: string) => Promise<boolean>;
  /** Called when a chain shown by anybody became the one that we hold of this peer. */
  readonly onAdopted: (peer: Peer) => Promise<void>;
  /** Called when a valid chain was shown that does not go with the one held, and neither prevails. */
  readonly onTwoChains: (held: Chain, other: Chain) => Promise<void>;
};

/** The charter chains held: our own, and those of the authorities that we trust, which grow by what is shown. */
export class Charters {
  readonly #init: ChartersInit;
  #own: Chain;

  constructor(init: ChartersInit) {
    this.#init = init;
    this.#own = init.own;
  }

  get own(): Chain {
    return this.#own;
  }

  /** Our own chain grew by charters that were taken back from peers. */
  replaceOwn(chain: Chain): void {
    this.#own = chain;
  }

  of(id: string): Chain | undefined {
    return id === this.#init.ownId ? this.#own : this.#init.trust.get(id)?.chain;
  }

  /** `shownBy`: the node key of who shows the chain, where that is not the owner for certain. */
  async learn(id: string, chain: Chain, shownBy?: Uint8Array): Promise<void> {
    const { trust, log, onAdopted, onTwoChains, fits } = this.#init;
    const held = trust.get(id)?.chain;
    if (held === undefined) return;
    for (const entry of chain.entries.slice(prevailing(held, chain).shared)) {
      // SPEC: "a charter whose place lies in a disavowed range is in the chain, and its place is not checked"
      if (disavowed(chain, entry.epoch, entry.index) || (await fits(entry, id))) continue;
      log.warn(
        { peer: trust.nameOf(id), index: entry.index },
        "a charter was shown for a place where another entry is",
      );
      return;
    }
    const outcome = await trust.learnChain(id, chain, shownBy);
    if (outcome === "undecided") {
      log.warn({ peer: trust.nameOf(id) }, "two valid charters of one serial; the chain held stays");
      await onTwoChains(held, chain);
    }
    if (outcome !== "adopted") return;
    const peer = trust.get(id);
    if (peer !== undefined) await onAdopted(peer);
  }

  /** Charters that follow those held of a peer, as whoever holds this node key shows them when asked. */
  async extend(peer: Peer, shown: readonly ChainEntry[], shownBy: Uint8Array): Promise<void> {
    let chain = peer.chain;
    for (const entry of shown) {
      const extension = extendChain(chain, entry, this.#init.crypto);
      if (!extension.ok) return;
      chain = extension.chain;
    }
    if (chain !== peer.chain) await this.learn(peer.id, chain, shownBy);
  }
}

/** Our own chain: every charter in our own log. */
export async function readOwnChain(store: LogStore, crypto: BatchCrypto): Promise<Chain> {
  const entries: ChainEntry[] = [];
  for await (const { index, leaf } of store.controlLeaves()) {
    const reading = readLeaf(leaf);
    if (reading.status === "known" && reading.leaf.kind === "charter")
      entries.push({ epoch: store.epoch, index, note: reading.leaf.note });
  }
  const checked = checkChain(entries, crypto);
  if (!checked.ok) throw new Error(`our own charters are not valid: ${checked.code}`);
  return checked.chain;
}
