import type { EntryRange } from "../protocol/follow.ts";
import { logText } from "../protocol/serve.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { LogStore } from "./log-store.ts";

/** Leaves that are damaged here and wanted once more, of one log: `from ≤ index < to`. */
type Repair = {
  readonly store: LogStore;
  readonly from: number;
  readonly to: number;
  /** Whether these are the leaves that the tree here is of. */
  readonly isRight: (leaves: readonly Uint8Array[]) => boolean;
  readonly came: Map<number, Uint8Array>;
  /** Peers that do not have them, or brought others. */
  readonly passed: Set<string>;
  readonly done: () => void;
};

/**
 * Entries that are held, of which leaves were damaged on the disk. They are asked for once more, from whoever holds the log;
 * what comes must hash to the nodes that are stored above it, and is written in the place of what lies there.
 */
export class LeafRepairs {
  readonly #onWanted: () => void;
  #repairs: readonly Repair[] = [];

  constructor(onWanted: () => void) {
    this.#onWanted = onWanted;
  }

  /** Resolves when they are written anew; that may be never. */
  want(store: LogStore, from: number, to: number, isRight: Repair["isRight"]): Promise<void> {
    const mended = Promise.withResolvers<void>();
    const others = this.#repairs.filter((one) => one.store !== store || one.from !== from);
    this.#repairs = [...others, { store, from, to, isRight, came: new Map(), passed: new Set(), done: mended.resolve }];
    this.#onWanted();
    return mended.promise;
  }

  /** What this peer is to be asked for. */
  asks(peer: string): readonly EntryRange[] {
    return this.#repairs.flatMap(({ store, to, passed, ...repair }) => {
      let { from } = repair;
      while (repair.came.has(from)) from += 1;
      return passed.has(peer) || from >= to ? [] : [{ id: store.id, epoch: store.epoch, from, to }];
    });
  }

  /** Takes a batch that was asked for here; `false` if it was not. */
  async take(peer: string, batch: Batch): Promise<boolean> {
    const repair = this.#find(logText(batch.id, batch.epoch), (one) => batch.from >= one.from && batch.from < one.to);
    if (repair === undefined) return false;
    batch.leaves.forEach((leaf, offset) => repair.came.set(batch.from + offset, leaf));
    const leaves: Uint8Array[] = [];
    for (let index = repair.from; index < repair.to; index++) {
      const leaf = repair.came.get(index);
      if (leaf === undefined) return true;
      leaves.push(leaf);
    }
    if (!repair.isRight(leaves)) {
      repair.came.clear();
      repair.passed.add(peer);
      return true;
    }
    this.#repairs = this.#repairs.filter((one) => one !== repair);
    await repair.store.inTurn(() => repair.store.rewriteLeaves(repair.from, leaves));
    repair.done();
    return true;
  }

  /** The peer does not give them; `false` if they were not asked for here. */
  refused(peer: string, log: string): boolean {
    const open = this.#repairs.filter((one) => keyOf(one) === log && !one.passed.has(peer));
    for (const repair of open) repair.passed.add(peer);
    return open.length > 0;
  }

  /** Who had nothing may have it on the next connection. */
  forgetRefusals(peer: string): void {
    for (const { passed } of this.#repairs) passed.delete(peer);
  }

  #find(log: string, isIt: (repair: Repair) => boolean): Repair | undefined {
    return this.#repairs.find((one) => keyOf(one) === log && isIt(one));
  }
}

function keyOf({ store }: Repair): string {
  return logText(store.id, store.epoch);
}
