/**
 * A map that forgets what was used longest ago. For what is dear to compute and may be computed again; its values are
 * never `undefined`.
 */
export class BoundedCache<Value extends object | string | number | boolean> {
  readonly #maxEntries: number;
  readonly #entries = new Map<string, Value>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value kept for `key`, else the result of `compute`, which is then kept. */
  getOrCompute(key: string, compute: () => Value): Value {
    const value = this.#entries.get(key) ?? compute();
    // A Map iterates in the order of insertion: inserted anew is used last.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#evict();
    return value;
  }

  #evict(): void {
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
