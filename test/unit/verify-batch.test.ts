import { describe, expect, it } from "vitest";
import { checkChain } from "../../protocol/charter-chain.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { formatLeaf, type Leaf } from "../../protocol/leaf/leaf.ts";
import {
  coverCoordinates,
  emptyRange,
  extendRange,
  type NodeCoordinate,
  rangeRoot,
} from "../../protocol/merkle/compact-range.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart } from "../../protocol/part.ts";
import {
  BatchRefusal,
  type BatchRefusalCode,
  type FollowedLog,
  signedCheckpoint,
  verifyBatch,
} from "../../protocol/verify-batch.ts";
import type { Batch } from "../../protocol/wire/batch.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { rotate } from "../support/rotation.ts";

const TIME = 1_800_000_000;
const owner = makeAuthority("owner.example", new Prng("verify-batch owner"));
const thief = makeAuthority("owner.example", new Prng("verify-batch thief"));
const ID = owner.chain.id;
const part = (n: number): Uint8Array =>
  formatPart({
    ownerId: ID,
    salt: new Uint8Array(32).fill(n),
    name: "",
    type: "text/plain",
    content: new Uint8Array(40).fill(n),
  });
const record = (n: number): Leaf => ({
  kind: "record",
  time: TIME,
  parts: [{ audience: 0, digest: partDigest(sha256, part(n)), size: part(n).length }],
});

const LEAVES = [
  formatLeaf({ kind: "charter", time: TIME, note: owner.charter }),
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => formatLeaf(record(n))),
];

function tree(leaves: readonly Uint8Array[]): { root: Uint8Array; node: (at: NodeCoordinate) => Uint8Array } {
  const nodes = new Map<string, Uint8Array>();
  const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
  const range = extendRange(sha256, emptyRange(0), hashes, (level, index, hash) =>
    nodes.set(`${level}/${index}`, hash),
  );
  return { root: rangeRoot(sha256, range), node: ({ level, index }) => nodes.get(`${level}/${index}`) ?? ID };
}

function note(leaves: readonly Uint8Array[], key = owner.keys.log): string {
  const text = formatCheckpoint({ origin: "owner.example", size: leaves.length, root: tree(leaves).root });
  return `${text}\n${createNoteSigner("owner.example", key).sign(text)}\n`;
}

function batch(from: number, to: number, leaves: readonly Uint8Array[] = LEAVES): Batch {
  const { node } = tree(leaves);
  return {
    id: ID,
    epoch: 0,
    from,
    leaves: leaves.slice(from, to),
    parts: leaves
      .slice(from, to)
      .flatMap((_, offset) => (from + offset === 0 ? [] : [{ offset, part: 0, bytes: part(from + offset) }])),
    right: coverCoordinates(to, leaves.length).map(node),
    checkpoint: note(leaves),
  };
}

const EMPTY: FollowedLog = {
  name: "owner.example",
  id: ID,
  epoch: 0,
  chain: owner.chain,
  range: emptyRange(0),
  seen: undefined,
  floor: undefined,
  last: undefined,
};
const take = (log: FollowedLog, one: Batch): FollowedLog => verifyBatch(CRYPTO, log, one, 8).next;

function refusal(log: FollowedLog, one: Batch): BatchRefusalCode | "taken" {
  try {
    take(log, one);
    return "taken";
  } catch (error) {
    if (error instanceof BatchRefusal) return error.code;
    throw error;
  }
}

