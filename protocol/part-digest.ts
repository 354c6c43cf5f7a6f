import type { Sha256 } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { CHUNK_SIZE } from "./limits.ts";
import { emptyRange, extendRange, rangeRoot } from "./merkle/compact-range.ts";
import { verifyInclusion } from "./merkle/proof.ts";
import { chunkCount, chunkLength, hasChunk } from "./part.ts";

/** A chunk as somebody else gave it, to be checked against the leaf's digest and size. */
export type ProvedChunk = {
  readonly digest: Uint8Array;
  readonly size: number;
  /** Its number, from 0. */
  readonly chunk: number;
  readonly bytes: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** A digest in the making: chunks in order, all full but the last. */
export interface PartDigest {
  /** Reads `chunk` and does not keep it. `PART_MALFORMED` after a chunk that was not full, and for one over 64 KiB or empty. */
  addChunk(chunk: Uint8Array): void;
  /** SHA-256(0x00 ‖ chunk) of each so far. */
  readonly chunkHashes: readonly Uint8Array[];
  /** `PART_MALFORMED` before the first chunk. */
  digest(): Uint8Array;
}

/** Digest of a whole part: the RFC 6962 root over its chunks, which for one chunk is SHA-256(0x00 ‖ part). */
export function partDigest(sha256: Sha256, bytes: Uint8Array): Uint8Array {
  if (bytes.length <= CHUNK_SIZE) return hashChunk(sha256, bytes);
  const digest = createPartDigest(sha256);
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) digest.addChunk(bytes.subarray(at, at + CHUNK_SIZE));
  return digest.digest();
}

/** The digest of a part of which only one chunk at a time is in memory. */
export function createPartDigest(sha256: Sha256): PartDigest {
  const chunkHashes: Uint8Array[] = [];
  let isEnded = false;
  return {
    chunkHashes,
    addChunk(chunk) {
      if (isEnded) throw malformed("a chunk after one that was not full");
      if (chunk.length === 0 || chunk.length > CHUNK_SIZE) throw malformed(`a chunk is 1 to ${CHUNK_SIZE} bytes`);
      isEnded = chunk.length < CHUNK_SIZE;
      chunkHashes.push(hashChunk(sha256, chunk));
    },
    digest() {
      if (chunkHashes.length === 0) throw malformed("a part has at least one chunk");
      return rangeRoot(sha256, extendRange(sha256, emptyRange(0), chunkHashes));
    },
  };
}

/** Whether `bytes` is chunk number `chunk` of the part with that digest and size. Never throws, whatever a peer sent. */
export function verifyChunk(sha256: Sha256, { digest, size, chunk, bytes, proof }: ProvedChunk): boolean {
  if (!hasChunk(size, chunk) || bytes.length !== chunkLength(size, chunk)) return false;
  const leafHash = hashChunk(sha256, bytes);
  return verifyInclusion(sha256, { index: chunk, size: chunkCount(size), leafHash, proof, root: digest });
}

/**
 * A chunk with room before it for the prefix of an RFC 6962 leaf, 0x00. One for all: a fresh block would cost half as
 * much again as the hash itself, and `Sha256` promises not to keep what it reads.
 */
const block = new Uint8Array(1 + CHUNK_SIZE);

function hashChunk(sha256: Sha256, chunk: Uint8Array): Uint8Array {
  block.set(chunk, 1);
  return sha256(block.subarray(0, 1 + chunk.length));
}

function malformed(message: string): FormatError {
  return new FormatError("PART_MALFORMED", message);
}
