import type { Sha256 } from "./crypto.ts";
import { isUnsigned } from "./decimal.ts";
import { nodeHasher } from "./merkle/hash.ts";
import { consistencyCoordinates } from "./merkle/proof.ts";
import type { ProofElement } from "./merkle/proof.ts";

// Consistency proofs whose first element is always explicit (docs/spec/evidence.md): from such hashes follow both roots,
// so a signed root of the larger size shows which root the smaller one should have had.

export type RecomputedRoots = { readonly older: Uint8Array; readonly newer: Uint8Array };

/**
 * The nodes of which such a proof from `size1` to `size2` consists, 1 ≤ size1 < size2: `foldProof` makes it of them.
 *
 * SPEC: "where m is a power of two, and the RFC's proof leaves it out, it is put in front (RFC 9162 §2.1.4.2 step 2)"
 */
export function forkProofCoordinates(size1: number, size2: number): ProofElement[] {
  const elements = consistencyCoordinates(size1, size2);
  const level = Math.log2(size1);
  return 2 ** level === size1 && Number.isInteger(level) ? [[{ level, index: 0 }], ...elements] : elements;
}

/**
 * Both roots by RFC 9162 §2.1.4.2, steps 3 to 6; `undefined` where the hashes are not as many as the two sizes need. If
 * `newer` is the root of a tree of `size2` entries, the collision resistance of SHA-256 makes `older` that of its first
 * `size1` entries. Hashes must have 32 bytes.
 */
export function recomputeRoots(
  sha256: Sha256,
  size1: number,
  size2: number,
  hashes: readonly Uint8Array[],
): RecomputedRoots | undefined {
  const [first, ...path] = hashes;
  if (!isUnsigned(size1) || !isUnsigned(size2) || size1 < 1 || size1 >= size2 || first === undefined) return undefined;
  const join = nodeHasher(sha256);
  let [node, last] = [size1 - 1, size2 - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [older, newer] = [first, first];
  for (const hash of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      older = join(hash, older);
      newer = join(hash, newer);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = join(newer, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? { older, newer } : undefined;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
