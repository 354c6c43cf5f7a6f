import type { CborMap } from "../cbor.ts";
import { readLogName, readProof, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { tagged } from "./message.ts";

/** Asks what shows that the tree of size `second` continues that of `first`: `{"id": h'1e0f…', "epoch": 0, "first": 7, "second": 12}`. */
export type ConsistencyRequest = LogName & {
  /** 1 ≤ first ≤ second. */
  readonly first: number;
  readonly second: number;
};

/** The proof with its first element always explicit, as in evidence; none where both sizes are one: `{"hashes": [h'…32', …]}`. */
export type ConsistencyAnswer = { readonly hashes: readonly Uint8Array[] };

export const consistency = {
  kind: "consistency",
  request: tagged("consistency", {
    read(body: CborMap): ConsistencyRequest {
      const first = wireShape.integer(body["first"], "the first size", 1);
      return { ...readLogName(body), first, second: wireShape.integer(body["second"], "the second size", first) };
    },
    format: ({ id, epoch, first, second }: ConsistencyRequest): CborMap => ({ id, epoch, first, second }),
  }),
  answer: tagged("consistency", {
    read: (body: CborMap): ConsistencyAnswer => ({ hashes: readProof(body["hashes"]) }),
    format: ({ hashes }: ConsistencyAnswer): CborMap => ({ hashes }),
  }),
} as const;
