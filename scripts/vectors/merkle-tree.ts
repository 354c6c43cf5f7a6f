import { hex, sha256, unhex } from "./tools.ts";
import type { Case, Vectors } from "./tools.ts";

const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** A tree by its leaf hashes, which may be equal and many: `hashOf(begin, end)` is MTH(D[begin:end]). */
type Tree = { readonly hashOf: (begin: bigint, end: bigint) => Uint8Array };

type Inclusion = { index: string; size: string; leafHash: string; root: string; proof: string[] };
type Consistency = { size1: string; root1: string; size2: string; root2: string; proof: string[] };

export function merkleTree(): Vectors {
  return {
    format: "merkle-tree",
    source:
      "hashes and roots: transparency-dev/merkle rfc6962/rfc6962_test.go; proofs: the recursive definitions of RFC 9162 " +
      "over the same leaves, and over trees whose leaves are all empty. Numbers are decimal text, hashes hex.",
    valid: [...hashCases(), ...rootCases(), ...inclusionCases(), ...consistencyCases(), ...coverCases()],
    invalid: [...badInclusions(), ...badConsistencies()].map((entry) => ({ ...entry, code: "PROOF_INVALID" })),
  };
}

function hashCases(): Case[] {
  return [
    { name: "empty leaf", kind: "leaf", leaf: "", hash: ROOTS[1] },
    {
      name: "leaf L123456",
      kind: "leaf",
      leaf: hex(Buffer.from("L123456")),
      hash: "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
    },
    {
      // The children have four bytes each, as in the test that this comes from: a check of the prefix alone.
      name: "node of N123 and N456",
      kind: "node",
      left: hex(Buffer.from("N123")),
      right: hex(Buffer.from("N456")),
      hash: "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb",
    },
  ];
}

function rootCases(): Case[] {
  return ROOTS.map((root, size) => ({ name: `root of ${size}`, kind: "root", leaves: LEAVES.slice(0, size), root }));
}

function inclusionCases(): Case[] {
  const small = range(1, 8).flatMap((size) => range(0, size - 1n).map((index) => includes(classic, index, size)));
  return [...small, ...LARGE.map(([index, size]) => includes(uniform, index, size))].map((proof) => ({
    name: `inclusion of ${proof.index} in ${proof.size}`,
    kind: "inclusion",
    ...proof,
  }));
}

function consistencyCases(): Case[] {
  const small = range(1, 8).flatMap((size2) => range(1, size2).map((size1) => continues(classic, size1, size2)));
  return [...small, ...LARGE.slice(1).map(([size1, size2]) => continues(uniform, size1, size2))].map((proof) => ({
    name: `consistency of ${proof.size1} and ${proof.size2}`,
    kind: "consistency",
    ...proof,
  }));
}

function coverCases(): Case[] {
  const covers: readonly (readonly [number, number, readonly (readonly [number, number])[]])[] = [
    [0, 0, []],
    [5, 5, []],
    [0, 1, [[0, 0]]],
    [0, 8, [[3, 0]]],
    [
      0,
      7,
      [
        [2, 0],
        [1, 2],
        [0, 6],
      ],
    ],
    [
      3,
      9,
      [
        [0, 3],
        [2, 1],
        [0, 8],
      ],
    ],
    [
      1,
      8,
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    ],
    [
      6,
      13,
      [
        [1, 3],
        [2, 2],
        [0, 12],
      ],
    ],
    [
      2 ** 32,
      2 ** 32 + 3,
      [
        [1, 2 ** 31],
        [0, 2 ** 32 + 2],
      ],
    ],
    [
      2 ** 53 - 4,
      2 ** 53 - 1,
      [
        [1, 2 ** 52 - 2],
        [0, 2 ** 53 - 2],
      ],
    ],
  ];
  return covers.map(([begin, end, cover]) => ({
    name: `compact range of ${begin} to ${end}`,
    kind: "cover",
    begin: String(begin),
    end: String(end),
    cover: cover.map(([level, index]) => ({ level, index: String(index) })),
  }));
}

