import { toHex, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { type Chain, lastCharter } from "../protocol/charter-chain.ts";
import type { ProvenEvidence } from "../protocol/evidence-verify.ts";
import type { LogCheckpoint } from "../protocol/log-checkpoint.ts";

/** A person's word on an evidence file: go on cosigning the branch that is held, or do not. */
export type EvidenceDecision = {
  readonly decision: "resume" | "hold";
  readonly why: string;
  /** Name of the operator. */
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
};

/** A tree head that was signed, and by which key. */
export type SignedHead = {
  readonly size: number;
  /** In hex, as is the raw public key. */
  readonly root: string;
  readonly key: string;
};

/** What is known of an evidence file without reading it again. */
export type HeldEvidence = {
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  /** Whom it is about: id in hex and, by its charters, name. */
  readonly id: string;
  readonly name: string;
  /** Of the log; of two charters, the first epoch that either governs. */
  readonly epoch: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Id of the authority that gave it; our own where this node found it. */
  readonly from: string;
  /** Seconds since 1970 at which it came. */
  readonly at: number;
  readonly decision: EvidenceDecision | null;
  readonly shows:
    | { readonly kind: "checkpoints"; readonly heads: readonly [SignedHead, SignedHead] }
    | { readonly kind: "charters"; readonly serial: number };
};

export type EvidenceOrigin = Pick<HeldEvidence, "digest" | "size" | "from" | "at">;

export function describeEvidence(proven: ProvenEvidence, origin: EvidenceOrigin): HeldEvidence {
  const { id, name } = proven.chains[0];
  const common = { ...origin, id: toHex(id), name, decision: null };
  if (proven.kind === "charters") {
    const [one, other] = proven.charters;
    const epoch = Math.min(one.charter.epoch, other.charter.epoch);
    return { ...common, epoch, shows: { kind: "charters", serial: one.charter.serial } };
  }
  const heads = [signedHead(proven.first), signedHead(proven.second)] as const;
  return { ...common, epoch: proven.evidence.epoch, shows: { kind: "checkpoints", heads } };
}

function signedHead({ checkpoint, key }: LogCheckpoint): SignedHead {
  return { size: checkpoint.size, root: toHex(checkpoint.root), key: toHex(key.publicKey) };
}

/**
 * Whether the chain has superseded the log key of either checkpoint. Two charters were signed by roots, so they never are.
 *
 * SPEC: "*historic* where the prevailing chain has superseded the log key of either checkpoint: a thief of the old key can
 * make it at any time."
 */
export function isHistoric({ shows }: HeldEvidence, chain: Chain): boolean {
  const present = toHex(lastCharter(chain).log.publicKey);
  return shows.kind === "checkpoints" && shows.heads.some(({ key }) => key !== present);
}

/** Whether a log whose authority has this chain is contested by it: it is not historic, and nobody decided to go on. */
export function contests(held: HeldEvidence, chain: Chain): boolean {
  return held.decision?.decision !== "resume" && !isHistoric(held, chain);
}

/** Two files of one statement prove the same: of the same tree heads under the same keys, or of one serial. */
export function statementOf({ id, epoch, shows }: HeldEvidence): string {
  if (shows.kind === "charters") return `${id} serial ${shows.serial}`;
  // At one size either checkpoint may stand first.
  const heads = shows.heads.map(headText).sort();
  return `${id} epoch ${epoch} ${heads.join(" ")}`;
}

/** As a key of a map. */
export function headText({ size, root, key }: SignedHead): string {
  return `${size} ${root} ${key}`;
}

export function formatHeldEvidence(held: HeldEvidence): Uint8Array {
  return utf8Encode(JSON.stringify(held));
}

export function parseHeldEvidence(bytes: Uint8Array): HeldEvidence {
  const held: HeldEvidence = JSON.parse(utf8Decode(bytes));
  return held;
}
