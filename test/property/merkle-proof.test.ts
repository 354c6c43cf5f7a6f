import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../protocol/format-error.ts";
import type { NodeCoordinate } from "../../protocol/merkle/compact-range.ts";
import {
  consistencyCoordinates,
  foldProof,
  inclusionCoordinates,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from "../../protocol/merkle/proof.ts";
import type { HashReader } from "../../protocol/merkle/proof.ts";
import { sha256 } from "../primitives.ts";
import { NaiveTree } from "./naive-tree.ts";

const tree = new NaiveTree();
const SIZE_MAX = 130;
const lookup = ({ level, index }: NodeCoordinate): Uint8Array =>
  tree.hash(index * 2 ** level, (index + 1) * 2 ** level);

describe("an inclusion proof", () => {
  it("is that of the recursive definition and verifies, at every index of every size", () => {
    for (let size = 1; size <= SIZE_MAX; size++) {
      for (let index = 0; index < size; index++) {
        const proof = foldProof(sha256, inclusionCoordinates(index, size), lookup);
        if (!same(proof, tree.path(index, 0, size))) expect.fail(`index ${index}, size ${size}`);
        if (!verifyInclusion(sha256, inclusion(index, size, proof))) expect.fail(`index ${index}, size ${size}`);
      }
    }
  });

  it("proves nothing else", () => {
    fc.assert(
      fc.property(pair(0), damage(), ([index, size], change) => {
        const good = inclusion(index, size, tree.path(index, 0, size));
        const other = inclusion((index + 1) % size, size, good.proof);
        if (size > 1) expect(verifyInclusion(sha256, other)).toBe(false);
        const proof = change(good.proof);
        if (!same(proof, good.proof)) expect(verifyInclusion(sha256, { ...good, proof })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("of numbers that are no index answers false", () => {
    for (const index of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(verifyInclusion(sha256, inclusion(index, 8, []))).toBe(false);
      expect(() => inclusionCoordinates(index, 8)).toThrow(FormatError);
    }
  });
});

describe("a consistency proof", () => {
  it("is that of the recursive definition and verifies, between any two sizes", () => {
    for (let size2 = 1; size2 <= SIZE_MAX; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const proof = foldProof(sha256, consistencyCoordinates(size1, size2), lookup);
        if (!same(proof, tree.subproof(size1, 0, size2, true))) expect.fail(`${size1} and ${size2}`);
        if (!verifyConsistency(sha256, consistency(size1, size2, proof))) expect.fail(`${size1} and ${size2}`);
      }
    }
  });

  it("proves nothing else", () => {
    fc.assert(
      fc.property(pair(1), damage(), ([size1, size2], change) => {
        const good = consistency(size1, size2, tree.subproof(size1, 0, size2, true));
        const fork = { ...good, root1: sha256(good.root1) };
        expect(verifyConsistency(sha256, fork)).toBe(false);
        const proof = change(good.proof);
        if (!same(proof, good.proof)) expect(verifyConsistency(sha256, { ...good, proof })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("from size 0 is neither made nor accepted", () => {
    expect(() => consistencyCoordinates(0, 5)).toThrow(FormatError);
    expect(verifyConsistency(sha256, { ...consistency(1, 5, []), size1: 0 })).toBe(false);
  });
});

describe("a prover", () => {
  it("asks its reader once, for complete nodes only", async () => {
    const asked: (readonly NodeCoordinate[])[] = [];
    const reader: HashReader = {
      readNodes: async (coordinates) => {
        asked.push(coordinates);
        return coordinates.map(lookup);
      },
    };
    expect(await proveInclusion(sha256, reader, 5, 107)).toEqual(tree.path(5, 0, 107));
    expect(await proveConsistency(sha256, reader, 70, 107)).toEqual(tree.subproof(70, 0, 107, true));
    expect(asked).toHaveLength(2);
    for (const { level, index } of asked.flat()) expect((index + 1) * 2 ** level).toBeLessThanOrEqual(107);
    expect(await proveInclusion(sha256, reader, 0, 1)).toEqual([]);
    expect(await proveConsistency(sha256, reader, 64, 64)).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it("refuses a reader that gives fewer nodes than it was asked for", async () => {
    const reader: HashReader = { readNodes: async () => [] };
    await expect(proveInclusion(sha256, reader, 0, 2)).rejects.toThrow(FormatError);
  });
});

function inclusion(index: number, size: number, proof: readonly Uint8Array[]) {
  const leaf = Number.isSafeInteger(index) && index >= 0 && index < SIZE_MAX ? index : 0;
  return { index, size, leafHash: tree.leaf(leaf), proof, root: tree.hash(0, size) };
}

function consistency(size1: number, size2: number, proof: readonly Uint8Array[]) {
  return { size1, root1: tree.hash(0, size1), size2, root2: tree.hash(0, size2), proof };
}

/** `[smaller, larger]` with `smaller` from `min` to less than `larger`. */
function pair(min: number): fc.Arbitrary<[number, number]> {
  return fc
    .integer({ min: min + 1, max: SIZE_MAX })
    .chain((larger) => fc.tuple(fc.integer({ min, max: larger - 1 }), fc.constant(larger)));
}

type Change = (proof: readonly Uint8Array[]) => Uint8Array[];

function damage(): fc.Arbitrary<Change> {
  const hash = fc.uint8Array({ minLength: 31, maxLength: 33 });
  return fc.oneof(
    fc.tuple(fc.nat(), hash).map(
      ([at, put]): Change =>
        (proof) =>
          proof.toSpliced(at % (proof.length + 1), 0, put),
    ),
    fc.nat().map(
      (at): Change =>
        (proof) =>
          proof.toSpliced(at % (proof.length + 1), 1),
    ),
    fc.tuple(fc.nat(), hash).map(
      ([at, put]): Change =>
        (proof) =>
          proof.toSpliced(at % (proof.length + 1), 1, put),
    ),
    fc.constant<Change>((proof) => proof.toReversed()),
  );
}

function same(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, i) => Buffer.compare(hash, b[i] ?? new Uint8Array(0)) === 0);
}
