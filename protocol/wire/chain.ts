import type { CborValue } from "../cbor.ts";
import type { ChainEntry } from "../charter-chain.ts";
import { wireShape } from "./fields.ts";

/** `[[epoch, index, note]…]`; how many there may be follows from the size of a frame. */
export function readChain(value: CborValue | undefined, min: number): readonly ChainEntry[] {
  return wireShape.array(value, "the chain", min, Number.POSITIVE_INFINITY).map((item) => {
    const [epoch, index, note] = wireShape.array(item, "a charter of the chain", 3, 3);
    return {
      epoch: wireShape.integer(epoch, "the epoch of a charter"),
      index: wireShape.integer(index, "the index of a charter"),
      note: wireShape.text(note, "the note of a charter"),
    };
  });
}

export function formatChain(chain: readonly ChainEntry[]): CborValue {
  return chain.map(({ epoch, index, note }) => [epoch, index, note]);
}
