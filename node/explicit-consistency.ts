import type { Sha256 } from "../protocol/crypto.ts";
import { proveConsistency } from "../protocol/merkle/proof.ts";
import type { LogStore } from "./log-store.ts";

/**
 * The consistency proof between two sizes of a stored log, 1 ≤ first < second, with its first element always explicit
 * (docs/spec/evidence.md): the RFC leaves it out where the first size is a power of two.
 */
export async function explicitConsistency(
  sha256: Sha256,
  store: LogStore,
  first: number,
  second: number,
): Promise<readonly Uint8Array[]> {
  const proof = await proveConsistency(sha256, store, first, second);
  return isPowerOfTwo(first) ? [await store.rootAt(first), ...proof] : proof;
}

function isPowerOfTwo(size: number): boolean {
  let power = 1;
  while (power < size) power *= 2;
  return power === size;
}
