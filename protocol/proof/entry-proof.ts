import { continuedAt, disavowed, lastCharter } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { readLeaf } from "../leaf/leaf.ts";
import { MAX_LEAF_SIZE, MAX_PROOF_FILE } from "../limits.ts";
import { leafHash } from "../merkle/hash.ts";
import { verifyInclusion } from "../merkle/proof.ts";
import { parseTlogProof } from "../tlog-proof.ts";
import type { TlogProof } from "../tlog-proof.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { commitmentOf } from "../verify-batch.ts";
import { describeEntry, describeLeaf, describePart } from "./entry-report.ts";
import type { LeafBytes } from "./entry-report.ts";
import { CHARTERS_FILE, checkFiles, ENTRY_PROOF_FILE, LEAF_FILE, partNumber } from "./proof-files.ts";
import type { ProofLayout } from "./proof-files.ts";
import { openOwnCheckpoint, readOwner, trustOwner } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import { verifyPartFile } from "./proof-part.ts";
import type { ProvedPart } from "./proof-part.ts";
import { verifyPlace } from "./proof-place.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofReport } from "./proof-report.ts";
import { ProofSteps, proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofBytes, readProofText } from "./proof-text.ts";
import { verifyWitnesses } from "./proof-witnesses.ts";

const LAYOUT: ProofLayout = {
  required: [CHARTERS_FILE, ENTRY_PROOF_FILE, LEAF_FILE],
  isOptional: (path) => partOf(path) !== undefined,
};

