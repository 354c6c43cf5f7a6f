import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../protocol/format-error.ts";
import {
  appendLeafHash,
  coverCoordinates,
  emptyRange,
  extendRange,
  mergeRanges,
  rangeOf,
  rangeRoot,
} from "../../protocol/merkle/compact-range.ts";
import type { CompactRange } from "../../protocol/merkle/compact-range.ts";
import { sha256 } from "../primitives.ts";
import { NaiveTree } from "./naive-tree.ts";

const tree = new NaiveTree();
const size = fc.nat(140);
const three = fc.tuple(size, size, size).map((values) => values.sort((a, b) => a - b) as [number, number, number]);

describe("a compact range", () => {
  it("has the root that the recursive definition has, at every size", () => {
    let range = emptyRange(0);
    for (let end = 1; end <= 140; end++) {
      range = appendLeafHash(sha256, range, tree.leaf(end - 1));
      expect(rangeRoot(sha256, range)).toEqual(tree.hash(0, end));
    }
  });

  it("consists of the nodes of its cover", () => {
    fc.assert(
      fc.property(three, ([begin, , end]) => {
        expect(rangeFrom(begin, end)).toEqual(covered(begin, end));
        expect(rangeOf(begin, end, covered(begin, end).hashes)).toEqual(covered(begin, end));
      }),
    );
  });

  it("is the same, merged or appended", () => {
    fc.assert(
      fc.property(three, ([begin, middle, end]) => {
        const left = rangeFrom(begin, middle);
        const right = rangeFrom(middle, end);
        expect(mergeRanges(sha256, left, right)).toEqual(rangeFrom(begin, end));
        expect(extendRange(sha256, left, leaves(middle, end))).toEqual(rangeFrom(begin, end));
        expect(left).toEqual(covered(begin, middle));
      }),
    );
  });

  it("tells of each complete node once, children first", () => {
    fc.assert(
      fc.property(three, ([begin, middle, end]) => {
        const told: string[] = [];
        const tell = (level: number, index: number, hash: Uint8Array): void => {
          expect(hash).toEqual(tree.hash(index * 2 ** level, (index + 1) * 2 ** level));
          if (level > 0)
            expect(
              told.includes(`${level - 1}/${2 * index + 1}`) || index * 2 ** level + 2 ** (level - 1) >= middle,
            ).toBe(true);
          told.push(`${level}/${index}`);
        };
        const left = extendRange(sha256, emptyRange(begin), leaves(begin, middle), tell);
        const right = extendRange(sha256, emptyRange(middle), leaves(middle, end), tell);
        mergeRanges(sha256, left, right, tell);
        expect(told.toSorted()).toEqual(completeNodes(begin, end).toSorted());
      }),
    );
  });

  it("covers without gap or overlap by the largest aligned subtrees, to the largest size", () => {
    const near = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(1000).map((back) => Number.MAX_SAFE_INTEGER - back),
      fc.nat(2 ** 33),
    );
    fc.assert(
      fc.property(near, near, (a, b) => {
        const [begin, end] = [Math.min(a, b), Math.max(a, b)];
        let at = BigInt(begin);
        for (const { level, index } of coverCoordinates(begin, end)) {
          const width = 2n ** BigInt(level);
          expect(BigInt(index) * width).toBe(at);
          expect(at % (2n * width) !== 0n || at + 2n * width > BigInt(end)).toBe(true);
          at += width;
        }
        expect(at).toBe(BigInt(end));
      }),
    );
  });

  it("from a stranger is refused unless it fits", () => {
    const hashes = [tree.leaf(0)];
    for (const [begin, end] of [
      [0, 0],
      [0, 3],
      [-1, 0],
      [0.5, 1.5],
      [1, 0],
      [0, 2 ** 53],
    ] as const) {
      expect(() => rangeOf(begin, end, hashes)).toThrow(FormatError);
    }
    expect(() => rangeOf(0, 1, [new Uint8Array(31)])).toThrow(FormatError);
    expect(() => mergeRanges(sha256, rangeFrom(0, 2), rangeFrom(3, 4))).toThrow(FormatError);
    expect(() => rangeRoot(sha256, rangeFrom(1, 2))).toThrow(FormatError);
  });
});

function leaves(begin: number, end: number): Uint8Array[] {
  return Array.from({ length: end - begin }, (_, i) => tree.leaf(begin + i));
}

function rangeFrom(begin: number, end: number): CompactRange {
  return extendRange(sha256, emptyRange(begin), leaves(begin, end));
}

function covered(begin: number, end: number): CompactRange {
  const hashes = coverCoordinates(begin, end).map(({ level, index }) =>
    tree.hash(index * 2 ** level, (index + 1) * 2 ** level),
  );
  return { begin, end, hashes };
}

function completeNodes(begin: number, end: number): string[] {
  const nodes: string[] = [];
  for (let level = 0; 2 ** level <= end - begin; level++) {
    for (let index = Math.ceil(begin / 2 ** level); (index + 1) * 2 ** level <= end; index++)
      nodes.push(`${level}/${index}`);
  }
  return nodes;
}
