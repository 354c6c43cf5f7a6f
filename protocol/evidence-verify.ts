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

export type EvidenceVerdict = ProvenEvidence | { readonly proven: false; readonly code: EvidenceRefusalCode; readonly message: string };

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

/** A checkpoint note as it was received, and the chain by which its log key is judged. */
export type SignedBranch = { readonly note: string; readonly chain: Chain };

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
export function buildCheckpointEvidence({ epoch, branches, hashes }: ForkFinding, crypto: ChainCrypto): EvidenceVerdict {
  const [first, second] = inOrderOfSize(branches, epoch, crypto);
  const chains = [entriesOf(first.chain), entriesOf(second.chain)] as const;
  const evidence: CheckpointEvidence = {
    kind: "checkpoints",
    id: first.chain.id,
    epoch,
    chains: prevailing(first.chain, second.chain).kind === "same" ? [chains[1]] : chains,
    first: first.note,
    second: second.note,
    hashes,
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