/** The steps of docs/spec/proof-directory.md, "Of one entry". Never throws for what stands in the directory. */
export async function verifyEntryProof(
  reader: ProofReader,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<ProofReport> {
  const steps = new ProofSteps();
  await steps.run("files", () => checkFiles(reader, LAYOUT));
  const chain = await steps.run("charters", () => readOwner(reader, crypto));
  if (chain === undefined) steps.skip("trust", CHARTERS_FILE);
  else await steps.run("trust", () => trustOwner(chain, trust));
  const proof = await steps.run("proof", () => readProof(reader));
  const checkpoint = await verifyCheckpoint(steps, chain, proof, crypto);
  const leaf = await steps.run("leaf", () => readLeafFile(reader));
  const isIncluded = await verifyLeaf(steps, proof, checkpoint, leaf, crypto);
  if (chain === undefined || checkpoint === undefined || proof === undefined || leaf === undefined)
    steps.skip("place", leaf === undefined ? "leaf" : "checkpoint");
  else await steps.run("place", () => verifyPlace(chain, { ...checkpoint, index: proof.index }, leaf.reading, crypto));
  const parts = await verifyParts(steps, reader, chain, leaf, crypto);
  if (chain === undefined || checkpoint === undefined) steps.skip("witnesses", "checkpoint");
  const cosignatures =
    chain === undefined || checkpoint === undefined
      ? undefined
      : await steps.run("witnesses", () => verifyWitnesses(reader, chain, checkpoint, trust, crypto));
  const isKnown = chain !== undefined && checkpoint !== undefined;
  const place = isKnown && proof !== undefined ? { epoch: checkpoint.epoch, index: proof.index } : undefined;
  const isEntryKnown = isKnown && isIncluded && leaf !== undefined && place !== undefined;
  return {
    proves: "entry",
    isOk: steps.isOk,
    steps: steps.list,
    log: isKnown ? { name: chain.name, id: chain.id, title: lastCharter(chain).title, ...checkpoint } : undefined,
    entry: isEntryKnown ? describeEntry(chain, place, leaf, parts, crypto.sha256) : undefined,
    parts: [...parts].map(([part, proved]) => describePart(proof?.index ?? 0, part, proved)),
    witnesses: cosignatures?.witnesses ?? [],
    notJudged: cosignatures?.notJudged ?? 0,
    disputed: isEntryKnown && isDisputed(chain, checkpoint, place.index) ? 1 : 0,
  };
}

/** SPEC: "if its owner disavowed its range, and also if the chain continues its epoch at a size that is not the checkpoint's" */
function isDisputed(chain: Chain, { epoch, size }: OwnCheckpoint, index: number): boolean {
  const continued = continuedAt(chain, epoch);
  return disavowed(chain, epoch, index) || (continued !== undefined && continued.size !== size);
}

function partOf(path: string): number | undefined {
  return partNumber(/^parts\/(.*)\.part$/.exec(path)?.[1]);
}

async function readProof(reader: ProofReader): Promise<StepOutcome<TlogProof>> {
  const proof = parseTlogProof(await readProofText(reader, ENTRY_PROOF_FILE, MAX_PROOF_FILE));
  // SPEC: tlog-proof's extra data is signed by nobody.
  if (proof.extra !== undefined) throw proofInvalid(`${ENTRY_PROOF_FILE} carries data that nobody signed`);
  return { value: proof, detail: `it is about index ${proof.index}` };
}

async function verifyCheckpoint(
  steps: ProofSteps,
  chain: Chain | undefined,
  proof: TlogProof | undefined,
  crypto: ChainCrypto,
): Promise<OwnCheckpoint | undefined> {
  if (chain === undefined || proof === undefined) {
    steps.skip("checkpoint", chain === undefined ? "charters" : "proof");
    return undefined;
  }
  return await steps.run("checkpoint", () => openOwnCheckpoint(chain, proof.note, crypto));
}

async function readLeafFile(reader: ProofReader): Promise<StepOutcome<LeafBytes>> {
  const bytes = await readProofBytes(reader, LEAF_FILE, MAX_LEAF_SIZE);
  const leaf = { bytes, reading: readLeaf(bytes) };
  return { value: leaf, detail: describeLeaf(leaf) };
}

async function verifyLeaf(
  steps: ProofSteps,
  proof: TlogProof | undefined,
  checkpoint: OwnCheckpoint | undefined,
  leaf: LeafBytes | undefined,
  { sha256 }: ChainCrypto,
): Promise<boolean> {
  if (proof === undefined || checkpoint === undefined || leaf === undefined) {
    steps.skip("inclusion", leaf === undefined ? "leaf" : "checkpoint");
    return false;
  }
  const verified = await steps.run("inclusion", () => {
    const { size, root } = checkpoint;
    const isThere = verifyInclusion(sha256, {
      index: proof.index,
      size,
      leafHash: leafHash(sha256, leaf.bytes),
      proof: proof.proof,
      root,
    });
    if (!isThere)
      throw proofInvalid(`the hashes do not lead from ${LEAF_FILE} at index ${proof.index} to the signed root`);
    return { value: true, detail: `the leaf stands at index ${proof.index} of ${size}` };
  });
  return verified === true;
}

async function verifyParts(
  steps: ProofSteps,
  reader: ProofReader,
  chain: Chain | undefined,
  leaf: LeafBytes | undefined,
  { sha256 }: ChainCrypto,
): Promise<ReadonlyMap<number, ProvedPart>> {
  const parts = new Map<number, ProvedPart>();
  const numbers = [...reader.files.keys()].flatMap((path) => partOf(path) ?? []).sort((a, b) => a - b);
  for (const number of numbers) {
    const step = `part ${number}`;
    if (chain === undefined || leaf === undefined) {
      steps.skip(step, chain === undefined ? "charters" : "leaf");
      continue;
    }
    const part = await steps.run(step, async () => {
      const commitment = commitmentOf(leaf.reading, number);
      if (commitment === undefined) throw proofInvalid(`the leaf has no part ${number}`);
      const proved = await verifyPartFile(reader, `parts/${number}.part`, commitment, chain.id, sha256);
      return { value: proved, detail: `${proved.length} bytes of ${proved.type}` };
    });
    if (part !== undefined) parts.set(number, part);
  }
  return parts;
}
