import { decodeCbor, encodeCbor } from "./cbor.ts";
import type { CborMap, CborValue } from "./cbor.ts";
import { CborShape } from "./cbor-shape.ts";
import type { ChainEntry } from "./charter-chain.ts";
import { MAX_EVIDENCE_SIZE, MAX_PROOF_HASHES } from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { ID_SIZE } from "./name.ts";

/**
 * A file that proves to anybody that an authority broke its word, docs/spec/evidence.md: canonical CBOR,
 *
 *     {"version": 1, "kind": "checkpoints", "id": id, "epoch": 0, "chains": [[[0, 0, "entente charter v1\n…"]]],
 *      "first": "nvwa.nl\n40\n…", "second": "nvwa.nl\n60\n…", "hashes": [h'…', …]}
 *     {"version": 1, "kind": "charters", "id": id, "chains": [[[0, 0, "…"], …], [[0, 0, "…"], …]]}
 *
 * What it proves is evidence-verify.ts's to say.
 */
export type Evidence = CheckpointEvidence | CharterEvidence;

/** Two checkpoints of one log that an honest one could not both have signed. */
export type CheckpointEvidence = {
  readonly kind: "checkpoints";
  readonly id: Uint8Array;
  readonly epoch: number;
  /** Of `first` and of `second`, or one of both. */
  readonly chains: readonly [EvidenceChain] | readonly [EvidenceChain, EvidenceChain];
  /** Checkpoint notes as received, the smaller size first. */
  readonly first: string;
  readonly second: string;
  readonly hashes: readonly Uint8Array[];
  readonly unknown: CborMap;
};

/** Two valid charters of one serial. */
export type CharterEvidence = {
  readonly kind: "charters";
  readonly id: Uint8Array;
  readonly chains: readonly [EvidenceChain, EvidenceChain];
  readonly unknown: CborMap;
};

/** Charters in order of serial, from 0. */
export type EvidenceChain = readonly ChainEntry[];

/** Reads an evidence file; proves nothing. Throws the errors of `decodeCbor`, and `EVIDENCE_MALFORMED`. */
export function parseEvidence(bytes: Uint8Array): Evidence {
  // SPEC: "canonical CBOR, at most 4 MiB"
  if (bytes.length > MAX_EVIDENCE_SIZE) return shape.fail(`longer than ${MAX_EVIDENCE_SIZE} bytes`);
  const { version, kind, ...map } = shape.map(decodeCbor(bytes), "evidence");
  if (version !== 1) return shape.fail("a version other than 1");
  if (kind === "checkpoints") return readCheckpoints(map);
  return kind === "charters" ? readCharters(map) : shape.fail("a kind that is neither checkpoints nor charters");
}

export function formatEvidence(evidence: Evidence): Uint8Array {
  const { unknown, chains, ...fields } = evidence;
  const bytes = encodeCbor({ ...unknown, ...fields, version: 1, chains: chains.map(formatChain) });
  if (bytes.length > MAX_EVIDENCE_SIZE) return shape.fail(`longer than ${MAX_EVIDENCE_SIZE} bytes`);
  return bytes;
}

const shape = new CborShape("EVIDENCE_MALFORMED");

function readCheckpoints({ id, epoch, chains, first, second, hashes, ...unknown }: CborMap): CheckpointEvidence {
  const [one = [], two] = shape.array(chains, "chains", 1, 2).map(readChain);
  return {
    kind: "checkpoints",
    id: shape.bytes(id, "id", ID_SIZE),
    epoch: shape.integer(epoch, "epoch"),
    chains: two === undefined ? [one] : [one, two],
    first: shape.text(first, "first"),
    second: shape.text(second, "second"),
    hashes: shape.array(hashes, "hashes", 0, MAX_PROOF_HASHES).map((hash) => shape.bytes(hash, "a hash", HASH_SIZE)),
    unknown,
  };
}

function readCharters({ id, chains, ...unknown }: CborMap): CharterEvidence {
  const [one = [], two = []] = shape.array(chains, "chains", 2, 2).map(readChain);
  return { kind: "charters", id: shape.bytes(id, "id", ID_SIZE), chains: [one, two], unknown };
}

/** SPEC: "`chain` is `[[epoch, index, note]…]`" */
function readChain(value: CborValue): EvidenceChain {
  return shape.array(value, "a chain", 1, MAX_EVIDENCE_SIZE).map((item) => {
    const [epoch, index, note] = shape.array(item, "a charter", 3, 3);
    return {
      epoch: shape.integer(epoch, "an epoch"),
      index: shape.integer(index, "an index"),
      note: shape.text(note, "a charter note"),
    };
  });
}

function formatChain(chain: EvidenceChain): CborValue {
  return chain.map(({ epoch, index, note }) => [epoch, index, note]);
}
