import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { formatLeaf, readLeaf } from "../../protocol/leaf/leaf.ts";
import { plain } from "../plain.ts";
import { readVectors } from "./vector-file.ts";

const valid = z.discriminatedUnion("status", [
  z.object({ name: z.string(), hex: z.string(), status: z.literal("known"), leaf: z.looseObject({}) }),
  z.object({
    name: z.string(),
    hex: z.string(),
    status: z.literal("unknown"),
    kind: z.string(),
    critical: z.boolean(),
    time: z.number(),
  }),
]);
const vectors = readVectors("leaf", valid, z.object({ hex: z.string() }));

describe("docs/spec/vectors/leaf.json", () => {
  it.each(vectors.valid)("$status: $name", ({ name: _name, hex, ...expected }) => {
    const reading = readLeaf(fromHex(hex));
    expect(plain(reading)).toEqual(expected);
    if (reading.status === "known") expect(toHex(formatLeaf(reading.leaf))).toBe(hex);
  });

  it.each(vectors.invalid)("malformed: $name", ({ hex, code }) => {
    expect(code).toBe("LEAF_MALFORMED");
    expect(readLeaf(fromHex(hex))).toEqual({ status: "malformed", reason: expect.any(String) });
  });
});
