import { leafHash, nodeHash } from "../../protocol/merkle/hash.ts";
import { sha256 } from "../primitives.ts";

/** The recursive definitions of RFC 9162 §2.1 over entries 0, 1, 2 … (two bytes each), every subtree hashed once. */
export class NaiveTree {
  readonly #hashes = new Map<string, Uint8Array>();

  leaf(index: number): Uint8Array {
    return this.hash(index, index + 1);
  }

  /** MTH(D[begin:end]) of at least one entry. */
  hash(begin: number, end: number): Uint8Array {
    const key = `${begin}:${end}`;
    const known = this.#hashes.get(key);
    if (known !== undefined) return known;
    const middle = begin + split(end - begin);
    const leaf = Uint8Array.of(begin >> 8, begin);
    const hash =
      end - begin === 1 ? leafHash(sha256, leaf) : nodeHash(sha256, this.hash(begin, middle), this.hash(middle, end));
    this.#hashes.set(key, hash);
    return hash;
  }

  /** PATH(index, D[begin:end]). */
  path(index: number, begin: number, end: number): Uint8Array[] {
    if (end - begin === 1) return [];
    const middle = begin + split(end - begin);
    return index < middle
      ? [...this.path(index, begin, middle), this.hash(middle, end)]
      : [...this.path(index, middle, end), this.hash(begin, middle)];
  }

  /** SUBPROOF(size1, D[begin:end], whole). */
  subproof(size1: number, begin: number, end: number, whole: boolean): Uint8Array[] {
    if (size1 === end) return whole ? [] : [this.hash(begin, end)];
    const middle = begin + split(end - begin);
    return size1 <= middle
      ? [...this.subproof(size1, begin, middle, whole), this.hash(middle, end)]
      : [...this.subproof(size1, middle, end, false), this.hash(begin, middle)];
  }
}

function split(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}
