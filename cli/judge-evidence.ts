import { admitPublicKey, verifySignature } from "../keys/ed25519.ts";
import { sha256 } from "../keys/sha256.ts";
import { type EvidenceVerdict, verifyEvidence } from "../protocol/evidence-verify.ts";

/** What an evidence file proves: from its bytes alone. */
export function judgeEvidence(file: Uint8Array): EvidenceVerdict {
  return verifyEvidence(file, { sha256, verify: verifySignature, admitKey: admitPublicKey });
}
