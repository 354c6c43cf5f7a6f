import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import {
  decodeEntryBundle,
  encodeEntryBundle,
  entryBundlePath,
  partialWidth,
  tileLevels,
  tilePath,
} from "../../protocol/tlog-tiles.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const path = { level: z.number().nullable(), index: z.number(), width: z.number() };
const level = z.object({ level: z.number(), full: z.number(), partial: z.number() });
const valid = z.discriminatedUnion("kind", [
  z.object({ name: z.string(), kind: z.literal("path"), ...path, path: z.string() }),
  z.object({ name: z.string(), kind: z.literal("levels"), size: z.number(), levels: z.array(level) }),
  z.object({ name: z.string(), kind: z.literal("bundle"), hex: z.string(), entries: z.array(z.string()) }),
]);
const vectors = readVectors(
  "tlog-tiles",
  valid,
  z.object({
    kind: z.enum(["path", "bundle"]),
    level: path.level.optional(),
    index: path.index.optional(),
    width: path.width.optional(),
    hex: z.string().optional(),
  }),
);

describe("docs/spec/vectors/tlog-tiles.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    switch (vector.kind) {
      case "path":
        expect(pathOf(vector.level, vector.index, vector.width)).toBe(vector.path);
        break;
      case "levels":
        expect(tileLevels(vector.size)).toEqual(vector.levels);
        for (const { level: at, partial } of vector.levels) expect(partialWidth(at, vector.size)).toBe(partial);
        break;
      case "bundle":
        expect(decodeEntryBundle(fromHex(vector.hex)).map(toHex)).toEqual(vector.entries);
        expect(toHex(encodeEntryBundle(vector.entries.map((entry) => fromHex(entry))))).toBe(vector.hex);
        break;
    }
  });

  it.each(vectors.invalid)("refused: $name", ({ hex, level: at = null, index = 0, width = 0, code }) => {
    const act = (): unknown => (hex === undefined ? pathOf(at, index, width) : decodeEntryBundle(fromHex(hex)));
    expect(codeOf(act)).toBe(code);
  });
});

function pathOf(at: number | null, index: number, width: number): string {
  return at === null ? entryBundlePath(index, width) : tilePath(at, index, width);
}
