import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { verifyApproval } from "../../protocol/approval.ts";
import { type Chain, disavowed, disavowedFrom } from "../../protocol/charter-chain.ts";
import type { EraseItem, EraseLeaf } from "../../protocol/leaf/erase.ts";
import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { isMap } from "../../protocol/record/body.ts";
import type { BatchCrypto } from "../../protocol/verify-batch.ts";
import { type Clock, seconds } from "../clock.ts";
import { type Disk, DiskError, type DiskWrite } from "../disk.ts";
import { indexOfKey, logKey, prefixRange } from "../keyspace.ts";
import { ERASE_DELAY_MS, ERASURES_OPEN_MAX } from "../limits.ts";
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

/** What an erase leaf names of one epoch; `item`: the place of each in the leaf. */
export type NamedParts = {
  readonly epoch: number;
  readonly parts: ErasedParts;
  readonly items: readonly (PartPlace & { readonly item: number })[];
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

/**
 * The erase leaves of one log, and what was done for them. What there is to say of each lies on the disk; in memory are those
 * for which there is something to do, as many as an owner has in a week, and if there are more the first of them.
 */
export class Erasures {
  readonly #init: ErasuresInit;
  readonly #open = new Map<number, Erasure>();
  /** The first leaf that may have something to hide. */
  #hidingFrom: number | undefined;
  /** Of what is open now. */
  #due: Due | undefined;
  /** There are more open ones on the disk. */
  #hasMore = false;

  constructor(init: ErasuresInit) {
    this.#init = init;
  }

  async load(): Promise<void> {
    this.#open.clear();
    this.#due = undefined;
    this.#hasMore = false;
    for await (const erasure of this.#stored(0)) {
      if (erasure.state === "hiding") this.#hidingFrom = Math.min(this.#hidingFrom ?? Infinity, erasure.index);
      this.#keep(erasure);
    }
  }

  /** The newest first, at most so many. */
  async newest(limit: number): Promise<readonly Erasure[]> {
    const { disk, store } = this.#init;
    const found: Erasure[] = [];
    const range = prefixRange(logKey("erasure", store.number));
    for await (const [key, value] of disk.scan({ ...range, reverse: true, limit }))
      found.push(parseErasure(indexOfKey(key), value));
    return found;
  }

  async get(index: number): Promise<Erasure | undefined> {
    const value = await this.#init.disk.get(this.#key(index));
    return value === undefined ? undefined : parseErasure(index, value);
  }

  /** Those for which there may be something to do, in order; asked for at every change. */
  get open(): Iterable<Erasure> {
    return this.#open.values();
  }

  /**
   * When something is to be done next, in milliseconds since 1970, infinite where nothing is. Asked for at every change, so
   * it is kept. `isTold`: whether its owner is told what became of it.
   */
  nextDue(isTold: boolean): number {
    this.#due ??= this.#dueNow();
    const { deleted, told, newest } = this.#due;
    if (newest >= disavowedFrom(this.#init.chain(), this.#init.store.epoch) || (isTold && told)) return 0;
    return deleted;
  }

  #dueNow(): Due {
    const due = { deleted: Infinity, told: false, newest: -1 };
    for (const erasure of this.#open.values()) {
      if (erasure.state !== "hidden") due.told ||= outcomeOf(erasure.state) !== undefined;
      else {
        due.deleted = Math.min(due.deleted, deletedFrom(erasure) * 1000);
        due.newest = Math.max(due.newest, erasure.index);
      }
    }
    return due;
  }

  /** Whether there is something to hide. */
  get isPending(): boolean {
    return this.#hidingFrom !== undefined;
  }

  /** Written with the erase leaf of this index. */
  write(index: number): DiskWrite {
    return { key: this.#key(index), value: formatErasure(this.#begun(index)) };
  }

  /** An erase leaf is stored from now on. */
  begin(index: number): void {
    this.#hidingFrom = Math.min(this.#hidingFrom ?? Infinity, index);
  }

  /** Hides what is to be hidden. */
  async run(): Promise<void> {
    const from = this.#hidingFrom;
    if (from === undefined) return;
    this.#hidingFrom = undefined;
    for await (const { index, state } of this.#stored(from)) if (state === "hiding") await this.#hide(index);
  }

  async #hide(index: number): Promise<void> {
    if (!this.isDisavowed(index)) {
      const by = { epoch: this.#init.store.epoch, index };
      for (const { parts, items } of await this.itemsOf(index)) await parts.hide(by, items);
    }
    await this.update(index, { state: "hidden", isApproved: await this.#isApproved(index) });
  }

  async update(index: number, change: Partial<Omit<Erasure, "index">>): Promise<void> {
    const erasure = await this.get(index);
    if (erasure === undefined) return;
    const changed = { ...erasure, ...change };
    await this.#init.disk.write([{ key: this.#key(index), value: formatErasure(changed) }], true);
    this.#open.delete(index);
    this.#due = undefined;
    this.#keep(changed);
    // There is room for those that had none.
    if (this.#hasMore && this.#open.size === 0) await this.load();
    this.#init.onChanged();
  }

  /** Puts back what was hidden by a leaf that has no effect any more. Whether something is missing again. */
  async restore(index: number): Promise<boolean> {
    const by = { epoch: this.#init.store.epoch, index };
    let isMissing = false;
    for (const { parts, items } of await this.itemsOf(index)) isMissing = (await parts.restore(by, items)) || isMissing;
    return isMissing;
  }

  /** Hides once more what these leaves name, where it was put back: what hid it was a leaf that has no effect any more. */
  async hideAnew(): Promise<void> {
    for await (const { index, state } of this.#stored(0)) {
      const wasHidden = state === "hidden" || state === "kept" || state === "deleted";
      if (!wasHidden || this.isDisavowed(index) || !(await this.#isInSight(index))) continue;
      await this.update(index, { state: "hiding" });
      this.begin(index);
    }
    await this.run();
  }

  async #isInSight(index: number): Promise<boolean> {
    for (const { parts, items } of await this.itemsOf(index))
      for (const item of items) if (await parts.isInSight(item)) return true;
    return false;
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
  async itemsOf(index: number): Promise<readonly NamedParts[]> {
    const { epoch: own } = this.#init.store;
    const leaf = await this.leaf(index);
    // SPEC: of its own epoch, before it, or of an earlier epoch.
    const items = (leaf?.items ?? [])
      .map((item, at) => ({ ...item, item: at }))
      .filter((item) => item.epoch < own || (item.epoch === own && item.index < index));
    return [...new Set(items.map(({ epoch }) => epoch))].flatMap((epoch) => {
      const parts = this.#init.partsOf(epoch);
      // Of an earlier epoch it may name what no log has.
      const isMeant = (item: EraseItem): boolean => item.epoch === epoch && item.index < (parts?.size ?? 0);
      return parts === undefined ? [] : [{ epoch, parts, items: items.filter(isMeant) }];
    });
  }

  /** All of them, in order, as of now. */
  stored(): AsyncGenerator<Erasure> {
    return this.#stored(0);
  }

  async *#stored(from: number): AsyncGenerator<Erasure> {
    const { disk, store } = this.#init;
    const { lt } = prefixRange(logKey("erasure", store.number));
    for await (const [key, value] of disk.scan({ gte: logKey("erasure", store.number, from), lt }))
      yield parseErasure(indexOfKey(key), value);
  }

  #keep(erasure: Erasure): void {
    if (!isOpen(erasure)) return;
    if (this.#open.size < ERASURES_OPEN_MAX) this.#open.set(erasure.index, erasure);
    else this.#hasMore = true;
  }

  #begun(index: number): Erasure {
    return { index, since: seconds(this.#init.clock), state: "hiding", isApproved: false, reported: "" };
  }

  #key(index: number): Uint8Array {
    return logKey("erasure", this.#init.store.number, index);
  }
}

/** When the first is deleted, whether one is to be told of, and the newest that may be disavowed. */
type Due = { deleted: number; told: boolean; newest: number };

/** In seconds since 1970. */
export function deletedFrom({ since, isApproved }: Erasure): number {
  return isApproved ? since : since + ERASE_DELAY_MS / 1000;
}

const STATES: readonly ErasureState[] = ["hiding", "hidden", "kept", "deleted", "undone"];

/** What is told of an erasure in this state; `undefined` while nothing is. */
export function outcomeOf(state: ErasureState): "deleted" | "refused" | undefined {
  if (state === "deleted") return "deleted";
  return state === "kept" ? "refused" : undefined;
}

function isOpen({ state, reported }: Erasure): boolean {
  if (state === "undone") return false;
  const outcome = outcomeOf(state);
  return outcome === undefined || reported !== outcome;
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