describe("a batch", () => {
  it("is taken in any cuts, and leads to the signed root", () => {
    for (let cut = 1; cut < LEAVES.length; cut++) {
      const after = take(take(EMPTY, batch(0, cut)), batch(cut, LEAVES.length));
      expect(rangeRoot(sha256, after.range)).toEqual(tree(LEAVES).root);
    }
  });

  it("is refused unless it is the next one", () => {
    expect(refusal(EMPTY, batch(1, 3))).toBe("BATCH_NOT_NEXT");
    expect(refusal(take(EMPTY, batch(0, 3)), batch(0, 3))).toBe("BATCH_NOT_NEXT");
  });

  it("is refused with another leaf, another order, another hash to its right", () => {
    const good = batch(0, 4);
    const [a, b, c, d] = good.leaves;
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("four leaves");
    expect(refusal(EMPTY, { ...good, parts: [], leaves: [a, c, b, d] })).toBe("BATCH_ROOT");
    expect(refusal(EMPTY, { ...good, parts: [], leaves: [a, b, c, formatLeaf(record(9))] })).toBe("BATCH_ROOT");
    expect(refusal(EMPTY, { ...good, right: good.right.map(() => new Uint8Array(32)) })).toBe("BATCH_ROOT");
    expect(refusal(EMPTY, { ...good, right: [] })).toBe("BATCH_MALFORMED");
  });

  it("is refused under a checkpoint that the key in force did not sign, or of another log", () => {
    expect(refusal(EMPTY, { ...batch(0, 4), checkpoint: note(LEAVES, thief.keys.log) })).toBe("BATCH_SIGNATURE");
    expect(refusal({ ...EMPTY, name: "other.example" }, batch(0, 4))).toBe("BATCH_ORIGIN");
    expect(refusal(EMPTY, { ...batch(0, 4), checkpoint: "not a note" })).toBe("BATCH_SIGNATURE");
  });

  it("is refused beyond its checkpoint", () => {
    expect(refusal(EMPTY, { ...batch(0, 6), checkpoint: note(LEAVES.slice(0, 4)) })).toBe("BATCH_BEYOND_CHECKPOINT");
  });

  it("is refused with a part that its leaf does not commit to", () => {
    const good = batch(0, 3);
    expect(refusal(EMPTY, { ...good, parts: [{ offset: 1, part: 0, bytes: part(2) }] })).toBe("BATCH_PART");
    expect(refusal(EMPTY, { ...good, parts: [{ offset: 1, part: 1, bytes: part(1) }] })).toBe("BATCH_PART");
    expect(refusal(EMPTY, { ...good, parts: [{ offset: 0, part: 0, bytes: part(1) }] })).toBe("BATCH_PART");
  });

  it("is refused where it contradicts the charters that we were given", () => {
    const other = [formatLeaf({ kind: "charter", time: TIME, note: thief.charter }), ...LEAVES.slice(1)];
    expect(refusal(EMPTY, { ...batch(0, 4, other) })).toBe("BATCH_CHARTER");
    const none = [formatLeaf(record(1)), ...LEAVES.slice(1)];
    expect(refusal(EMPTY, { ...batch(0, 4, none), parts: [] })).toBe("BATCH_CHARTER");
  });

  it("is refused as a fork where it passes a size at which another root was signed", () => {
    const branch = [
      ...LEAVES.slice(0, 5),
      formatLeaf(record(50)),
      formatLeaf(record(51)),
      formatLeaf(record(52)),
      formatLeaf(record(53)),
    ];
    const seen = signedCheckpoint(CRYPTO, EMPTY, owner.chain, note(branch.slice(0, 6)));
    expect(refusal({ ...EMPTY, seen }, batch(0, 8))).toBe("BATCH_FORK");
    const floor = { ...EMPTY, floor: seen };
    expect(refusal(floor, batch(0, 8))).toBe("BATCH_FORK");
    expect(refusal(floor, { ...batch(0, 8, branch), parts: [] })).toBe("taken");
    expect(
      refusal({ ...EMPTY, seen: signedCheckpoint(CRYPTO, EMPTY, owner.chain, note(branch.slice(0, 8))) }, batch(0, 4)),
    ).toBe("BATCH_FORK");
  });

  it("is refused below the checkpoint with which the peer was added", () => {
    const floor = signedCheckpoint(CRYPTO, EMPTY, owner.chain, note(LEAVES));
    expect(refusal({ ...EMPTY, floor }, batch(0, 4, LEAVES.slice(0, 5)))).toBe("BATCH_BELOW_FLOOR");
    expect(take({ ...EMPTY, floor }, batch(0, 8)).floor).toBeUndefined();
  });

  it("keeps an invalid charter leaf, with an alarm and without effect", () => {
    const leaves = [...LEAVES, formatLeaf({ kind: "charter", time: TIME, note: thief.charter })];
    const verified = verifyBatch(CRYPTO, EMPTY, { ...batch(0, 9, leaves), parts: [] }, 8);
    expect(verified.alarms).toHaveLength(1);
    expect(verified.next.chain).toBe(owner.chain);
    expect(verified.charters).toEqual([]);
  });
});

describe("the two authorities of this test", () => {
  it("have valid charters and one name", () => {
    expect(checkChain(thief.chain.entries, CRYPTO).ok).toBe(true);
    expect(thief.chain.name).toBe(owner.chain.name);
  });
});

describe("a batch that brings a charter with another log key", () => {
  const { note: next, key } = rotate(owner, "log", "verify-batch");
  const rotated = [
    ...LEAVES.slice(0, 4),
    formatLeaf({ kind: "charter", time: TIME, note: next }),
    ...LEAVES.slice(4).map((_, n) => formatLeaf(record(20 + n))),
  ];
  const whole = { ...batch(0, rotated.length, rotated), parts: [] };

  it("is taken under the new key alone, also if its checkpoint was seen before", () => {
    const [old, fresh] = [note(rotated), note(rotated, key)];
    expect(refusal(EMPTY, { ...whole, checkpoint: old })).toBe("BATCH_SIGNATURE");
    expect(refusal(EMPTY, { ...whole, checkpoint: fresh })).toBe("taken");
    const seen = signedCheckpoint(CRYPTO, EMPTY, EMPTY.chain, old);
    expect(refusal({ ...EMPTY, seen }, { ...whole, checkpoint: old })).toBe("BATCH_SIGNATURE");
    const taken = verifyBatch(CRYPTO, { ...EMPTY, seen }, { ...whole, checkpoint: fresh }, 8);
    expect(taken.next.seen?.note).toBe(fresh);
    expect(taken.alarms).toEqual([expect.stringContaining("not in force")]);
  });
});

describe("our own log, taken back", () => {
  const at = (size: number): FollowedLog => ({ ...EMPTY, last: { size, root: tree(LEAVES.slice(0, size)).root } });

  it("is taken up to the head that was signed last, and not beyond or beside it", () => {
    expect(refusal(at(8), batch(0, 8))).toBe("taken");
    expect(refusal(at(7), batch(0, 8))).toBe("BATCH_BEYOND_LAST");
    expect(refusal({ ...EMPTY, last: { size: 8, root: new Uint8Array(32) } }, batch(0, 8))).toBe("BATCH_FORK");
  });
});
