import type { Sha256 } from "../crypto.ts";
import { isUnsigned } from "../decimal.ts";
import { FormatError } from "../format-error.ts";
import { EMPTY_ROOT, HASH_SIZE, nodeHasher } from "./hash.ts";

/**
 * What one needs to know of the entries `begin ≤ i < end` of a tree to go on with it: the roots of the largest complete
 * subtrees that lie inside, left to right. There are at most twice log₂ of them, whatever the tree holds.
 *
 *     begin 0, end 7     [0,4) [4,6) [6,7)
 *     begin 3, end 9     [3,4) [4,8) [8,9)
 *
 * From transparency-dev/merkle, `compact/range.go`. Sizes go to 2^53 − 1, so no operator of 32 bits touches one.
 */
export type CompactRange = {
  readonly begin: number;
  readonly end: number;
  readonly hashes: readonly Uint8Array[];
};

/** A complete subtree: the entries from `index · 2^level`, 2^level of them. */
export type NodeCoordinate = { readonly level: number; readonly index: number };

/** Is told of every node that became complete, leaves (level 0) included, each before the node above it. */
export type OnNode = (level: number, index: number, hash: Uint8Array) => void;

export function emptyRange(begin: number): CompactRange {
  return { begin, end: begin, hashes: [] };
}

/** A range of hashes from somebody else: `PROOF_MALFORMED` unless their number and lengths are those of `[begin, end)`. */
export function rangeOf(begin: number, end: number, hashes: readonly Uint8Array[]): CompactRange {
  const bad = !isUnsigned(begin) || !isUnsigned(end) || begin > end;
  if (
    bad ||
    hashes.length !== coverCoordinates(begin, end).length ||
    hashes.some((hash) => hash.length !== HASH_SIZE)
  ) {
    throw new FormatError("PROOF_MALFORMED", "not the hashes of that range", { begin, end, hashes: hashes.length });
  }
  return { begin, end, hashes };
}

export function appendLeafHash(sha256: Sha256, range: CompactRange, leaf: Uint8Array, onNode?: OnNode): CompactRange {
  return extendRange(sha256, range, [leaf], onNode);
}

/** The range with the entries of `leafHashes` after its own. */
export function extendRange(
  sha256: Sha256,
  range: CompactRange,
  leafHashes: readonly Uint8Array[],
  onNode?: OnNode,
): CompactRange {
  const hashes = [...range.hashes];
  const join = nodeHasher(sha256);
  let end = range.end;
  for (const hash of leafHashes) {
    onNode?.(0, end, hash);
    addNode(join, hashes, range.begin, 0, end++, hash, onNode);
  }
  return { begin: range.begin, end, hashes };
}

/** The range of two that touch. `PROOF_MALFORMED` where they do not. Only nodes new to both are told of. */
export function mergeRanges(sha256: Sha256, left: CompactRange, right: CompactRange, onNode?: OnNode): CompactRange {
  if (left.end !== right.begin) throw new FormatError("PROOF_MALFORMED", "ranges that do not touch");
  const hashes = [...left.hashes];
  const join = nodeHasher(sha256);
  coverCoordinates(right.begin, right.end).forEach(({ level, index }, i) => {
    addNode(join, hashes, left.begin, level, index, hashAt(right.hashes, i), onNode);
  });
  return { begin: left.begin, end: right.end, hashes };
}

/** Root of the tree of size `range.end`; the range must begin at 0. */
export function rangeRoot(sha256: Sha256, range: CompactRange): Uint8Array {
  if (range.begin !== 0)
    throw new FormatError("PROOF_MALFORMED", "only a range from 0 has a root", { begin: range.begin });
  return range.hashes.length === 0 ? EMPTY_ROOT(sha256) : foldRight(sha256, range.hashes);
}

/** One hash of complete subtrees that shrink to the right, as RFC 9162 splits a tree: the last two first. */
export function foldRight(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  const join = nodeHasher(sha256);
  return hashes.reduceRight((right, left) => join(left, right));
}

/** The nodes of which a compact range of `[begin, end)` consists, left to right. */
export function coverCoordinates(begin: number, end: number): NodeCoordinate[] {
  const coordinates: NodeCoordinate[] = [];
  let size = 1;
  let level = 0;
  for (let at = begin; at < end; at += size) {
    // The next subtree is the largest that may start here; it is seldom far from the last in size.
    while (at % (2 * size) === 0 && at + 2 * size <= end) [size, level] = [2 * size, level + 1];
    while (at + size > end) [size, level] = [size / 2, level - 1];
    coordinates.push({ level, index: at / size });
  }
  return coordinates;
}

/**
 * Puts a node at the right end. While it is a right child whose sibling lies inside the range, that sibling is the last
 * hash, and both become their parent.
 */
function addNode(
  join: (left: Uint8Array, right: Uint8Array) => Uint8Array,
  hashes: Uint8Array[],
  begin: number,
  level: number,
  index: number,
  hash: Uint8Array,
  onNode: OnNode | undefined,
): void {
  let node = hash;
  for (let size = 2 ** level; index % 2 === 1 && (index - 1) * size >= begin; size *= 2) {
    node = join(hashAt(hashes, hashes.length - 1), node);
    hashes.pop();
    level += 1;
    index = (index - 1) / 2;
    onNode?.(level, index, node);
  }
  hashes.push(node);
}

function hashAt(hashes: readonly Uint8Array[], i: number): Uint8Array {
  const hash = hashes[i];
  if (hash === undefined) throw new FormatError("PROOF_MALFORMED", "a range with too few hashes");
  return hash;
}
