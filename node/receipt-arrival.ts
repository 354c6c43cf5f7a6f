import { u48 } from "./keyspace.ts";

/** How a receipt came, kept beside its note: a note has no time, and what it excepts stands outside it. */
export type ReceiptArrival = {
  /** Seconds since 1970, by our clock. */
  readonly at: number;
  /** From the reader itself, who then names to the log's owner which parts it does not hold. */
  readonly isDirect: boolean;
  /** Those that it named: at most the first `MAX_RECEIPT_EXCEPTIONS`; to who is not the owner none. */
  readonly lacks: readonly { readonly index: number; readonly part: number }[];
};

const HEAD_BYTES = 7;
const PLACE_BYTES = 7;

/** The time (u48), 1 for direct, then each index (u48) and part (u8). */
export function formatReceiptArrival({ at, isDirect, lacks }: ReceiptArrival): Uint8Array {
  return Buffer.concat([
    u48(at),
    Uint8Array.of(isDirect ? 1 : 0),
    ...lacks.flatMap(({ index, part }) => [u48(index), Uint8Array.of(part)]),
  ]);
}

export function readReceiptArrival(value: Uint8Array): ReceiptArrival {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const lacks: { index: number; part: number }[] = [];
  for (let at = HEAD_BYTES; at + PLACE_BYTES <= bytes.length; at += PLACE_BYTES)
    lacks.push({ index: bytes.readUIntBE(at, 6), part: bytes.readUInt8(at + 6) });
  return { at: bytes.readUIntBE(0, 6), isDirect: bytes[6] === 1, lacks };
}
