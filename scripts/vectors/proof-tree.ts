import { sha256 } from "./tools.ts";

// Trees of RFC 6962 over leaves, by its recursion, and the files of tlog-tiles.

/** MTH of RFC 6962 §2.1. */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return rootOf(leaves.map(leafHash));
}

/** PATH of RFC 6962 §2.1.1. */
export function treePath(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k ? [...treePath(index, left), treeRoot(right)] : [...treePath(index - k, right), treeRoot(left)];
}

/** Tiles and entry bundles of a log, by their paths. */
export function tileFiles(leaves: readonly Uint8Array[]): Readonly<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const { index, items } of groups(leaves))
    files[tilePath("entries", index, items.length)] = Buffer.concat(items.flatMap((leaf) => [u16(leaf.length), leaf]));
  let hashes = leaves.map(leafHash);
  for (let level = 0; hashes.length > 0; level++) {
    for (const { index, items } of groups(hashes)) files[tilePath(level, index, items.length)] = Buffer.concat(items);
    hashes = groups(hashes)
      .filter(({ items }) => items.length === WIDTH)
      .map(({ items }) => rootOf(items));
  }
  return files;
}

/** For fewer than a thousand tiles. */
function tilePath(level: number | "entries", index: number, width: number): string {
  return `tile/${level}/${String(index).padStart(3, "0")}${width === WIDTH ? "" : `.p/${width}`}`;
}

const WIDTH = 256;

function groups<T>(items: readonly T[]): readonly { readonly index: number; readonly items: readonly T[] }[] {
  return Array.from({ length: Math.ceil(items.length / WIDTH) }, (_, index) => ({
    index,
    items: items.slice(index * WIDTH, (index + 1) * WIDTH),
  }));
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return sha256();
  if (hashes.length === 1) return only;
  const k = split(hashes.length);
  return sha256(Uint8Array.of(1), rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}

function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0), leaf);
}

function split(size: number): number {
  let k = 1;
  while (2 * k < size) k *= 2;
  return k;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
