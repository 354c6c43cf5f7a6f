/** A map whose keys are in order. */
export class SortedMap {
  readonly #values: Map<string, Uint8Array>;
  /** All keys, sorted. */
  readonly #keys: string[];

  constructor(entries: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#values = new Map(entries);
    this.#keys = [...entries.keys()].sort();
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Uint8Array): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#place(key), 0, key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#place(key), 1);
  }

  values(): Iterable<Uint8Array> {
    return this.#values.values();
  }

  /** Entries with gte ≤ key < lt, at most `limit` of them, from the last on if `reverse`. */
  range(
    gte: string,
    lt: string,
    reverse: boolean,
    limit: number | undefined,
  ): readonly (readonly [string, Uint8Array])[] {
    const [from, to] = [this.#place(gte), this.#place(lt)];
    const count = Math.max(0, Math.min(to - from, limit ?? Number.POSITIVE_INFINITY));
    const keys = reverse ? this.#keys.slice(to - count, to).reverse() : this.#keys.slice(from, from + count);
    return keys.flatMap((key) => {
      const value = this.#values.get(key);
      return value === undefined ? [] : [[key, value] as const];
    });
  }

  /** Of the first key that is not below `key`. */
  #place(key: string): number {
    let [from, to] = [0, this.#keys.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#keys[middle] ?? "") < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
