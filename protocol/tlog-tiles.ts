import { concatBytes, readU16be, u16be } from "./bytes.ts";
import { isUnsigned } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_LEAF_SIZE } from "./limits.ts";
import type { NodeCoordinate } from "./merkle/compact-range.ts";

// A log as a set of files, C2SP tlog-tiles v0.1.0: what `export` writes and independent auditors read.

/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;

const MAX_TILE_LEVEL = 63;

/** Tiles at one level: those with index < `full` are full, and one more is `partial` wide unless that is 0. */
export type TileLevel = { readonly level: number; readonly full: number; readonly partial: number };

/** `tile/0/x001/x234/067` of level 0 and index 1234067; with width 5 `tile/0/x001/x234/067.p/5`. */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  if (!isUnsigned(level) || level > MAX_TILE_LEVEL) throw malformed("no such level", { level });
  return `tile/${level}/${indexPath(index, width)}`;
}

/** `tile/entries/x001/x234/067`, or with a width as in `tilePath`. */
export function entryBundlePath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index, width)}`;
}

/** The nodes whose hashes, in this order, are the tile. */
export function tileCoordinates(level: number, index: number, width: number = TILE_WIDTH): NodeCoordinate[] {
  assertTile(index, width);
  return Array.from({ length: width }, (_, i) => ({ level: 8 * level, index: index * TILE_WIDTH + i }));
}

/** Width of the partial tile at `level` of a tree of `size` entries, 0 where there is none. */
export function partialWidth(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
}

/** The tiles of a tree of `size` entries, level by level; level 0 is that of the entry bundles too. */
export function tileLevels(size: number): TileLevel[] {
  const levels: TileLevel[] = [];
  for (let level = 0; size >= TILE_WIDTH ** level; level++) {
    levels.push({ level, full: Math.floor(size / TILE_WIDTH ** (level + 1)), partial: partialWidth(level, size) });
  }
  return levels;
}

/** Each entry after its length in two bytes, big-endian. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  assertTile(0, entries.length);
  if (entries.some((entry) => entry.length > MAX_LEAF_SIZE)) throw malformed("an entry over 65 535 bytes");
  return concatBytes(...entries.flatMap((entry) => [u16be(entry.length), entry]));
}

/** The entries, as views of `bytes`. `TILE_MALFORMED` for none, for more than 256 and for a bundle cut short. */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 2;
    at = start + readU16be(bytes, at, "TILE_MALFORMED");
    if (at > bytes.length || entries.length === TILE_WIDTH)
      throw malformed("a bundle cut short or of more than 256 entries");
    entries.push(bytes.subarray(start, at));
  }
  assertTile(0, entries.length);
  return entries;
}

/** Three digits an element, all but the last after an `x`, so that no file has the name of a folder. */
function indexPath(index: number, width: number): string {
  assertTile(index, width);
  const digits = String(index);
  const groups = digits.padStart(3 * Math.ceil(digits.length / 3), "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

function assertTile(index: number, width: number): void {
  if (!isUnsigned(index)) throw malformed("no such index", { index });
  if (!isUnsigned(width) || width < 1 || width > TILE_WIDTH)
    throw malformed("a width that is not from 1 to 256", { width });
}

function malformed(message: string, data?: Readonly<Record<string, number>>): FormatError {
  return new FormatError("TILE_MALFORMED", message, data);
}
