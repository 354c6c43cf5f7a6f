import type { CborMap } from "../cbor.ts";
import type { ChainEntry } from "../charter-chain.ts";
import { formatChain, readChain } from "./chain.ts";
import { readId, wireShape } from "./fields.ts";
import { tagged } from "./message.ts";

/** Asks for the charters of an authority: `{"id": h'1e0f…', "from": 3}`. */
export type ChartersRequest = {
  readonly id: Uint8Array;
  /** Serial of the first one wanted. */
  readonly from: number;
};

/** One to four frames of them, in order: `{"id": h'1e0f…', "chain": [[0, 41, "entente charter v1\n…"]], "charters": 4}`. */
export type ChartersAnswer = {
  readonly id: Uint8Array;
  /** How many the whole chain has. */
  readonly charters: number;
  readonly chain: readonly ChainEntry[];
};

export const charters = {
  kind: "charters",
  request: tagged("charters", {
    read: (body: CborMap): ChartersRequest => ({
      id: readId(body["id"]),
      from: wireShape.integer(body["from"], "the first serial"),
    }),
    format: ({ id, from }: ChartersRequest): CborMap => ({ id, from }),
  }),
  answer: tagged("charters", {
    read(body: CborMap): ChartersAnswer {
      const chain = readChain(body["chain"], 0);
      const charters = wireShape.integer(body["charters"], "the number of charters", chain.length);
      return { id: readId(body["id"]), charters, chain };
    },
    format: ({ id, charters, chain }: ChartersAnswer): CborMap => ({ id, charters, chain: formatChain(chain) }),
  }),
} as const;
