import { hex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const CODE = "TILE_MALFORMED";

export function tlogTiles(): Vectors {
  return {
    format: "tlog-tiles",
    source: "C2SP tlog-tiles v0.1.0; paths and widths of its examples, bundles ours",
    valid: [...PATHS.map((path) => ({ kind: "path", ...path })), ...LEVELS, ...BUNDLES],
    invalid: [...BAD_PATHS, ...BAD_BUNDLES].map((entry) => ({ ...entry, code: CODE })),
  };
}

// `level` null: the path of an entry bundle. `width` 256: a full tile.
const PATHS = [
  { name: "tile 0", level: 0, index: 0, width: 256, path: "tile/0/000" },
  { name: "tile 1234067", level: 0, index: 1_234_067, width: 256, path: "tile/0/x001/x234/067" },
  { name: "tile 1234067, partial", level: 0, index: 1_234_067, width: 5, path: "tile/0/x001/x234/067.p/5" },
  { name: "tile 999", level: 1, index: 999, width: 255, path: "tile/1/999.p/255" },
  { name: "tile 1000", level: 1, index: 1_000, width: 256, path: "tile/1/x001/000" },
  { name: "tile 1000000", level: 2, index: 1_000_000, width: 1, path: "tile/2/x001/x000/000.p/1" },
  { name: "the last level", level: 63, index: 0, width: 1, path: "tile/63/000.p/1" },
  { name: "entries 0", level: null, index: 0, width: 256, path: "tile/entries/000" },
  { name: "entries 273, partial", level: null, index: 273, width: 112, path: "tile/entries/273.p/112" },
  {
    name: "entries 35184372088831",
    level: null,
    index: 2 ** 45 - 1,
    width: 255,
    path: "tile/entries/x035/x184/x372/x088/831.p/255",
  },
];

const LEVELS = [
  { name: "widths of an empty tree", kind: "levels", size: 0, levels: [] },
  { name: "widths of 1", kind: "levels", size: 1, levels: [{ level: 0, full: 0, partial: 1 }] },
  { name: "widths of 255", kind: "levels", size: 255, levels: [{ level: 0, full: 0, partial: 255 }] },
  {
    name: "widths of 256",
    kind: "levels",
    size: 256,
    levels: [
      { level: 0, full: 1, partial: 0 },
      { level: 1, full: 0, partial: 1 },
    ],
  },
  {
    name: "widths of 70000",
    kind: "levels",
    size: 70_000,
    levels: [
      { level: 0, full: 273, partial: 112 },
      { level: 1, full: 1, partial: 17 },
      { level: 2, full: 0, partial: 1 },
    ],
  },
  {
    name: "widths of 2^53 - 1",
    kind: "levels",
    size: Number.MAX_SAFE_INTEGER,
    levels: [
      { level: 0, full: 2 ** 45 - 1, partial: 255 },
      { level: 1, full: 2 ** 37 - 1, partial: 255 },
      { level: 2, full: 2 ** 29 - 1, partial: 255 },
      { level: 3, full: 2 ** 21 - 1, partial: 255 },
      { level: 4, full: 2 ** 13 - 1, partial: 255 },
      { level: 5, full: 2 ** 5 - 1, partial: 255 },
      { level: 6, full: 0, partial: 31 },
    ],
  },
];

const BUNDLES = [
  { name: "one empty entry", kind: "bundle", hex: "0000", entries: [""] },
  { name: "three entries", kind: "bundle", hex: "000161000000026263", entries: ["61", "", "6263"] },
  { name: "a length of two bytes", kind: "bundle", hex: `0102${"07".repeat(258)}`, entries: ["07".repeat(258)] },
  { name: "256 entries", kind: "bundle", hex: "000107".repeat(256), entries: Array.from({ length: 256 }, () => "07") },
];

const BAD_PATHS = [
  { name: "level 64", kind: "path", level: 64, index: 0, width: 256 },
  { name: "level -1", kind: "path", level: -1, index: 0, width: 256 },
  { name: "index -1", kind: "path", level: 0, index: -1, width: 256 },
  { name: "index 2^53", kind: "path", level: 0, index: 2 ** 53, width: 256 },
  { name: "width 0", kind: "path", level: 0, index: 0, width: 0 },
  { name: "width 257", kind: "path", level: 0, index: 0, width: 257 },
  { name: "entries of width 0", kind: "path", level: null, index: 0, width: 0 },
];

const BAD_BUNDLES = [
  { name: "no entry", kind: "bundle", hex: "" },
  { name: "half a length", kind: "bundle", hex: "00" },
  { name: "an entry cut short", kind: "bundle", hex: "000261" },
  { name: "a byte too many", kind: "bundle", hex: "00016100" },
  { name: "257 entries", kind: "bundle", hex: hex(new Uint8Array(2 * 257)) },
];
