import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { verifyApproval } from "../../protocol/approval.ts";
import { type Chain, disavowed } from "../../protocol/charter-chain.ts";
import type { EraseLeaf } from "../../protocol/leaf/erase.ts";
import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { isMap } from "../../protocol/record/body.ts";
import type { BatchCrypto } from "../../protocol/verify-batch.ts";
import { type Clock, seconds } from "../clock.ts";
import { type Disk, DiskError, type DiskWrite } from "../disk.ts";
import { indexOfKey, logKey, prefixRange } from "../keyspace.ts";
import type { LogStore } from "../log-store.ts";
import type { ErasedParts, PartPlace } from "./erased-parts.ts";

/**
 * How far an erase leaf has its effect here. `hiding`: not all its parts are out of sight; `hidden`: they are; `kept`: some
 * stay for a legal hold; `deleted`: nothing of it is here; `undone`: its owner disavowed it in time.
 */
export type ErasureState = "hiding" | "hidden" | "kept" | "deleted" | "undone";

export type Erasure = {
  /** Of the leaf. */
  readonly index: number;
  /** When it was stored here, in seconds since 1970. */
  readonly since: number;
  readonly state: ErasureState;
  /** An approver agreed, so that nothing is waited for. */
  readonly isApproved: boolean;
  /** What its owner was told of last, if anything: `deleted`, `refused`. */
  readonly reported: string;
};

export type ErasuresInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly crypto: BatchCrypto;
  readonly clock: Clock;
  readonly chain: () => Chain;
  /** The parts of an epoch of the same owner's log; `undefined` where that is not here. */
  readonly partsOf: (epoch: number) => ErasedParts | undefined;
  /** Called when something was hidden or restored. */
  readonly onChanged: () => void;
};

/** The erase leaves of one log, and what was done for them. */
export class Erasures {
  readonly #init: ErasuresInit;
  readonly #erasures = new Map<number, Erasure>();
  #open: readonly Erasure[] | undefined;

  constructor(init: ErasuresInit) {
    this.#init = init;
  }

  async load(): Promise<void> {
    const { disk, store } = this.#init;
    for await (const [key, value] of disk.scan(prefixRange(logKey("erasure", store.number)))) {
      const index = indexOfKey(key);
      this.#erasures.set(index, parseErasure(index, value));
    }
    this.#open = undefined;
  }

  get(index: number): Erasure | undefined {
    return this.#erasures.get(index);
  }

  /** Those for which there may be something to do; asked for at every change. */
  get open(): readonly Erasure[] {
    this.#open ??= this.all.filter(({ state, reported }) => {
      if (state === "undone") return false;
      const outcome = outcomeOf(state);
      return outcome === undefined || reported !== outcome;
    });
    return this.#open;
  }

  /** In order of their index. */
  get all(): readonly Erasure[] {
    return [...this.#erasures.values()].toSorted((a, b) => a.index - b.index);
  }

  /** Whether there is something to hide. */
  get isPending(): boolean {
    return this.#erasures.values().some(({ state }) => state === "hiding");
  }

  /** Written with the erase leaf of this index. */
  write(index: number): DiskWrite {
    return { key: this.#key(index), value: formatErasure(this.#begun(index)) };
  }

  /** An erase leaf is stored from now on. */
  begin(index: number): void {
    if (!this.#erasures.has(index)) this.#erasures.set(index, this.#begun(index));
    this.#open = undefined;
  }

  /** Hides what is to be hidden. */
  async run(): Promise<void> {
    for (const erasure of this.#erasures.values()) {
      if (erasure.state !== "hiding") continue;
      if (!this.isDisavowed(erasure.index)) {
        const by = { epoch: this.#init.store.epoch, index: erasure.index };
        for (const { parts, items } of await this.itemsOf(erasure.index)) await parts.hide(by, items);
      }
      await this.update(erasure.index, { state: "hidden", isApproved: await this.#isApproved(erasure.index) });
    }
  }

  async update(index: number, change: Partial<Omit<Erasure, "index">>): Promise<void> {
    const erasure = this.#erasures.get(index);
    if (erasure === undefined) return;
    const changed = { ...erasure, ...change };
    this.#erasures.set(index, changed);
    this.#open = undefined;
    await this.#init.disk.write([{ key: this.#key(index), value: formatErasure(changed) }], true);
    this.#init.onChanged();
  }

  /** Undoes what was hidden by a leaf that has no effect any more. Whether something is missing again. */
  async undo(index: number): Promise<boolean> {
    const by = { epoch: this.#init.store.epoch, index };
    let isMissing = false;
    for (const { parts, items } of await this.itemsOf(index)) isMissing = (await parts.restore(by, items)) || isMissing;
    await this.update(index, { state: "undone" });
    // Another one may name the same parts.
    for (const other of this.#erasures.values())
      if (other.state === "hidden" || other.state === "kept") await this.update(other.index, { state: "hiding" });
    await this.run();
    return isMissing;
  }

  isDisavowed(index: number): boolean {
    return disavowed(this.#init.chain(), this.#init.store.epoch, index);
  }

  async #isApproved(index: number): Promise<boolean> {
    const { store, crypto, chain } = this.#init;
    const leaf = await store.controlLeaf(index);
    if (leaf === undefined) return false;
    return verifyApproval(chain(), { epoch: store.epoch, index, leaf }, crypto).kind === "approved";
  }

  async leaf(index: number): Promise<EraseLeaf | undefined> {
    const leaf = await this.#init.store.controlLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    return reading?.status === "known" && reading.leaf.kind === "erase" ? reading.leaf : undefined;
  }

  /** What the leaf names and may name, by epoch, where that epoch's log is here. */
  async itemsOf(
    index: number,
  ): Promise<readonly { readonly epoch: number; readonly parts: ErasedParts; readonly items: readonly PartPlace[] }[]> {
    const { epoch: own } = this.#init.store;
    const leaf = await this.leaf(index);
    // SPEC: of its own epoch, before it, or of an earlier epoch.
    const items = leaf?.items.filter((item) => item.epoch < own || (item.epoch === own && item.index < index)) ?? [];
    return [...new Set(items.map(({ epoch }) => epoch))].flatMap((epoch) => {
      const parts = this.#init.partsOf(epoch);
      return parts === undefined ? [] : [{ epoch, parts, items: items.filter((item) => item.epoch === epoch) }];
    });
  }

  #begun(index: number): Erasure {
    return { index, since: seconds(this.#init.clock), state: "hiding", isApproved: false, reported: "" };
  }

  #key(index: number): Uint8Array {
    return logKey("erasure", this.#init.store.number, index);
  }
}

const STATES: readonly ErasureState[] = ["hiding", "hidden", "kept", "deleted", "undone"];

/** What is told of an erasure in this state; `undefined` while nothing is. */
export function outcomeOf(state: ErasureState): "deleted" | "refused" | undefined {
  if (state === "deleted") return "deleted";
  return state === "kept" ? "refused" : undefined;
}

function formatErasure({ since, state, isApproved, reported }: Erasure): Uint8Array {
  return encodeCbor({ since, state, isApproved, reported });
}

function parseErasure(index: number, bytes: Uint8Array): Erasure {
  const value = decodeCbor(bytes);
  const { since, state, isApproved, reported } = isMap(value) ? value : {};
  const known = STATES.find((one) => one === state);
  if (
    typeof since !== "number" ||
    known === undefined ||
    typeof isApproved !== "boolean" ||
    typeof reported !== "string"
  )
    throw new DiskError("CORRUPT", "what is stored of an erasure is not readable");
  return { index, since, state: known, isApproved, reported };
}
