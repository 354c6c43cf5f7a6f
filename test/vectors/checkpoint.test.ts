import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toHex } from "../../protocol/bytes.ts";
import { formatCheckpoint, parseCheckpoint } from "../../protocol/checkpoint.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const valid = z.object({ name: z.string(), text: z.string(), origin: z.string(), size: z.number(), root: z.string() });
const vectors = readVectors("checkpoint", valid, z.object({ text: z.string() }));

describe("docs/spec/vectors/checkpoint.json", () => {
  it.each(vectors.valid)("$name", ({ text, origin, size, root }) => {
    const checkpoint = parseCheckpoint(text);
    expect({ ...checkpoint, root: toHex(checkpoint.root) }).toEqual({ origin, size, root });
    expect(formatCheckpoint(checkpoint)).toBe(text);
  });

  it.each(vectors.invalid)("refused: $name", ({ text, code }) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe(code);
  });
});
