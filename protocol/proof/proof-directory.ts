import type { ChainCrypto } from "../charter-chain.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { verifyEntryProof } from "./entry-proof.ts";
import { verifyLogProof } from "./log-proof.ts";
import { CHECKPOINT_FILE } from "./proof-files.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofReport } from "./proof-report.ts";

/**
 * Verifies what `prove` wrote (docs/spec/proof-directory.md), with nothing else but what the verifier was told beforehand
 * of whom to trust. Whatever stands in the directory, the answer is a report; it throws only where `reader` does.
 */
export function verifyProofDirectory(
  reader: ProofReader,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<ProofReport> {
  // With the files of both kinds each of them finds what does not belong there, with none what is missing.
  const isLog = reader.files.has(CHECKPOINT_FILE);
  return isLog ? verifyLogProof(reader, trust, crypto) : verifyEntryProof(reader, trust, crypto);
}
