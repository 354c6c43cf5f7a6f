import type { Clock } from "./clock.ts";

export type BucketInit = {
  readonly clock: Clock;
  /** What may be taken at once. */
  readonly capacity: number;
  /** What comes back in a second. */
  readonly perSecond: number;
};

/** A budget that fills again at a steady pace. What is taken beyond it is a debt, which is paid by waiting. */
export class Bucket {
  readonly #init: BucketInit;
  #left: number;
  #at: number;

  constructor(init: BucketInit) {
    this.#init = init;
    this.#left = init.capacity;
    this.#at = init.clock.now();
  }

  get isFull(): boolean {
    this.#refill();
    return this.#left >= this.#init.capacity;
  }

  /** Milliseconds until the debt is paid; 0 where there is none. */
  get debtMs(): number {
    this.#refill();
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1000) / this.#init.perSecond);
  }

  spend(amount: number): void {
    this.#refill();
    this.#left -= amount;
  }

  #refill(): void {
    const { clock, capacity, perSecond } = this.#init;
    const now = clock.now();
    // A clock that was set back gives nothing, and takes nothing away.
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#left = Math.min(capacity, this.#left + (passed * perSecond) / 1000);
  }
}
