import { equalBytes } from "../bytes.ts";
import type { Sha256 } from "../crypto.ts";
import { isUnsigned } from "../decimal.ts";
import { FormatError } from "../format-error.ts";
import { coverCoordinates, foldRight } from "./compact-range.ts";
import type { NodeCoordinate } from "./compact-range.ts";
import { HASH_SIZE, nodeHasher } from "./hash.ts";

// Proofs of RFC 6962 trees: verified by the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2, made of complete nodes only.
// What a verifier is given is a peer's: it answers false to all that does not prove, whatever its shape.

export type Inclusion = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  /** From the leaf's sibling up. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
};

export type Consistency = {
  readonly size1: number;
  readonly root1: Uint8Array;
  readonly size2: number;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** Stored nodes. Rejects where one is absent: of complete subtrees of a tree that one holds, none is. */
export interface HashReader {
  /** One hash for each coordinate, in their order. */
  readNodes(coordinates: readonly NodeCoordinate[]): Promise<Uint8Array[]>;
}

/**
 * One hash of a proof: the root of adjacent complete subtrees, left to right. More than one only at the right edge of
 * the tree, where a subtree is not complete and stored nowhere.
 */
export type ProofElement = readonly NodeCoordinate[];

/** Whether the tree of `size` entries under `root` has `leafHash` at `index`. */
export function verifyInclusion(sha256: Sha256, { index, size, leafHash, proof, root }: Inclusion): boolean {
  if (!isUnsigned(index) || !isUnsigned(size) || index >= size || !areHashes([leafHash, root, ...proof])) return false;
  const join = nodeHasher(sha256);
  let [node, last] = [index, size - 1];
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    const isRight = node % 2 === 1 || node === last;
    hash = isRight ? join(sibling, hash) : join(hash, sibling);
    if (isRight) [node, last] = skipLeftEdges(node, last);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, root);
}

/**
 * Whether the tree of `size1` entries under `root1` is the beginning of the one of `size2` under `root2`. Size 0 is
 * refused, as in transparency-dev/merkle: of nothing, everything is a continuation.
 */
export function verifyConsistency(sha256: Sha256, { size1, root1, size2, root2, proof }: Consistency): boolean {
  if (!isUnsigned(size1) || !isUnsigned(size2) || size1 === 0 || size1 > size2) return false;
  if (!areHashes([root1, root2, ...proof])) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  // The older tree is itself a node of the newer one where its size is a power of two; the proof then leaves it out.
  const [first, ...rest] = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  if (first === undefined) return false;
  const join = nodeHasher(sha256);
  let [node, last] = skipRightEdges(size1 - 1, size2 - 1);
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = join(sibling, older);
      newer = join(sibling, newer);
      [node, last] = skipLeftEdges(node, last);
    } else {
      newer = join(newer, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(older, root1) && equalBytes(newer, root2);
}

/** PATH(index, D[0:size]) of RFC 9162 §2.1.3.1, from the leaf's sibling up. */
export function inclusionCoordinates(index: number, size: number): ProofElement[] {
  if (!isUnsigned(size) || !isUnsigned(index) || index >= size)
    throw outside("no such index in the tree", { index, size });
  const elements: ProofElement[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    elements.push(index < middle ? coverCoordinates(middle, end) : coverCoordinates(begin, middle));
    if (index < middle) end = middle;
    else begin = middle;
  }
  return elements.reverse();
}

/** PROOF(size1, D[0:size2]) of RFC 9162 §2.1.4.1. */
export function consistencyCoordinates(size1: number, size2: number): ProofElement[] {
  const ordered = isUnsigned(size1) && isUnsigned(size2) && size1 >= 1 && size1 <= size2;
  if (!ordered) throw outside("a consistency proof goes from 1 or more to as many or more", { size1, size2 });
  const elements: ProofElement[] = [];
  let [begin, end] = [0, size2];
  while (end !== size1) {
    const middle = begin + splitPoint(end - begin);
    elements.push(size1 <= middle ? coverCoordinates(middle, end) : coverCoordinates(begin, middle));
    if (size1 <= middle) end = middle;
    else begin = middle;
  }
  // What remains ends where the older tree does. From 0 on it is that tree, whose root the verifier has.
  if (begin !== 0) elements.push(coverCoordinates(begin, end));
  return elements.reverse();
}

/** The proof of which `elements` are the plan; `lookup` gives the hash of a complete node. */
export function foldProof(
  sha256: Sha256,
  elements: readonly ProofElement[],
  lookup: (coordinate: NodeCoordinate) => Uint8Array,
): Uint8Array[] {
  return elements.map((element) => foldRight(sha256, element.map(lookup)));
}

/** One read for the whole proof. */
export function proveInclusion(sha256: Sha256, reader: HashReader, index: number, size: number): Promise<Uint8Array[]> {
  return readProof(sha256, reader, inclusionCoordinates(index, size));
}

/** One read for the whole proof. */
export function proveConsistency(
  sha256: Sha256,
  reader: HashReader,
  size1: number,
  size2: number,
): Promise<Uint8Array[]> {
  return readProof(sha256, reader, consistencyCoordinates(size1, size2));
}

async function readProof(sha256: Sha256, reader: HashReader, elements: readonly ProofElement[]): Promise<Uint8Array[]> {
  const coordinates = elements.flat();
  const hashes = coordinates.length === 0 ? [] : await reader.readNodes(coordinates);
  let next = 0;
  // The fold asks for the nodes in the order in which they were read.
  return foldProof(sha256, elements, () => {
    const hash = hashes[next++];
    if (hash === undefined)
      throw outside("the reader gave fewer nodes than it was asked for", { asked: coordinates.length });
    return hash;
  });
}

/** Goes up while the node is a left child, and the last one at its level: there it has no sibling. */
function skipLeftEdges(node: number, last: number): [number, number] {
  while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
  return [node, last];
}

/** Goes up while the node is a right child: those subtrees end where the older tree does. */
function skipRightEdges(node: number, last: number): [number, number] {
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  return [node, last];
}

/** The largest power of two less than `size`, of two or more. */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || splitPoint(size) * 2 === size;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_SIZE);
}

function outside(message: string, data: Readonly<Record<string, number>>): FormatError {
  return new FormatError("PROOF_MALFORMED", message, data);
}
