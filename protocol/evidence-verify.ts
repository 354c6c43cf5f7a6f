import { equalBytes } from "./bytes.ts";
import { checkChain, prevailing } from "./charter-chain.ts";
import type { Chain, ChainCrypto, PlacedCharter } from "./charter-chain.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { parseEvidence } from "./evidence.ts";
import type { CharterEvidence, CheckpointEvidence, Evidence, EvidenceChain } from "./evidence.ts";
import { FormatError } from "./format-error.ts";
import { recomputeRoots } from "./fork-proof.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import type { LogCheckpoint } from "./log-checkpoint.ts";

// Nothing here takes anybody's word: an authority is accused by its own signatures or not at all.

/** What the evidence shows, and under which keys: the caller says whether these are superseded, hence it historic. */
export type ProvenEvidence =
  | {
      readonly proven: true;
      readonly kind: "checkpoints";
      readonly evidence: CheckpointEvidence;
      /** Of `first` and of `second`; the same one where the evidence has one. */
      readonly chains: readonly [Chain, Chain];
      readonly first: LogCheckpoint;
      readonly second: LogCheckpoint;
    }
  | {
      readonly proven: true;
      readonly kind: "charters";
      readonly evidence: CharterEvidence;
      readonly chains: readonly [Chain, Chain];
      /** The two charters of one serial. */
      readonly charters: readonly [PlacedCharter, PlacedCharter];
    };

export type EvidenceRefusalCode =
  /** Not an evidence file. */
  | "EVIDENCE_MALFORMED"
  /** A chain is not valid, or of another id. */
  | "EVIDENCE_CHAIN"
  /** A checkpoint is malformed, of another log, or not signed by the key in force at its size. */
  | "EVIDENCE_CHECKPOINT"
  /** The sizes are in the wrong order, or `first` is of an empty tree. */
  | "EVIDENCE_SIZES"
  /** Too few or too many hashes, or they do not lead to the root of `second`. */
  | "EVIDENCE_HASHES"
  /** Nothing contradicts: an honest authority could have signed both. */
  | "EVIDENCE_CONSISTENT";

export type EvidenceVerdict =
  | ProvenEvidence
  | { readonly proven: false; readonly code: EvidenceRefusalCode; readonly message: string };

/** Judges an evidence file as received, or what `parseEvidence` made of it. Never throws for what is in it. */
export function verifyEvidence(evidence: Uint8Array | Evidence, crypto: ChainCrypto): EvidenceVerdict {
  try {
    const parsed = evidence instanceof Uint8Array ? readEvidence(evidence) : evidence;
    return parsed.kind === "checkpoints" ? verifyCheckpoints(parsed, crypto) : verifyCharters(parsed, crypto);
  } catch (error) {
    if (error instanceof Refusal) return { proven: false, code: error.code, message: error.message };
    throw error;
  }
}

/** A checkpoint note as it was received, its size, and the chain by which its log key is judged. */
export type SignedBranch = { readonly note: string; readonly size: number; readonly chain: Chain };

/** What two branches of one log give: `hashes` as in docs/spec/evidence.md, none where the sizes are equal. */
export type ForkFinding = {
  readonly epoch: number;
  readonly branches: readonly [SignedBranch, SignedBranch];
  readonly hashes: readonly Uint8Array[];
};

/**
 * The evidence in a fork that somebody came upon, verified as a stranger would; the branches in any order. For different
 * sizes the hashes are those of `forkProofCoordinates` in the larger tree.
 */
export function buildCheckpointEvidence(
  { epoch, branches: [a, b], hashes }: ForkFinding,
  crypto: ChainCrypto,
): EvidenceVerdict {
  const [first, second] = a.size <= b.size ? [a, b] : [b, a];
  const chains = [entriesOf(first.chain), entriesOf(second.chain)] as const;
  const evidence: CheckpointEvidence = {
    kind: "checkpoints",
    id: second.chain.id,
    epoch,
    chains: isSameChain(...chains) ? [chains[1]] : chains,
    first: first.note,
    second: second.note,
    hashes,
    unknown: {},
  };
  return verifyEvidence(evidence, crypto);
}

/** The evidence in two valid chains of one id of which neither is a beginning of the other. */
export function buildCharterEvidence(held: Chain, other: Chain, crypto: ChainCrypto): EvidenceVerdict {
  const evidence: CharterEvidence = {
    kind: "charters",
    id: held.id,
    chains: [entriesOf(held), entriesOf(other)],
    unknown: {},
  };
  return verifyEvidence(evidence, crypto);
}

class Refusal extends Error {
  readonly code: EvidenceRefusalCode;

