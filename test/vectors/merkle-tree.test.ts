import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromBase64, fromHex, toHex } from "../../protocol/bytes.ts";
import { coverCoordinates, emptyRange, extendRange, rangeRoot } from "../../protocol/merkle/compact-range.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "../../protocol/merkle/hash.ts";
import { verifyConsistency, verifyInclusion } from "../../protocol/merkle/proof.ts";
import { testData } from "../data.ts";
import { sha256 } from "../primitives.ts";
import { readVectors } from "./vector-file.ts";

const hex = z.string().transform((text) => fromHex(text));
// Numbers past 2^53 - 1 lose their last digits here, and must be refused all the same.
const decimal = z.string().transform(Number);

const inclusion = z.object({
  name: z.string(),
  kind: z.literal("inclusion"),
  index: decimal,
  size: decimal,
  leafHash: hex,
  root: hex,
  proof: z.array(hex),
});
const consistency = z.object({
  name: z.string(),
  kind: z.literal("consistency"),
  size1: decimal,
  root1: hex,
  size2: decimal,
  root2: hex,
  proof: z.array(hex),
});
const leaf = z.object({ name: z.string(), kind: z.literal("leaf"), leaf: hex, hash: z.string() });
const node = z.object({ name: z.string(), kind: z.literal("node"), left: hex, right: hex, hash: z.string() });
const root = z.object({ name: z.string(), kind: z.literal("root"), leaves: z.array(hex), root: z.string() });
const cover = z.object({
  name: z.string(),
  kind: z.literal("cover"),
  begin: decimal,
  end: decimal,
  cover: z.array(z.object({ level: z.number(), index: decimal })),
});

const valid = z.discriminatedUnion("kind", [leaf, node, root, inclusion, consistency, cover]);
const vectors = readVectors("merkle-tree", valid, z.discriminatedUnion("kind", [inclusion, consistency]));

describe("docs/spec/vectors/merkle-tree.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    expect(judge(vector)).toBe(true);
  });

  it.each(vectors.invalid)("refused: $name", (vector) => {
    expect(judge(vector)).toBe(false);
  });
});

describe("transparency-dev/merkle testdata/inclusion", () => {
  const path = testData("vectors/merkle-inclusion.json");
  const base64 = z.string().transform((text) => fromBase64(text));
  const schema = z.array(
    z.object({
      leafIdx: decimal,
      treeSize: decimal,
      root: base64.nullable(),
      leafHash: base64.nullable(),
      proof: z.array(base64.nullable()).nullable(),
      wantErr: z.boolean(),
      file: z.string(),
    }),
  );

  it.skipIf(path === undefined)("is answered as its authors answer it", () => {
    const cases = schema.parse(JSON.parse(readFileSync(path ?? "", "utf8")));
    expect(cases.length).toBe(98);
    const none = new Uint8Array(0);
    for (const { leafIdx: index, treeSize: size, wantErr, file: name, ...rest } of cases) {
      const proof = (rest.proof ?? []).map((hash) => hash ?? none);
      const answer = verifyInclusion(sha256, {
        index,
        size,
        leafHash: rest.leafHash ?? none,
        root: rest.root ?? none,
        proof,
      });
      expect([name, answer]).toEqual([name, !wantErr]);
    }
  });
});

function judge(vector: z.infer<typeof valid>): boolean {
  switch (vector.kind) {
    case "leaf":
      return toHex(leafHash(sha256, vector.leaf)) === vector.hash;
    case "node":
      return toHex(nodeHash(sha256, vector.left, vector.right)) === vector.hash;
    case "root":
      return toHex(rootOf(vector.leaves)) === vector.root;
    case "inclusion":
      return verifyInclusion(sha256, vector);
    case "consistency":
      return verifyConsistency(sha256, vector);
    case "cover":
      expect(coverCoordinates(vector.begin, vector.end)).toEqual(vector.cover);
      return true;
  }
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const hashes = leaves.map((bytes) => leafHash(sha256, bytes));
  const range = extendRange(sha256, emptyRange(0), hashes);
  if (leaves.length === 0) expect(rangeRoot(sha256, range)).toEqual(EMPTY_ROOT(sha256));
  return rangeRoot(sha256, range);
}
