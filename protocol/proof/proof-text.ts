import { utf8Decode } from "../bytes.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";

/** A text file of the directory. Throws where there is none, or one that is too large or no UTF-8. */
export async function readProofText(reader: ProofReader, path: string, maxSize: number): Promise<string> {
  return utf8Decode(await readProofBytes(reader, path, maxSize));
}

export async function readProofBytes(reader: ProofReader, path: string, maxSize: number): Promise<Uint8Array> {
  const bytes = await reader.read(path, maxSize);
  if (bytes === undefined) throw proofInvalid(`there is no file ${path}, or it is larger than it may be`);
  return bytes;
}
