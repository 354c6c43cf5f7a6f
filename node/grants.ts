import { verifyApproval } from "../protocol/approval.ts";
import type { Chain } from "../protocol/charter-chain.ts";
import { formatLeaf, type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import type { GrantItem } from "../protocol/leaf/grant.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { indexOfKey, logKey, prefixRange } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";

/** A grant as it stands in a log: what was addressed to earlier audiences is open to a further one. */
export type Grant = {
  readonly index: number;
  /** The audience that gets to read. */
  readonly audience: number;
  /** Those that are valid: of this epoch, of entries before the grant. */
  readonly items: readonly GrantItem[];
  /** An approver signed it: relays serve it too. */
  readonly isApproved: boolean;
};

/** The grants of one log: a few leaves among many, found again by a key of their own. */
export class Grants {
  readonly #store: LogStore;
  readonly #crypto: BatchCrypto;
  #grants: readonly Grant[] = [];

  constructor(store: LogStore, crypto: BatchCrypto) {
    this.#store = store;
    this.#crypto = crypto;
  }

  /** In order of their index. */
  get all(): readonly Grant[] {
    return this.#grants;
  }

  /** Reads those that the store has. */
  async load(disk: Disk, chain: Chain): Promise<void> {
    const grants: Grant[] = [];
    for await (const [key] of disk.scan(prefixRange(logKey("grant", this.#store.number)))) {
      const index = indexOfKey(key);
      const leaf = await this.#store.controlLeaf(index);
      const grant = leaf === undefined ? undefined : this.#judge(chain, index, readLeaf(leaf));
      if (grant !== undefined) grants.push(grant);
    }
    this.#grants = grants;
  }

  /** A leaf that is stored from now on. */
  add(chain: Chain, index: number, reading: LeafReading): void {
    const grant = this.#judge(chain, index, reading);
    if (grant !== undefined) this.#grants = [...this.#grants, grant];
  }

  /** Written with the grant leaf of this index. */
  write(index: number): DiskWrite {
    return { key: logKey("grant", this.#store.number, index), value: new Uint8Array(0) };
  }

  /**
   * Grants that open what the entry at `index` addresses to the audience `past`; of the audience leaf itself (`index` is
   * `past`) its member list, which every grant that names it opens.
   */
  opening(past: number, index: number): readonly Grant[] {
    if (this.#grants.length === 0) return this.#grants;
    const opens = (item: GrantItem): boolean =>
      item.past === past && (index === past || (item.from <= index && index < item.to));
    return this.#grants.filter(({ items }) => items.some(opens));
  }

  #judge(chain: Chain, index: number, reading: LeafReading): Grant | undefined {
    if (reading.status !== "known" || reading.leaf.kind !== "grant") return undefined;
    const { leaf } = reading;
    const { epoch } = this.#store;
    // SPEC: every `to` ≤ the grant's own index; `audience` before the grant.
    const items = leaf.items.filter((item) => item.epoch === epoch && item.to <= index && item.past < index);
    if (items.length === 0 || leaf.audience >= index) return undefined;
    const verdict = verifyApproval(chain, { epoch, index, leaf: formatLeaf(leaf) }, this.#crypto);
    return { index, audience: leaf.audience, items, isApproved: verdict.kind === "approved" };
  }
}
