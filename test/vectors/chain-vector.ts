import { z } from "zod";
import { admitPublicKey, verifySignature } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { checkChain } from "../../protocol/charter-chain.ts";
import type { Chain, ChainEntry } from "../../protocol/charter-chain.ts";

/** With rule P in full, as the node has it. */
export const crypto = { sha256, verify: verifySignature, admitKey: admitPublicKey };

/** A chain in a vector file: `[epoch, index, name of a note]`; the notes stand in the file's `notes`. */
export const chainVector = z.array(z.tuple([z.number(), z.number(), z.string()]));
export const noteVectors = z.record(z.string(), z.string());

export type ChainVector = z.infer<typeof chainVector>;
export type NoteVectors = z.infer<typeof noteVectors>;

export function chainEntries(notes: NoteVectors, chain: ChainVector): readonly ChainEntry[] {
  return chain.map(([epoch, index, name]) => {
    const note = notes[name];
    if (note === undefined) throw new Error(`the file has no note ${name}`);
    return { epoch, index, note };
  });
}

export function validChain(notes: NoteVectors, chain: ChainVector): Chain {
  const checked = checkChain(chainEntries(notes, chain), crypto);
  if (!checked.ok) throw new Error(`charter ${checked.serial}: ${checked.code}`);
  return checked.chain;
}
