import type { CborMap, CborValue } from "../cbor.ts";
import { CborShape } from "../cbor-shape.ts";
import { MAX_BUDGET, MAX_PROOF_HASHES, MAX_RECORD_PARTS } from "../limits.ts";
import { HASH_SIZE } from "../merkle/hash.ts";

/** Takes the fields of a body for what they must be, or throws `WIRE_MALFORMED`. */
export const wireShape = new CborShape("WIRE_MALFORMED");

/** A log: its owner and the number of the tree. */
export type LogName = {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly epoch: number;
};

/** Entries from ≤ index < to of a log, and how many bytes of frames the asker will take. */
export type EntryRange = LogName & {
  readonly from: number;
  readonly to: number;
  readonly budget: number;
};

export function readId(value: CborValue | undefined): Uint8Array {
  return wireShape.bytes(value, "an id", HASH_SIZE);
}

export function readLogName(body: CborMap): LogName {
  return { id: readId(body["id"]), epoch: wireShape.integer(body["epoch"], "the epoch") };
}

export function readEntryRange(body: CborMap): EntryRange {
  const from = wireShape.integer(body["from"], "from");
  const to = wireShape.integer(body["to"], "to", from + 1);
  return { ...readLogName(body), from, to, budget: readBudget(body["budget"]) };
}

export function formatEntryRange({ id, epoch, from, to, budget }: EntryRange): CborMap {
  return { id, epoch, from, to, budget };
}

export function readBudget(value: CborValue | undefined): number {
  return wireShape.integer(value, "the budget", 1, MAX_BUDGET);
}

export function readPartNumber(value: CborValue | undefined): number {
  return wireShape.integer(value, "a part", 0, MAX_RECORD_PARTS - 1);
}

/** Hashes of a proof. One that is longer than any tree is high cannot prove. */
export function readProof(value: CborValue | undefined): readonly Uint8Array[] {
  return wireShape.array(value, "the hashes", 0, MAX_PROOF_HASHES).map(readHash);
}

export function readHash(value: CborValue): Uint8Array {
  return wireShape.bytes(value, "a hash", HASH_SIZE);
}
