import { equalBytes } from "../bytes.ts";
import { unknownCriticalIn } from "../charter-chain.ts";
import type { Chain, ChainCrypto } from "../charter-chain.ts";
import { parseCosignature } from "../cosignature.ts";
import { openNote, parseNote } from "../note.ts";
import type { Note, NoteSignature } from "../note.ts";
import type { TrustedAuthority } from "../trust-file.ts";
import type { Vkey } from "../vkey.ts";
import { CHARTERS_FILE, witnessOf } from "./proof-files.ts";
import { isTrusted, readProofChain } from "./proof-owner.ts";
import type { OwnCheckpoint } from "./proof-owner.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";
import type { StepOutcome } from "./proof-steps.ts";

/** Who cosigned the checkpoint, and when by its own clock, in seconds since 1970. */
export type ProofWitness = { readonly name: string; readonly time: number };

export type Cosignatures = {
  /** One for each key. */
  readonly witnesses: readonly ProofWitness[];
  /** Lines, but for the log's own, of which nobody can say here whether they are right. */
  readonly notJudged: number;
};

/**
 * Verifies the cosignatures of trusted authorities whose chains lie in the directory. Throws where one of these is wrong;
 * lines of others are counted as not judged.
 */
export async function verifyWitnesses(
  reader: ProofReader,
  owner: Chain,
  checkpoint: OwnCheckpoint,
  trust: readonly TrustedAuthority[],
  crypto: ChainCrypto,
): Promise<StepOutcome<Cosignatures>> {
  const note = parseNote(checkpoint.note);
  // SPEC: "The owner's own chain is `charters.txt`"
  const chains = [owner, ...(await readChains(reader, owner, crypto))];
  const judged = chains.filter((chain) => isTrusted(chain, trust) && unknownCriticalIn(chain) === undefined);
  const keys = judged.flatMap(witnessKeys);
  const witnesses = openCosignatures(note, keys, crypto);
  const known = [checkpoint.key, ...keys];
  const notJudged = note.signatures.filter((line) => !known.some((key) => isBy(line, key))).length;
  return {
    value: { witnesses, notJudged },
    detail: `${witnesses.length} of trusted authorities verified, ${notJudged} not judged`,
  };
}

async function readChains(reader: ProofReader, owner: Chain, crypto: ChainCrypto): Promise<readonly Chain[]> {
  const chains: Chain[] = [];
  for (const path of reader.files.keys()) {
    const name = witnessOf(path);
    if (name === undefined) continue;
    if (name === owner.name) throw proofInvalid(`${path}: the chain of the owner is ${CHARTERS_FILE}`);
    const chain = await readProofChain(reader, path, crypto);
    if (chain.name !== name) throw proofInvalid(`${path} holds the chain of ${chain.name}`);
    chains.push(chain);
  }
  return chains;
}

/** Those of former charters too: a cosignature stays good when its witness changes the key. */
function witnessKeys({ entries }: Chain): readonly Vkey[] {
  const keys: Vkey[] = [];
  for (const { charter } of entries)
    if (!keys.some((key) => equalBytes(key.publicKey, charter.witness.publicKey))) keys.push(charter.witness);
  return keys;
}

function openCosignatures(note: Note, keys: readonly Vkey[], crypto: ChainCrypto): readonly ProofWitness[] {
  if (!note.signatures.some((line) => keys.some((key) => isBy(line, key)))) return [];
  return openNote(note, keys, crypto).map(({ verifier, signature }) => ({
    name: verifier.name.slice(0, -KEY_NAME_END.length),
    time: parseCosignature(signature).time,
  }));
}

const KEY_NAME_END = "/witness";

function isBy(line: NoteSignature, key: Vkey): boolean {
  return line.name === key.name && line.keyId === key.keyId;
}
