import { parseChainFile, verifyChainFile } from "../chain-file.ts";
import { lastCharter } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { parseCosignature } from "../cosignature.ts";
import { isName } from "../name.ts";
import { openNote, parseNote } from "../note.ts";
import type { Note } from "../note.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import { isTrusted } from "./proof-owner.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";
import { readProofText } from "./proof-text.ts";

/** Who cosigned the checkpoint, and when by its own clock, in seconds since 1970. */
export type ProofWitness = { readonly name: string; readonly time: number };

const DIRECTORY = "witnesses/";
const SUFFIX = ".txt";

/** The authority whose chain file `path` is, `undefined` for any other path. */
export function witnessOf(path: string): string | undefined {
  if (!path.startsWith(DIRECTORY) || !path.endsWith(SUFFIX)) return undefined;
  const name = path.slice(DIRECTORY.length, -SUFFIX.length);
  return isName(name) ? name : undefined;
}

/**
 * Verifies the cosignatures of trusted authorities whose chains lie in the directory. Throws where one of these is wrong;
 * lines of others are counted as not judged.
 */
export async function verifyWitnesses(
  reader: ProofReader,
  noteText: string,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<StepOutcome<readonly ProofWitness[]>> {
  const note = parseNote(noteText);
  const chains = await readChains(reader, crypto);
  const trusted = chains.filter((chain) => isTrusted(chain, trust));
  const witnesses = openCosignatures(note, trusted, crypto);
  // One line is the log's own.
  const unjudged = note.signatures.length - 1 - witnesses.length;
  return { value: witnesses, detail: `${witnesses.length} of trusted authorities verified, ${unjudged} not judged` };
}

async function readChains(reader: ProofReader, crypto: ChainCrypto): Promise<readonly Chain[]> {
  const chains: Chain[] = [];
  for (const path of reader.files.keys()) {
    const name = witnessOf(path);
    if (name === undefined) continue;
    const { chain } = verifyChainFile(parseChainFile(await readProofText(reader, path), crypto.sha256), crypto);
    if (chain.name !== name) throw proofInvalid(`${path} holds the chain of ${chain.name}`);
    chains.push(chain);
  }
  return chains;
}

function openCosignatures(note: Note, chains: readonly Chain[], crypto: ChainCrypto): readonly ProofWitness[] {
  const keys = chains.map((chain) => ({ chain, key: lastCharter(chain).witness }));
  const isJudged = note.signatures.some(({ name, keyId }) =>
    keys.some(({ key }) => key.name === name && key.keyId === keyId),
  );
  if (!isJudged) return [];
  return openNote(
    note,
    keys.map(({ key }) => key),
    crypto,
  ).flatMap(({ verifier, signature }) => {
    const found = keys.find(({ key }) => key === verifier);
    return found === undefined ? [] : [{ name: found.chain.name, time: parseCosignature(signature).time }];
  });
}