function badInclusions(): Case[] {
  const good = includes(classic, 5n, 8n);
  const edge = includes(classic, 6n, 7n);
  const single = includes(classic, 0n, 1n);
  const cases: Record<string, Inclusion> = {
    "index one less": { ...good, index: "4" },
    "index one more": { ...good, index: "6" },
    "index with another bit": { ...good, index: "7" },
    "index equal to the size": { ...good, index: "8" },
    "index 2^53": { ...good, index: "9007199254740992" },
    "index 2^64 - 1": { ...good, index: "18446744073709551615" },
    "size 2^64 - 1": { ...good, size: "18446744073709551615" },
    "size 0": { ...single, size: "0" },
    "half the size": { ...good, size: "4" },
    "twice the size": { ...good, size: "16" },
    "an empty proof": { ...good, proof: [] },
    "the last hash missing": { ...good, proof: good.proof.slice(0, -1) },
    "the first hash missing": { ...good, proof: good.proof.slice(1) },
    "a hash too many": { ...good, proof: [...good.proof, good.root] },
    "a hash too many in front": { ...good, proof: [good.leafHash, ...good.proof] },
    "an empty hash at the end": { ...good, proof: [...good.proof, ""] },
    "a hash of 31 bytes": { ...good, proof: good.proof.map((hash, i) => (i === 1 ? hash.slice(2) : hash)) },
    "a wrong bit in the proof": { ...good, proof: good.proof.map((hash, i) => (i === 1 ? flip(hash) : hash)) },
    "two hashes exchanged": { ...good, proof: [...good.proof].reverse() },
    "another root": { ...good, root: ROOTS[7] ?? "" },
    "another leaf hash": { ...good, leafHash: flip(good.leafHash) },
    "a root of 31 bytes": { ...good, root: good.root.slice(2) },
    "right edge, a hash too many": { ...edge, proof: [...edge.proof, edge.root] },
    "right edge, a hash missing": { ...edge, proof: edge.proof.slice(0, -1) },
    "right edge, index as if in the middle": { ...edge, index: "2" },
    "empty root and leaf hash in a tree of one": { ...single, leafHash: "", root: "" },
    "tree of one with a proof": { ...single, proof: [single.root] },
    "tree of one, index 1": { ...single, index: "1" },
  };
  return Object.entries(cases).map(([name, proof]) => ({ name: `inclusion: ${name}`, kind: "inclusion", ...proof }));
}

function badConsistencies(): Case[] {
  const good = continues(classic, 6n, 8n);
  const power = continues(classic, 4n, 7n);
  const same = continues(classic, 3n, 3n);
  const cases: Record<string, Consistency> = {
    "size1 0": { ...good, size1: "0", root1: ROOTS[0] ?? "", proof: [] },
    "both sizes 0": { size1: "0", root1: ROOTS[0] ?? "", size2: "0", root2: ROOTS[0] ?? "", proof: [] },
    "size1 one less": { ...good, size1: "5" },
    "size1 one more": { ...good, size1: "7" },
    "size1 over size2": { ...good, size1: "9" },
    "half of size2": { ...good, size2: "4" },
    "twice size2": { ...good, size2: "16" },
    "size2 2^53": { ...good, size2: "9007199254740992" },
    "roots exchanged": { ...good, root1: good.root2, root2: good.root1 },
    "another root1": { ...good, root1: ROOTS[5] ?? "" },
    "another root2": { ...good, root2: ROOTS[7] ?? "" },
    "root1 of 31 bytes": { ...good, root1: good.root1.slice(2) },
    "an empty proof": { ...good, proof: [] },
    "the last hash missing": { ...good, proof: good.proof.slice(0, -1) },
    "the first hash missing": { ...good, proof: good.proof.slice(1) },
    "a hash too many": { ...good, proof: [...good.proof, good.root2] },
    "a hash too many in front": { ...good, proof: [good.root1, ...good.proof] },
    "an empty hash at the end": { ...good, proof: [...good.proof, ""] },
    "a wrong bit in the proof": { ...good, proof: good.proof.map((hash, i) => (i === 1 ? flip(hash) : hash)) },
    "power of two, its root in front": { ...power, proof: [power.root1, ...power.proof] },
    "power of two, another root1": { ...power, root1: flip(power.root1) },
    "one size, a proof": { ...same, proof: [same.root1] },
    "one size, two roots": { ...same, root2: flip(same.root2) },
  };
  return Object.entries(cases).map(([name, proof]) => ({
    name: `consistency: ${name}`,
    kind: "consistency",
    ...proof,
  }));
}

