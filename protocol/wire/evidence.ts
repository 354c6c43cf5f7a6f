import type { CborMap } from "../cbor.ts";
import { MAX_EVIDENCE_PIECE, MAX_EVIDENCE_SIZE } from "../limits.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import { wireShape } from "./fields.ts";
import { tagged } from "./message.ts";

/** Asks for an evidence file from byte `offset` on: `{"digest": h'…32', "offset": 131072}`. */
export type EvidenceRequest = {
  /** SHA-256 of the file, 32 bytes. */
  readonly digest: Uint8Array;
  readonly offset: number;
};

/** A piece of the file, 1 to 131 072 bytes, and how long the whole is: `{"size": 140000, "bytes": h'…8928'}`. */
export type EvidenceAnswer = {
  readonly size: number;
  readonly bytes: Uint8Array;
};

export const evidence = {
  kind: "evidence",
  request: tagged("evidence", {
    read: (body: CborMap): EvidenceRequest => ({
      digest: wireShape.bytes(body["digest"], "the digest", HASH_SIZE),
      offset: wireShape.integer(body["offset"], "the offset"),
    }),
    format: ({ digest, offset }: EvidenceRequest): CborMap => ({ digest, offset }),
  }),
  answer: tagged("evidence", {
    read(body: CborMap): EvidenceAnswer {
      const bytes = wireShape.bytesUpTo(body["bytes"], "the piece", MAX_EVIDENCE_PIECE);
      // Whoever asks for pieces until the file is whole must come further with each.
      if (bytes.length === 0) return wireShape.fail("a piece of no bytes");
      return { size: wireShape.integer(body["size"], "the size", bytes.length, MAX_EVIDENCE_SIZE), bytes };
    },
    format: ({ size, bytes }: EvidenceAnswer): CborMap => ({ size, bytes }),
  }),
} as const;
