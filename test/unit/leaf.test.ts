import { describe, expect, it } from "vitest";
import { encodeCbor } from "../../protocol/cbor.ts";
import { formatLeaf, readLeaf } from "../../protocol/leaf/leaf.ts";
import type { Leaf } from "../../protocol/leaf/leaf.ts";
import { MAX_LEAF_SIZE } from "../../protocol/limits.ts";
import { codeOf } from "../vectors/vector-file.ts";

const time = 1_800_000_000;
const digest = new Uint8Array(32);

/** Of a kind that nobody knows. */
const leafOfSize = (size: number): Uint8Array => {
  const leaf = (length: number): Uint8Array => encodeCbor(["memo", time, new Uint8Array(length)]);
  return leaf(size - leaf(60_000).length + 60_000);
};

describe("the size of a leaf", () => {
  it("is at most 65 535 bytes, whatever its kind", () => {
    expect(leafOfSize(MAX_LEAF_SIZE)).toHaveLength(65_535);
    expect(readLeaf(leafOfSize(MAX_LEAF_SIZE)).status).toBe("unknown");
    expect(readLeaf(leafOfSize(MAX_LEAF_SIZE + 1)).status).toBe("malformed");
  });

  it("holds for what we write", () => {
    const note = (length: number): Leaf => ({ kind: "charter", time, note: "x".repeat(length) });
    const room = MAX_LEAF_SIZE - formatLeaf(note(60_000)).length + 60_000;
    expect(formatLeaf(note(room))).toHaveLength(MAX_LEAF_SIZE);
    expect(codeOf(() => formatLeaf(note(room + 1)))).toBe("LEAF_MALFORMED");
  });
});

describe("what is never written", () => {
  it.each<[string, Leaf]>([
    ["a time in milliseconds", { kind: "followers", time: 1_800_000_000_000, ids: [] }],
    ["followers not sorted", { kind: "followers", time, ids: [digest.map(() => 2), digest] }],
    ["a record without parts", { kind: "record", time, parts: [] }],
    ["a part of no Padmé size", { kind: "record", time, parts: [{ audience: 0, digest, size: 641 }] }],
    ["a digest of 31 bytes", { kind: "record", time, parts: [{ audience: 0, digest: digest.subarray(1), size: 640 }] }],
    ["an audience of three tags", { kind: "audience", time, nonce: digest.subarray(16), tags: [], digest, size: 640 }],
    ["a grant of nothing", { kind: "grant", time, audience: 0, items: [], approval: "" }],
    [
      "an erasure without a ground",
      { kind: "erase", time, items: [{ epoch: 0, index: 0, part: 0 }], ground: "", approval: "" },
    ],
  ])("%s", (_, leaf) => expect(codeOf(() => formatLeaf(leaf))).toBe("LEAF_MALFORMED"));

  it("a fraction, or text that has no UTF-8", () => {
    expect(codeOf(() => formatLeaf({ kind: "followers", time: time + 0.5, ids: [] }))).toBe("CBOR_NOT_CANONICAL");
    expect(codeOf(() => formatLeaf({ kind: "charter", time, note: "\ud800" }))).toBe("CBOR_MALFORMED");
  });
});

describe("a leaf read", () => {
  it("has views of the bytes", () => {
    const bytes = formatLeaf({ kind: "record", time, parts: [{ audience: 0, digest, size: 640 }] });
    const reading = readLeaf(bytes);
    if (reading.status !== "known" || reading.leaf.kind !== "record") throw new Error("not a record");
    expect(reading.leaf.parts[0]?.digest.buffer).toBe(bytes.buffer);
  });
});