/** Pairs of the large proofs: past 32 bits, and up to the largest size. */
const LARGE: readonly (readonly [bigint, bigint])[] = [
  [0n, 2n ** 53n - 1n],
  [2n ** 31n, 2n ** 32n + 5n],
  [2n ** 32n, 2n ** 32n + 1n],
  [2n ** 52n + 12_345n, 2n ** 53n - 1n],
  [2n ** 53n - 2n, 2n ** 53n - 1n],
];

const classic: Tree = { hashOf: (begin, end) => mth(LEAVES.slice(Number(begin), Number(end))) };

const uniformHashes = new Map<bigint, Uint8Array>();
/** All leaves are empty, so that the hash of a range depends on its length alone. */
const uniform: Tree = {
  hashOf: (begin, end) => {
    const size = end - begin;
    const known = uniformHashes.get(size);
    if (known !== undefined) return known;
    const split = splitPoint(size);
    const hash = size === 1n ? sha256("\x00") : sha256("\x01", uniform.hashOf(0n, split), uniform.hashOf(split, size));
    uniformHashes.set(size, hash);
    return hash;
  },
};

/** MTH of RFC 9162 §2.1.1. */
function mth(leaves: readonly string[]): Uint8Array {
  if (leaves.length === 0) return sha256("");
  if (leaves.length === 1) return sha256("\x00", unhex(leaves[0] ?? ""));
  const split = Number(splitPoint(BigInt(leaves.length)));
  return sha256("\x01", mth(leaves.slice(0, split)), mth(leaves.slice(split)));
}

function includes(tree: Tree, index: bigint, size: bigint): Inclusion {
  const [leafHash, root] = [tree.hashOf(index, index + 1n), tree.hashOf(0n, size)].map(hex);
  const proof = path(tree, index, 0n, size).map(hex);
  return { index: String(index), size: String(size), leafHash: leafHash ?? "", root: root ?? "", proof };
}

/** PATH(m, D_n) of RFC 9162 §2.1.3.1, over D[begin:end]. */
function path(tree: Tree, index: bigint, begin: bigint, end: bigint): Uint8Array[] {
  if (end - begin === 1n) return [];
  const split = begin + splitPoint(end - begin);
  return index < split
    ? [...path(tree, index, begin, split), tree.hashOf(split, end)]
    : [...path(tree, index, split, end), tree.hashOf(begin, split)];
}

function continues(tree: Tree, size1: bigint, size2: bigint): Consistency {
  const [root1, root2] = [tree.hashOf(0n, size1), tree.hashOf(0n, size2)].map(hex);
  const proof = subproof(tree, size1, 0n, size2, true).map(hex);
  return { size1: String(size1), root1: root1 ?? "", size2: String(size2), root2: root2 ?? "", proof };
}

/** SUBPROOF(m, D_n, b) of RFC 9162 §2.1.4.1, over D[begin:end]. */
function subproof(tree: Tree, size1: bigint, begin: bigint, end: bigint, whole: boolean): Uint8Array[] {
  if (size1 === end) return whole ? [] : [tree.hashOf(begin, end)];
  const split = begin + splitPoint(end - begin);
  return size1 <= split
    ? [...subproof(tree, size1, begin, split, whole), tree.hashOf(split, end)]
    : [...subproof(tree, size1, split, end, false), tree.hashOf(begin, split)];
}

/** The largest power of two less than `size`. */
function splitPoint(size: bigint): bigint {
  let split = 1n;
  while (split * 2n < size) split *= 2n;
  return split;
}

function range(first: number, last: number | bigint): bigint[] {
  const values: bigint[] = [];
  for (let value = BigInt(first); value <= BigInt(last); value++) values.push(value);
  return values;
}

/** The hash with its lowest bit changed. */
function flip(hash: string): string {
  return hash.slice(0, -1) + (Number.parseInt(hash.slice(-1), 16) ^ 1).toString(16);
}
