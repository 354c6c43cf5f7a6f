import { disavowed, lastCharter } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { FormatError } from "../format-error.ts";
import { readLeaf } from "../leaf/leaf.ts";
import type { LeafReading } from "../leaf/leaf.ts";
import { MAX_LEAF_SIZE } from "../limits.ts";
import { leafHash } from "../merkle/hash.ts";
import { verifyInclusion } from "../merkle/proof.ts";
import { formatEntryName } from "../name.ts";
import { readRecord } from "../record/index.ts";
import { formatSummary } from "../record/summary.ts";
import { parseTlogProof } from "../tlog-proof.ts";
import type { TlogProof } from "../tlog-proof.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { commitmentOf } from "../verify-batch.ts";
import { CHARTERS_FILE, openOwnCheckpoint, readOwner, trustOwner } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import { verifyPartFile } from "./proof-part.ts";
import type { ProvedPart } from "./proof-part.ts";
import type { ProofReader } from "./proof-reader.ts";
import type { ProofEntry, ProofPart, ProofRecord, ProofReport } from "./proof-report.ts";
import { ProofSteps, proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofBytes, readProofText } from "./proof-text.ts";
import { verifyWitnesses, witnessOf } from "./proof-witnesses.ts";

const ENTRY_PROOF_FILE = "entry.tlog-proof";

const LEAF_FILE = "leaf.cbor";
const README_FILE = "README.txt";
const PART_FILE = /^parts\/(0|[1-9][0-9]?)\.part$/;

/** The steps of docs/spec/proof-directory.md, "Of one entry". Never throws for what stands in the directory. */
export async function verifyEntryProof(
  reader: ProofReader,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<ProofReport> {
  const steps = new ProofSteps();
  await steps.run("files", () => checkFiles(reader));
  const chain = await steps.run("charters", () => readOwner(reader, crypto));
  if (chain === undefined) steps.skip("trust", CHARTERS_FILE);
  else await steps.run("trust", () => trustOwner(chain, trust));
  const proof = await steps.run("proof", async () => readProof(await readProofText(reader, ENTRY_PROOF_FILE)));
  const checkpoint = await verifyCheckpoint(steps, chain, proof, crypto);
  const leaf = await steps.run("leaf", async () =>
    describeLeaf(await readProofBytes(reader, LEAF_FILE, MAX_LEAF_SIZE)),
  );
  const isIncluded = await verifyLeaf(steps, proof, checkpoint, leaf, crypto);
  const parts = await verifyParts(steps, reader, chain, leaf, crypto);
  const witnesses =
    proof === undefined
      ? undefined
      : await steps.run("witnesses", () => verifyWitnesses(reader, proof.note, trust, crypto));
  const isKnown = chain !== undefined && checkpoint !== undefined;
  return {
    proves: "entry",
    isOk: steps.isOk,
    steps: steps.list,
    log: isKnown ? { name: chain.name, id: chain.id, title: lastCharter(chain).title, ...checkpoint } : undefined,
    entry:
      isKnown && isIncluded && leaf !== undefined && proof !== undefined
        ? describeEntry(chain, checkpoint, proof, leaf, parts, crypto)
        : undefined,
    parts: [...parts].map(([part, proved]) => describePart(proof?.index ?? 0, part, proved)),
    witnesses: witnesses ?? [],
  };
}

type LeafBytes = { readonly bytes: Uint8Array; readonly reading: LeafReading };

/** SPEC: "what is not named above is an error, so that nobody is shown unverified bytes." */
function checkFiles({ files }: ProofReader): StepOutcome<true> {
  const named = [CHARTERS_FILE, ENTRY_PROOF_FILE, LEAF_FILE, README_FILE];
  for (const [path, { isPlain }] of files) {
    if (!isPlain) throw proofInvalid(`${path} is no plain file`);
    if (!named.includes(path) && !PART_FILE.test(path) && witnessOf(path) === undefined)
      throw proofInvalid(`${path} does not belong there`);
  }
  return { value: true, detail: "nothing is there that does not belong there" };
}

function readProof(text: string): StepOutcome<TlogProof> {
  const proof = parseTlogProof(text);
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

function describeLeaf(bytes: Uint8Array): StepOutcome<LeafBytes> {
  const reading = readLeaf(bytes);
  return {
    value: { bytes, reading },
    detail: `${bytes.length} bytes: ${kindOf(reading) ?? "malformed, without effect"}`,
  };
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
  const numbers = [...reader.files.keys()]
    .flatMap((path) => PART_FILE.exec(path)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
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

function describeEntry(
  chain: Chain,
  { epoch }: OwnCheckpoint,
  { index }: TlogProof,
  { bytes, reading }: LeafBytes,
  parts: ReadonlyMap<number, ProvedPart>,
  { sha256 }: ChainCrypto,
): ProofEntry {
  return {
    name: formatEntryName({ name: chain.name, epoch, index }),
    leafHash: leafHash(sha256, bytes),
    kind: kindOf(reading),
    time: reading.status === "malformed" ? undefined : reading.status === "known" ? reading.leaf.time : reading.time,
    isDisavowed: disavowed(chain, epoch, index),
    record: describeRecord(reading, parts.get(0)?.content),
  };
}

/** What the record says; a malformed one is still the one that was published. */
function describeRecord(reading: LeafReading, content: Uint8Array | undefined): ProofRecord | undefined {
  if (reading.status !== "known" || reading.leaf.kind !== "record" || content === undefined) return undefined;
  try {
    const record = readRecord(content, reading.leaf.parts.length);
    const summary =
      record.status === "known"
        ? formatSummary(record.summary, ["en"])
        : "of a type or version that this program does not know";
    return { type: record.type, version: record.version, summary };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function describePart(index: number, part: number, { name, type, length, digest }: ProvedPart): ProofPart {
  return { index, part, name, type, length, digest };
}

function kindOf(reading: LeafReading): string | undefined {
  if (reading.status === "malformed") return undefined;
  return reading.status === "known" ? reading.leaf.kind : reading.kind;
}
