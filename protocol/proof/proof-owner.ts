import { equalBytes } from "../bytes.ts";
import { parseChainFile, verifyChainFile } from "../chain-file.ts";
import { lastCharter } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { parseCheckpoint } from "../checkpoint.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { openLogCheckpoint } from "../log-checkpoint.ts";
import { parseOrigin } from "../name.ts";
import { parseNote } from "../note.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofText } from "./proof-text.ts";

export const CHARTERS_FILE = "charters.txt";

/** A checkpoint of the owner's log, its signature verified. */
export type OwnCheckpoint = Checkpoint & { readonly epoch: number; readonly note: string };

/** The valid chain in `charters.txt`. */
export async function readOwner(reader: ProofReader, crypto: ChainCrypto): Promise<StepOutcome<Chain>> {
  const file = parseChainFile(await readProofText(reader, CHARTERS_FILE), crypto.sha256);
  if (file.checkpoint !== undefined)
    throw proofInvalid(`${CHARTERS_FILE} has a checkpoint, which stands in a file of its own`);
  const { chain } = verifyChainFile(file, crypto);
  const count = chain.entries.length === 1 ? "1 charter" : `${chain.entries.length} charters`;
  return { value: chain, detail: `the chain of ${chain.name} is valid: ${count}, ${lastCharter(chain).title}` };
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
  const { epoch } = parseOrigin(parseCheckpoint(parseNote(note).text).origin);
  const { checkpoint } = openLogCheckpoint(note, chain, epoch, crypto);
  return {
    value: { ...checkpoint, epoch, note },
    detail: `${checkpoint.origin} at size ${checkpoint.size} is signed by the log key in force`,
  };
}
