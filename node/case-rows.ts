import type { Disk, DiskWrite } from "./disk.ts";
import { bytesKey, concernOfKey, indexOfKey, prefixRange } from "./keyspace.ts";

/** By what lists of cases are chosen and sorted; texts sort as what they say. */
export type CaseKey = {
  readonly status: string;
  /** When something happened last. */
  readonly latest: string;
  /** What this authority owes first in it, if it owes anything. */
  readonly mine: string | undefined;
};

/** Where a row lies: number of the log, and index of the alert with which the case began. */
export type RowPlace = { readonly log: number; readonly index: number };

type Entry = CaseKey & RowPlace & { readonly key: Uint8Array };

export type RowQuery = {
  readonly status: string | undefined;
  /** Only what is owed, what is due first; else the latest first. */
  readonly mine: boolean;
  readonly limit: number;
};

/**
 * The rows of the lists of cases. They lie on the disk; by what they are sorted is in memory, some hundred bytes of each, so
 * that a list reads no more rows than it shows. Read when the first list is asked for.
 */
export class CaseRows {
  readonly #disk: Disk;
  readonly #keyOf: (row: Uint8Array) => CaseKey;
  #entries: Map<string, Entry> | undefined;

  constructor(disk: Disk, keyOf: (row: Uint8Array) => CaseKey) {
    this.#disk = disk;
    this.#keyOf = keyOf;
  }

  /** Writes that may change rows. */
  async write(writes: readonly DiskWrite[]): Promise<void> {
    await this.#disk.write(writes, false);
    for (const { key, value } of writes) if (concernOfKey(key) === "case") this.#put(key, value);
  }

  /** The first rows of a list, and of how many. */
  async list(
    query: RowQuery,
    isHere: (place: RowPlace) => boolean,
  ): Promise<{ readonly rows: readonly (RowPlace & { readonly row: Uint8Array })[]; readonly total: number }> {
    const entries = await this.#loaded();
    const found = [...entries.values()].filter((entry) => isAsked(entry, query) && isHere(entry));
    const first = firstOf(found, query.limit, query.mine ? byMine : byLatest);
    const rows = await this.#disk.getMany(first.map(({ key }) => key));
    return {
      rows: first.flatMap(({ log, index }, at) => {
        const row = rows[at];
        return row === undefined ? [] : [{ log, index, row }];
      }),
      total: found.length,
    };
  }

  async #loaded(): Promise<ReadonlyMap<string, Entry>> {
    if (this.#entries === undefined) {
      this.#entries = new Map();
      for await (const [key, row] of this.#disk.scan(prefixRange(bytesKey("case")))) this.#put(key, row);
    }
    return this.#entries;
  }

  #put(key: Uint8Array, row: Uint8Array | undefined): void {
    const name = Buffer.from(key).toString("latin1");
    if (row === undefined) this.#entries?.delete(name);
    else
      this.#entries?.set(name, {
        ...this.#keyOf(row),
        key: new Uint8Array(key),
        log: Buffer.from(key).readUInt32BE(1),
        index: indexOfKey(key),
      });
  }
}

function isAsked({ status, mine }: Entry, query: RowQuery): boolean {
  return (query.status === undefined || status === query.status) && (!query.mine || mine !== undefined);
}

/** The first of many in an order: those that are asked for are few. */
function firstOf(entries: readonly Entry[], limit: number, order: (a: Entry, b: Entry) => number): readonly Entry[] {
  const first: Entry[] = [];
  for (const entry of entries) {
    const last = first.at(-1);
    if (first.length === limit && last !== undefined && order(entry, last) >= 0) continue;
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = first[middle];
      if (at !== undefined && order(at, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    first.splice(low, 0, entry);
    if (first.length > limit) first.pop();
  }
  return first;
}

function byLatest(a: Entry, b: Entry): number {
  return compare(b.latest, a.latest) || byPlace(a, b);
}

function byMine(a: Entry, b: Entry): number {
  return compare(a.mine ?? "", b.mine ?? "") || byPlace(a, b);
}

function byPlace(a: Entry, b: Entry): number {
  return a.log - b.log || a.index - b.index;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
