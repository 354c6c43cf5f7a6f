import type { Prng } from "./prng.ts";

/** Who trusts whom, by name; at first always mutual. */
export class TrustGraph {
  readonly #trusted = new Set<string>();
  readonly #ending = new Set<string>();

  /** Mostly everybody trusts everybody; else a ring, so that nobody is alone, and some more. */
  constructor(names: readonly string[], prng: Prng) {
    const odds = prng.chance(0.6) ? 1 : 0.4;
    for (const [place, a] of names.entries()) {
      for (const b of names) {
        const isNext = names[(place + 1) % names.length] === b;
        if (a !== b && (isNext || prng.chance(odds))) this.#trusted.add(`${a} ${b}`).add(`${b} ${a}`);
      }
    }
  }

  trusts(a: string, b: string): boolean {
    return this.#trusted.has(`${a} ${b}`);
  }

  /** Only they exchange anything, and nobody of them is about to end it. */
  areFriends(a: string, b: string): boolean {
    return [`${a} ${b}`, `${b} ${a}`].every((pair) => this.#trusted.has(pair) && !this.#ending.has(pair));
  }

  /** `a` begins to withdraw its trust in `b`, which takes a moment. */
  beginWithdrawal(a: string, b: string): void {
    this.#ending.add(`${a} ${b}`);
  }

  withdraw(a: string, b: string): void {
    this.#trusted.delete(`${a} ${b}`);
  }
}