  constructor(code: EvidenceRefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

function readEvidence(bytes: Uint8Array): Evidence {
  return refusing("EVIDENCE_MALFORMED", () => parseEvidence(bytes));
}

// SPEC: "two checkpoints of one log that an honest one could not both have signed."
function verifyCheckpoints(evidence: CheckpointEvidence, crypto: ChainCrypto): EvidenceVerdict {
  const firstChain = readChain(evidence.chains[0], evidence.id, crypto);
  const secondChain = evidence.chains.length === 1 ? firstChain : readChain(evidence.chains[1], evidence.id, crypto);
  // SPEC: "`first` and `second` parse, have the origin of (name, epoch), […] and each carries a valid signature of the log
  // key in force at its size by its chain (`chains[0]` for `first`, the last chain for `second`)."
  const open = (note: string, chain: Chain): LogCheckpoint =>
    refusing("EVIDENCE_CHECKPOINT", () => openLogCheckpoint(note, chain, evidence.epoch, crypto));
  const [first, second] = [open(evidence.first, firstChain), open(evidence.second, secondChain)];
  assertContradiction(first.checkpoint, second.checkpoint, evidence.hashes, crypto);
  return { proven: true, kind: "checkpoints", evidence, chains: [firstChain, secondChain], first, second };
}

function assertContradiction(
  first: Checkpoint,
  second: Checkpoint,
  hashes: readonly Uint8Array[],
  { sha256 }: ChainCrypto,
): void {
  // SPEC: "sizes m ≤ n, m ≥ 1"
  if (first.size < 1 || first.size > second.size)
    throw new Refusal("EVIDENCE_SIZES", "the sizes are not 1 ≤ first ≤ second");
  const rootThen =
    first.size === second.size ? rootAtSameSize(second, hashes) : rootByProof(first, second, hashes, sha256);
  if (equalBytes(rootThen, first.root))
    throw new Refusal("EVIDENCE_CONSISTENT", "the first tree is a beginning of the second");
}

/** SPEC: "m = n: the roots differ; `hashes` is empty." */
function rootAtSameSize(second: Checkpoint, hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length > 0) throw new Refusal("EVIDENCE_HASHES", "hashes between checkpoints of one size");
  return second.root;
}

/**
 * SPEC: "Run the algorithm of RFC 9162 §2.1.4.2 from step 3 on: the recomputed second root equals that of `second`, and the
 * recomputed first root differs from that of `first`."
 */
function rootByProof(
  first: Checkpoint,
  second: Checkpoint,
  hashes: readonly Uint8Array[],
  sha256: ChainCrypto["sha256"],
): Uint8Array {
  const roots = recomputeRoots(sha256, first.size, second.size, hashes);
  if (roots === undefined || !equalBytes(roots.newer, second.root)) {
    throw new Refusal("EVIDENCE_HASHES", "the hashes do not lead to the root of the second checkpoint");
  }
  return roots.older;
}

/**
 * SPEC: "two valid chains of the id that share their charters' texts up to some serial, and both have another, valid charter
 * at that serial."
 */
function verifyCharters(evidence: CharterEvidence, crypto: ChainCrypto): EvidenceVerdict {
  const [one, other] = [
    readChain(evidence.chains[0], evidence.id, crypto),
    readChain(evidence.chains[1], evidence.id, crypto),
  ];
  const { shared } = prevailing(one, other);
  const [charter, contrary] = [one.entries[shared], other.entries[shared]];
  if (charter === undefined || contrary === undefined)
    throw new Refusal("EVIDENCE_CONSISTENT", "one chain is a beginning of the other");
  return { proven: true, kind: "charters", evidence, chains: [one, other], charters: [charter, contrary] };
}

/** SPEC: "charters in order of serial from 0, valid by charter.md, with the given id" */
function readChain(entries: EvidenceChain, id: Uint8Array, crypto: ChainCrypto): Chain {
  // The first charter is the id: who makes chains of his own costs us one charter, and not hundreds.
  const first = validChain(entries.slice(0, 1), crypto);
  if (!equalBytes(first.id, id)) throw new Refusal("EVIDENCE_CHAIN", "a chain of another id");
  return validChain(entries, crypto);
}

function validChain(entries: EvidenceChain, crypto: ChainCrypto): Chain {
  const checked = checkChain(entries, crypto);
  if (checked.ok) return checked.chain;
  throw new Refusal("EVIDENCE_CHAIN", `charter ${checked.serial} is not valid: ${checked.message}`);
}

function entriesOf({ entries }: Chain): EvidenceChain {
  return entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
}

/** Places count: they say which log key was in force. */
function isSameChain(a: EvidenceChain, b: EvidenceChain): boolean {
  return (
    a.length === b.length &&
    a.every(({ epoch, index, note }, i) => b[i]?.epoch === epoch && b[i].index === index && b[i].note === note)
  );
}

function refusing<T>(code: EvidenceRefusalCode, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof FormatError) throw new Refusal(code, error.message);
    throw error;
  }
}
