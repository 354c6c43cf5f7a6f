import type { CborMap } from "../cbor.ts";
import { tagged } from "./message.ts";

/** The answer to a pull that waited in vain: `{}`. */
export type Nothing = Readonly<Record<never, never>>;

export const nothing = {
  kind: "nothing",
  answer: tagged("nothing", {
    read: (_body: CborMap): Nothing => ({}),
    format: (_value: Nothing): CborMap => ({}),
  }),
} as const;
