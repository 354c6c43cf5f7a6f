import { type Chain, checkChain, type ChainEntry } from "../protocol/charter-chain.ts";
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
  /** Called when a chain shown by anybody became the one that we hold of this peer. */
  readonly onAdopted: (peer: Peer) => Promise<void>;
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

  async learn(id: string, chain: Chain): Promise<void> {
    const { trust, log, onAdopted } = this.#init;
    const outcome = await trust.learnChain(id, chain);
    if (outcome === "undecided")
      log.warn({ peer: trust.nameOf(id) }, "two valid charters of one serial; the chain held stays");
    if (outcome !== "adopted") return;
    const peer = trust.get(id);
    if (peer !== undefined) await onAdopted(peer);
  }

  /** Charters that follow those held of a peer, as it shows them when asked. */
  async extend(peer: Peer, shown: readonly ChainEntry[]): Promise<void> {
    const held = peer.chain.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
    const checked = checkChain([...held, ...shown], this.#init.crypto);
    if (checked.ok) await this.learn(peer.id, checked.chain);
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
