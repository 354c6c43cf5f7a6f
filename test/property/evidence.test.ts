import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildNextCharter } from "../../keys/charter-builder.ts";
import { parseEvidence, formatEvidence } from "../../protocol/evidence.ts";
import { buildCharterEvidence, buildCheckpointEvidence, verifyEvidence } from "../../protocol/evidence-verify.ts";
import { forkProofCoordinates, recomputeRoots } from "../../protocol/fork-proof.ts";
import { MAX_EVIDENCE_SIZE } from "../../protocol/limits.ts";
import { foldProof } from "../../protocol/merkle/proof.ts";
import { crypto, extended, firstChain, rootSigners, signedCheckpoint, signer } from "../charter-fixture.ts";
import { NaiveTree } from "./naive-tree.ts";

const NAME = "nvwa.nl";
const { sha256 } = crypto;
const tree = new NaiveTree();
const chain = firstChain(NAME);
const log = signer(NAME);
const sizes = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }))
  .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

const hashesOf = (m: number, n: number): readonly Uint8Array[] =>
  foldProof(sha256, forkProofCoordinates(m, n), ({ level, index }) =>
    tree.hash(index * 2 ** level, (index + 1) * 2 ** level),
  );

describe("fork proofs", () => {
  it("give both roots of any two sizes", () => {
    fc.assert(
      fc.property(sizes, ([m, n]) => {
        fc.pre(m < n);
        const hashes = hashesOf(m, n);
        expect(hashes).toEqual(tree.subproof(m, 0, n, false));
        expect(recomputeRoots(sha256, m, n, hashes)).toEqual({ older: tree.hash(0, m), newer: tree.hash(0, n) });
      }),
    );
  });

  it("have as many hashes as the sizes need, whatever these are", () => {
    fc.assert(
      fc.property(sizes, ([m, n]) => {
        fc.pre(m < n);
        const hashes = hashesOf(m, n);
        expect(recomputeRoots(sha256, m, n, hashes.slice(0, -1))).toBeUndefined();
        expect(recomputeRoots(sha256, m, n, [...hashes, sha256(new Uint8Array(0))])).toBeUndefined();
      }),
    );
    for (const [m, n] of [
      [0, 1],
      [1, 1],
      [2, 1],
      [-1, 1],
      [0.5, 1],
      [1, 2 ** 53],
    ] as const) {
      expect(recomputeRoots(sha256, m, n, [sha256(new Uint8Array(0))])).toBeUndefined();
    }
  });

  it("of other hashes do not lead to the newer root", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), hash, fc.constantFrom("replace", "insert", "remove"), ([m, n], at, other, how) => {
        fc.pre(m < n);
        const hashes = hashesOf(m, n);
        const place = at % hashes.length;
        const changed =
          how === "replace"
            ? hashes.toSpliced(place, 1, other)
            : how === "insert"
              ? hashes.toSpliced(place, 0, other)
              : hashes.toSpliced(place, 1);
        const roots = recomputeRoots(sha256, m, n, changed);
        if (roots !== undefined) expect(roots.newer).not.toEqual(tree.hash(0, n));
      }),
    );
  });
});

describe("buildCheckpointEvidence", () => {
  const branch = (size: number, root: Uint8Array) => ({ note: signedCheckpoint(log, NAME, size, root), size, chain });

  it("proves a fork at any two sizes, in whatever order it is told, and survives its file", () => {
    fc.assert(
      fc.property(sizes, hash, fc.boolean(), ([m, n], forked, turned) => {
        const [small, large] = [branch(m, forked), branch(n, tree.hash(0, n))];
        const verdict = buildCheckpointEvidence(
          { epoch: 0, branches: turned ? [large, small] : [small, large], hashes: m === n ? [] : hashesOf(m, n) },
          crypto,
        );
        if (!verdict.proven) throw new Error(verdict.code);
        const file = formatEvidence(verdict.evidence);
        expect(formatEvidence(parseEvidence(file))).toEqual(file);
        expect(verifyEvidence(file, crypto)).toMatchObject({ proven: true, kind: "checkpoints" });
      }),
      { numRuns: 50 },
    );
  });

  it("carries the chain of each branch where they differ, be it in a place alone", () => {
    const log2 = signer(NAME, "log 2");
    const note = buildNextCharter(chain, { log: log2 }, rootSigners(NAME, 1, 2));
    const [early, late] = [
      extended(chain, { epoch: 0, index: 5, note }),
      extended(chain, { epoch: 0, index: 9, note }),
    ];
    const branches = [
      { note: signedCheckpoint(log2, NAME, 8, sha256(new Uint8Array(0))), size: 8, chain: early },
      { note: signedCheckpoint(log, NAME, 9, tree.hash(0, 9)), size: 9, chain: late },
    ] as const;
    const verdict = buildCheckpointEvidence({ epoch: 0, branches, hashes: hashesOf(8, 9) }, crypto);
    expect(verdict).toMatchObject({
      proven: true,
      first: { key: { publicKey: early.entries[1]?.charter.log.publicKey } },
      second: { key: { publicKey: chain.entries[0].charter.log.publicKey } },
    });
    expect(verdict.proven && verdict.evidence.chains.length).toBe(2);
  });

  it("never accuses a log that only grew", () => {
    fc.assert(
      fc.property(sizes, fc.option(fc.tuple(fc.nat(), hash)), ([m, n], change) => {
        const hashes = m === n ? [] : hashesOf(m, n);
        const told =
          change === null || hashes.length === 0 ? hashes : hashes.toSpliced(change[0] % hashes.length, 1, change[1]);
        const branches = [branch(m, tree.hash(0, m)), branch(n, tree.hash(0, n))] as const;
        expect(buildCheckpointEvidence({ epoch: 0, branches, hashes: told }, crypto).proven).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe("buildCharterEvidence", () => {
  const titled = (title: string) =>
    extended(chain, { epoch: 0, index: 5, note: buildNextCharter(chain, { title }, rootSigners(NAME, 1, 2)) });

  it("proves two charters of one serial, and nothing of a chain that went on", () => {
    expect(buildCharterEvidence(titled("A"), titled("B"), crypto)).toMatchObject({
      proven: true,
      charters: [{ charter: { title: "A" } }, { charter: { title: "B" } }],
    });
    expect(buildCharterEvidence(chain, titled("B"), crypto)).toMatchObject({
      proven: false,
      code: "EVIDENCE_CONSISTENT",
    });
    expect(buildCharterEvidence(titled("A"), firstChain("bvl.example"), crypto)).toMatchObject({
      proven: false,
      code: "EVIDENCE_CHAIN",
    });
  });
});

describe("verifyEvidence", () => {
  it("refuses whatever else is sent, without an error", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !verifyEvidence(bytes, crypto).proven));
    expect(verifyEvidence(new Uint8Array(MAX_EVIDENCE_SIZE + 1), crypto)).toMatchObject({
      proven: false,
      code: "EVIDENCE_MALFORMED",
    });
  });
});
