import { createHash } from "node:crypto";

/** Outputs thrown away at the start, until the state no longer shows its seed. */
const WARM_UP = 12;

/**
 * Seeded randomness (sfc32 over SHA-256 of a text). Each concern draws from its own `fork`, so that one draw more in one
 * of them changes nothing in the others.
 */
export class Prng {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(name: string) {
    const seed = createHash("sha256").update(name).digest();
    this.#name = name;
    this.#a = seed.readUInt32LE(0);
    this.#b = seed.readUInt32LE(4);
    this.#c = seed.readUInt32LE(8);
    for (let i = 0; i < WARM_UP; i++) this.uint32();
  }

  fork(name: string): Prng {
    return new Prng(`${this.#name}/${name}`);
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A real number, from ≤ x < to. */
  between(from: number, to: number): number {
    return from + this.unit() * (to - from);
  }

  /** A whole number, from ≤ n < to. */
  int(from: number, to: number): number {
    return Math.floor(this.between(from, to));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Throws RangeError where there is nothing to pick. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** `count` different items, or all of them, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const left = [...items];
    const taken: T[] = [];
    while (taken.length < count && left.length > 0) taken.push(...left.splice(this.int(0, left.length), 1));
    return taken;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff);
  }
}
