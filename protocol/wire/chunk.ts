import type { CborMap } from "../cbor.ts";
import { CHUNK_SIZE } from "../limits.ts";
import { readLogName, readPartNumber, readProof, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { tagged } from "./message.ts";

/** Asks for one chunk of a part: `{"id": h'1e0f…', "part": 2, "chunk": 7, "epoch": 0, "index": 1031}`. */
export type ChunkRequest = LogName & {
  readonly index: number;
  readonly part: number;
  readonly chunk: number;
};

/** The chunk, and its inclusion proof under the part's digest: `{"bytes": h'…65536', "proof": [h'…32', h'…32', h'…32']}`. */
export type ChunkAnswer = {
  readonly bytes: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

export const chunk = {
  kind: "chunk",
  request: tagged("chunk", {
    read: (body: CborMap): ChunkRequest => ({
      ...readLogName(body),
      index: wireShape.integer(body["index"], "the index"),
      part: readPartNumber(body["part"]),
      chunk: wireShape.integer(body["chunk"], "the chunk"),
    }),
    format: ({ id, epoch, index, part, chunk }: ChunkRequest): CborMap => ({ id, epoch, index, part, chunk }),
  }),
  answer: tagged("chunk", {
    read: (body: CborMap): ChunkAnswer => ({
      bytes: wireShape.bytesUpTo(body["bytes"], "the chunk", CHUNK_SIZE),
      proof: readProof(body["proof"]),
    }),
    format: ({ bytes, proof }: ChunkAnswer): CborMap => ({ bytes, proof }),
  }),
} as const;
