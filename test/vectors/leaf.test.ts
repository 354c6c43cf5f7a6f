import { describe, expect, it } from "vitest";
import { z } from "zod";
import { concatBytes, fromHex, toHex } from "../../protocol/bytes.ts";
import { formatLeaf, readLeaf } from "../../protocol/leaf/leaf.ts";
import { plain } from "../plain.ts";
import { readVectors } from "./vector-file.ts";

const valid = z.discriminatedUnion("status", [
  z.object({ name: z.string(), hex: z.string(), status: z.literal("known"), leaf: z.looseObject({}) }),
  z.object({
    name: z.string(),
    hex: z.string(),
    zeros: z.number().optional(),
    status: z.literal("unknown"),
    kind: z.string(),
    critical: z.boolean(),
    time: z.number(),
  }),
]);
const vectors = readVectors("leaf", valid, z.object({ hex: z.string(), zeros: z.number().optional() }));

function bytesOf(hex: string, zeros = 0): Uint8Array {
  return concatBytes(fromHex(hex), new Uint8Array(zeros));
}

describe("docs/spec/vectors/leaf.json", () => {
  it.each(vectors.valid)("$status: $name", ({ name: _name, hex, ...rest }) => {
    const { zeros, ...expected } = { zeros: 0, ...rest };
    const reading = readLeaf(bytesOf(hex, zeros));
    expect(plain(reading)).toEqual(expected);
    if (reading.status === "known") expect(toHex(formatLeaf(reading.leaf))).toBe(hex);
  });

  it.each(vectors.invalid)("malformed: $name", ({ hex, zeros, code }) => {
    expect(code).toBe("LEAF_MALFORMED");
    expect(readLeaf(bytesOf(hex, zeros))).toEqual({ status: "malformed", reason: expect.any(String) });
  });
});
