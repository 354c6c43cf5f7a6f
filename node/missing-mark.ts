import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import { u48 } from "./keyspace.ts";

/** What is stored for a part that is missing: its size, so that a look through many needs no leaves. */
export function missingMark(reading: LeafReading | undefined, part: number): Uint8Array {
  return u48(commitmentOf(reading, part)?.size ?? 0);
}

export function sizeOfMark(mark: Uint8Array): number {
  return Buffer.from(mark.buffer, mark.byteOffset, mark.byteLength).readUIntBE(0, 6);
}
