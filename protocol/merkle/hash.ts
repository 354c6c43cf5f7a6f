import { concatBytes, equalBytes } from "../bytes.ts";
import type { Sha256 } from "../crypto.ts";

// RFC 9162 §2.1.1. The two prefixes keep a node from being passed off as a leaf.
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Length of every hash in a tree. */
export const HASH_SIZE = 32;

/** MTH of one entry: SHA-256(0x00 ‖ leaf). */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  return leafHasher(sha256)(leaf);
}

/** `leafHash` for many leaves in a row, which share one buffer: over 64 bytes, making one costs as much as half a hash. */
export function leafHasher(sha256: Sha256): (leaf: Uint8Array) => Uint8Array {
  let block = new Uint8Array(0);
  return (leaf) => {
    if (block.length <= leaf.length) block = prefixed(LEAF_PREFIX, Math.max(leaf.length, 2 * block.length));
    block.set(leaf, 1);
    return sha256(block.subarray(0, 1 + leaf.length));
  };
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(NODE_PREFIX), left, right));
}

/** `nodeHash` for many nodes in a row, which share one buffer; both hashes must have 32 bytes. */
export function nodeHasher(sha256: Sha256): (left: Uint8Array, right: Uint8Array) => Uint8Array {
  const block = prefixed(NODE_PREFIX, 2 * HASH_SIZE);
  return (left, right) => {
    block.set(left, 1);
    block.set(right, 1 + HASH_SIZE);
    return sha256(block);
  };
}

/** Root of the tree without entries: SHA-256 of nothing. */
export function EMPTY_ROOT(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Whether two lists of hashes are the same. */
export function sameHashes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, i) => equalBytes(hash, b[i] ?? new Uint8Array(0)));
}

function prefixed(prefix: number, length: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(1 + length);
  block[0] = prefix;
  return block;
}
