import { lastCharter } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { MAX_PROOF_CHECKPOINT } from "../limits.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { logPartOf, LogVerification } from "./log-verification.ts";
import { CHARTERS_FILE, CHECKPOINT_FILE, checkFiles } from "./proof-files.ts";
import type { ProofLayout } from "./proof-files.ts";
import { openOwnCheckpoint, readOwner, trustOwner } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofReport } from "./proof-report.ts";
import { ProofSteps } from "./proof-steps.ts";
import { readProofText } from "./proof-text.ts";
import { verifyWitnesses } from "./proof-witnesses.ts";

/** Which tiles there must be the size says, which is not known before the checkpoint was verified. */
const LAYOUT: ProofLayout = {
  required: [CHARTERS_FILE, CHECKPOINT_FILE],
  isOptional: (path) => path.startsWith("tile/") || logPartOf(path) !== undefined,
};

/** The steps of docs/spec/proof-directory.md, "Of a whole log". Never throws for what stands in the directory. */
export async function verifyLogProof(
  reader: ProofReader,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<ProofReport> {
  const steps = new ProofSteps();
  await steps.run("files", () => checkFiles(reader, LAYOUT));
  const chain = await steps.run("charters", () => readOwner(reader, crypto));
  if (chain === undefined) steps.skip("trust", CHARTERS_FILE);
  else await steps.run("trust", () => trustOwner(chain, trust));
  const checkpoint = await verifyCheckpoint(steps, reader, chain, crypto);
  if (chain === undefined || checkpoint === undefined) {
    for (const step of ["entries", "witnesses"]) steps.skip(step, "charters or checkpoint");
    return { ...NOTHING, isOk: false, steps: steps.list };
  }
  const entries = await steps.run("entries", () => new LogVerification(reader, chain, checkpoint, crypto).run());
  const cosignatures = await steps.run("witnesses", () => verifyWitnesses(reader, chain, checkpoint, trust, crypto));
  return {
    ...NOTHING,
    isOk: steps.isOk,
    steps: steps.list,
    log: { name: chain.name, id: chain.id, title: lastCharter(chain).title, ...checkpoint },
    ...entries,
    ...cosignatures,
  };
}

const NOTHING = {
  proves: "log",
  log: undefined,
  entry: undefined,
  parts: [],
  witnesses: [],
  notJudged: 0,
  disputed: 0,
} as const;

async function verifyCheckpoint(
  steps: ProofSteps,
  reader: ProofReader,
  chain: Chain | undefined,
  crypto: ChainCrypto,
): Promise<OwnCheckpoint | undefined> {
  if (chain !== undefined)
    return await steps.run("checkpoint", async () =>
      openOwnCheckpoint(chain, await readProofText(reader, CHECKPOINT_FILE, MAX_PROOF_CHECKPOINT), crypto),
    );
  steps.skip("checkpoint", "charters");
  return undefined;
}
