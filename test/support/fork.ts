import type { Ed25519KeyPair } from "../../keys/ed25519.ts";
import type { Chain } from "../../protocol/charter-chain.ts";
import { formatEvidence } from "../../protocol/evidence.ts";
import { buildCharterEvidence, buildCheckpointEvidence, type EvidenceVerdict } from "../../protocol/evidence-verify.ts";
import { CRYPTO } from "../simulation/authority.ts";
import type { HandMadeLog } from "./hand-made-log.ts";

/** One of two histories, and under which key it was signed where that is not the first. */
export type Side = { readonly log: HandMadeLog; readonly chain?: Chain; readonly key?: Ed25519KeyPair };

/** The evidence file that two histories of one log make. */
export function forkFile(one: Side, other: Side): Uint8Array {
  const [small, large] = one.log.size <= other.log.size ? [one, other] : [other, one];
  const branch = ({ log, chain = log.owner.chain, key = log.owner.keys.log }: Side) => ({
    note: log.checkpoint({ key }),
    size: log.size,
    chain,
  });
  const hashes = small.log.size === large.log.size ? [] : large.log.proofFrom(small.log.size);
  return fileOf(buildCheckpointEvidence({ epoch: 0, branches: [branch(one), branch(other)], hashes }, CRYPTO));
}

/** The evidence file that two chains make which part. */
export function chartersFile(one: Chain, other: Chain): Uint8Array {
  return fileOf(buildCharterEvidence(one, other, CRYPTO));
}

function fileOf(verdict: EvidenceVerdict): Uint8Array {
  if (!verdict.proven) throw new Error(`no evidence: ${verdict.message}`);
  return formatEvidence(verdict.evidence);
}
