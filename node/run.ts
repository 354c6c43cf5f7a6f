import { readU32be } from "../protocol/bytes.ts";
import { DiskError, unlessCorrupt } from "./disk.ts";

/**
 * A run is the stored form of consecutive entries that were committed together: one value with their leaves, one with
 * those of their small parts that we hold. So a thousand entries cost a handful of store operations, and what a follower
 * asks for lies together.
 *
 *     leaves   (u16 length ‖ leaf)…                                        as a tlog-tiles entry bundle
 *     parts    u16 count ‖ (u16 offset ‖ u8 part ‖ u32 length)… ‖ bytes…   ascending by (offset, part)
 */
export type RunPart = { readonly offset: number; readonly part: number; readonly bytes: Uint8Array };

const PART_HEAD_BYTES = 7;

export function formatLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const leaf of leaves) length += 2 + leaf.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const leaf of leaves) {
    bytes.writeUInt16BE(leaf.length, at);
    bytes.set(leaf, at + 2);
    at += 2 + leaf.length;
  }
  return bytes;
}

/** Views into `bytes`. */
export function parseLeaves(bytes: Uint8Array): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + 2 + length;
    if (end > bytes.length) throw new DiskError("CORRUPT", "a stored run of leaves is torn");
    leaves.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}

export function formatParts(parts: readonly RunPart[]): Uint8Array {
  let length = 2 + PART_HEAD_BYTES * parts.length;
  let body = length;
  for (const part of parts) length += part.bytes.length;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt16BE(parts.length, 0);
  let head = 2;
  for (const part of parts) {
    bytes.writeUInt16BE(part.offset, head);
    bytes[head + 2] = part.part;
    bytes.writeUInt32BE(part.bytes.length, head + 3);
    bytes.set(part.bytes, body);
    head += PART_HEAD_BYTES;
    body += part.bytes.length;
  }
  return bytes;
}

/** `undefined` where what lies there was damaged: then its parts are not here. */
export function tryParseParts(bytes: Uint8Array): RunPart[] | undefined {
  try {
    return parseParts(bytes);
  } catch (error) {
    return unlessCorrupt(error);
  }
}

/** Views into `bytes`. */
export function parseParts(bytes: Uint8Array): RunPart[] {
  const count = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const parts: RunPart[] = [];
  let body = 2 + PART_HEAD_BYTES * count;
  for (let i = 0, head = 2; i < count; i++, head += PART_HEAD_BYTES) {
    const length = readU32be(bytes, head + 3);
    const end = body + length;
    if (end > bytes.length) throw new DiskError("CORRUPT", "a stored run of parts is torn");
    parts.push({
      offset: ((bytes[head] ?? 0) << 8) | (bytes[head + 1] ?? 0),
      part: bytes[head + 2] ?? 0,
      bytes: bytes.subarray(body, end),
    });
    body = end;
  }
  return parts;
}
