import { equalBytes, utf8Encode } from "../bytes.ts";
import { parseChainFile, verifyChainFile } from "../chain-file.ts";
import { continuedAt, lastCharter, unknownCriticalIn } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { parseCheckpoint } from "../checkpoint.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { MAX_PROOF_CHAIN, MAX_PROOF_CHECKPOINT } from "../limits.ts";
import { openLogCheckpoint } from "../log-checkpoint.ts";
import { parseOrigin } from "../name.ts";
import { parseNote } from "../note.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import type { Vkey } from "../vkey.ts";
import { CHARTERS_FILE } from "./proof-files.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofText } from "./proof-text.ts";

/** A checkpoint of the owner's log, its signature verified. */
export type OwnCheckpoint = Checkpoint & {
  readonly epoch: number;
  readonly note: string;
  /** The log key in force. */
  readonly key: Vkey;
};

/** The valid chain in `charters.txt`. */
export async function readOwner(reader: ProofReader, crypto: ChainCrypto): Promise<StepOutcome<Chain>> {
  const chain = await readProofChain(reader, CHARTERS_FILE, crypto);
  if (unknownCriticalIn(chain) !== undefined)
    throw proofInvalid(`a charter of ${chain.name} has a critical line that this program does not know`);
  const count = chain.entries.length === 1 ? "1 charter" : `${chain.entries.length} charters`;
  return { value: chain, detail: `the chain of ${chain.name} is valid: ${count}, ${lastCharter(chain).title}` };
}

/** The valid chain in a chain file of the directory. */
export async function readProofChain(reader: ProofReader, path: string, crypto: ChainCrypto): Promise<Chain> {
  const file = parseChainFile(await readProofText(reader, path, MAX_PROOF_CHAIN), crypto.sha256);
  // SPEC: "have neither a checkpoint block nor an `address` line, or they fail: nobody is shown what nobody verified"
  if (file.checkpoint !== undefined) throw proofInvalid(`${path} has a checkpoint, which stands in a file of its own`);
  if (file.addresses.length > 0) throw proofInvalid(`${path} has an address, which nobody signed`);
  return verifyChainFile(file, crypto).chain;
}

/** Whether the verifier was told beforehand of exactly this name and id. */
export function trustOwner(chain: Chain, trust: readonly TrustedAuthority[]): StepOutcome<true> {
  if (isTrusted(chain, trust)) return { value: true, detail: `${chain.name} stands in the trust file with this id` };
  const other = trust.some(({ name }) => name === chain.name);
  throw proofInvalid(
    other
      ? `the trust file has ${chain.name} with another id`
      : `${chain.name} with this id does not stand in the trust file`,
  );
}

export function isTrusted(chain: Chain, trust: readonly TrustedAuthority[]): boolean {
  return trust.some(({ name, id }) => name === chain.name && equalBytes(id, chain.id));
}

/** The checkpoint in `note`, of an epoch of the chain, signed by the log key in force at its size there. */
export function openOwnCheckpoint(chain: Chain, note: string, crypto: ChainCrypto): StepOutcome<OwnCheckpoint> {
  if (utf8Encode(note).length > MAX_PROOF_CHECKPOINT)
    throw proofInvalid(`a checkpoint note of more than ${MAX_PROOF_CHECKPOINT} bytes`);
  const { epoch } = parseOrigin(parseCheckpoint(parseNote(note).text).origin);
  const { checkpoint, key } = openLogCheckpoint(note, chain, epoch, crypto);
  assertContinued(chain, epoch, checkpoint);
  return {
    value: { ...checkpoint, epoch, note, key },
    detail: `${checkpoint.origin} at size ${checkpoint.size} is signed by the log key in force`,
  };
}

/** Where the owner continued the log at exactly this size, it said with which root. */
export function assertContinued(chain: Chain, epoch: number, { size, root }: Pick<Checkpoint, "size" | "root">): void {
  const continued = continuedAt(chain, epoch);
  if (continued?.size === size && !equalBytes(continued.root, root))
    throw proofInvalid(`at size ${size} this is not the tree that ${chain.name} continued in a later epoch`);
}
