import { cborSize } from "../cbor.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import type { Batch } from "./batch.ts";
import { answerSize } from "./frame.ts";
import type { PartsAnswer } from "./parts.ts";

// What a frame of leaves and parts will measure, so that it can be filled to the last byte and encoded once:
// batchOverhead + listSize(leaves) + listSize(parts) + hashesSize(right) is the length of its encoding.

/** Bytes of the frame of a batch without its three lists. */
export function batchOverhead(n: number, head: Omit<Batch, "leaves" | "parts" | "right">): number {
  return answerSize(n, { kind: "batch", ...head, leaves: [], parts: [], right: [] }) - 3 * cborSize([]);
}

/** Bytes of a parts frame without its list. */
export function partsOverhead(n: number, head: Omit<PartsAnswer, "parts">): number {
  return answerSize(n, { kind: "parts", ...head, parts: [] }) - cborSize([]);
}

/** Bytes of a list of `count` items that measure `bytes` together. */
export function listSize(count: number, bytes: number): number {
  // The head of an array is as long as that of the number.
  return cborSize(count) + bytes;
}

/** Bytes that a leaf of `length` bytes adds to the list of leaves. */
export function leafSize(length: number): number {
  return cborSize(length) + length;
}

/** Bytes that a part of `length` bytes adds to the list of parts; `position` is its offset in a batch, its index in a parts frame. */
export function partItemSize(position: number, part: number, length: number): number {
  return cborSize([position, part]) + cborSize(length) + length;
}

/** Bytes of the list of `count` hashes. */
export function hashesSize(count: number): number {
  return listSize(count, count * (cborSize(HASH_SIZE) + HASH_SIZE));
}
