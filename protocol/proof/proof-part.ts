import { concatBytes, equalBytes } from "../bytes.ts";
import type { Sha256 } from "../crypto.ts";
import { CHUNK_SIZE, MAX_RECORD_SIZE } from "../limits.ts";
import { createPartDigest } from "../part-digest.ts";
import { isZeros, partHeader } from "../part.ts";
import type { PartHeader } from "../part.ts";
import type { ProofReader } from "./proof-reader.ts";
import { proofInvalid } from "./proof-steps.ts";

/** What a leaf commits to. */
export type Commitment = { readonly digest: Uint8Array; readonly size: number };

/** A part that is what its leaf commits to. */
export type ProvedPart = PartHeader &
  Commitment & {
    /** Content of a part that is small enough to be a record; else `undefined`. */
    readonly content: Uint8Array | undefined;
  };

/** Reads the file chunk by chunk, however large it is. Throws where it is not the part of `ownerId` that is committed to. */
export async function verifyPartFile(
  reader: ProofReader,
  path: string,
  { digest, size }: Commitment,
  ownerId: Uint8Array,
  sha256: Sha256,
): Promise<ProvedPart> {
  const actual = reader.files.get(path)?.size;
  if (actual !== size) throw proofInvalid(`${path} has ${actual ?? "no"} bytes, the leaf says ${size}`);
  const content: Uint8Array[] = [];
  const hashing = createPartDigest(sha256);
  let header: ReturnType<typeof partHeader> | undefined;
  let at = 0;
  for await (const chunk of reader.readPieces(path, CHUNK_SIZE)) {
    hashing.addChunk(chunk);
    header ??= partHeader(chunk, size, ownerId);
    const end = header.start + header.length - at;
    if (!isZeros(chunk.subarray(Math.max(0, end)))) throw proofInvalid(`${path}: the padding is not zeros`);
    if (header.length <= MAX_RECORD_SIZE) content.push(chunk.slice(Math.max(0, header.start - at), Math.max(0, end)));
    at += chunk.length;
  }
  if (header === undefined || at !== size || !equalBytes(hashing.digest(), digest))
    throw proofInvalid(`${path} is not what the leaf commits to`);
  const { start: _start, ...rest } = header;
  return { ...rest, digest, size, content: header.length <= MAX_RECORD_SIZE ? concatBytes(...content) : undefined };
}
