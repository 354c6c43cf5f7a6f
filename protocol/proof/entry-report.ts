import { disavowed } from "../charter-chain.ts";
import type { Chain } from "../charter-chain.ts";
import type { Sha256 } from "../crypto.ts";
import { FormatError } from "../format-error.ts";
import type { LeafReading } from "../leaf/leaf.ts";
import { leafHash } from "../merkle/hash.ts";
import { formatEntryName } from "../name.ts";
import { readRecord } from "../record/index.ts";
import { formatSummary } from "../record/summary.ts";
import type { ProvedPart } from "./proof-part.ts";
import type { ProofEntry, ProofPart, ProofRecord } from "./proof-report.ts";

// What is said of an entry that was proved.

/** A leaf that can be read or not: what is proved are its bytes. */
export type LeafBytes = { readonly bytes: Uint8Array; readonly reading: LeafReading };

export function describeEntry(
  chain: Chain,
  { epoch, index }: { readonly epoch: number; readonly index: number },
  { bytes, reading }: LeafBytes,
  parts: ReadonlyMap<number, ProvedPart>,
  sha256: Sha256,
): ProofEntry {
  return {
    name: formatEntryName({ name: chain.name, epoch, index }),
    leafHash: leafHash(sha256, bytes),
    kind: kindOf(reading),
    time: reading.status === "malformed" ? undefined : reading.status === "known" ? reading.leaf.time : reading.time,
    isDisavowed: disavowed(chain, epoch, index),
    record: describeRecord(reading, parts.get(0)?.content),
  };
}

export function describePart(index: number, part: number, { name, type, length, digest }: ProvedPart): ProofPart {
  return { index, part, name, type, length, digest };
}

/** For people; shape and meaning of a leaf fail nothing. */
export function describeLeaf({ bytes, reading }: LeafBytes): string {
  const critical = reading.status === "unknown" && reading.critical ? ", critical" : "";
  const unknown = reading.status === "unknown" ? `, of a kind that this program does not know${critical}` : "";
  return `${bytes.length} bytes: ${kindOf(reading) ?? "malformed, without effect"}${unknown}`;
}

/** What the record says; a malformed one is still the one that was published. */
function describeRecord(reading: LeafReading, content: Uint8Array | undefined): ProofRecord | undefined {
  if (reading.status !== "known" || reading.leaf.kind !== "record" || content === undefined) return undefined;
  try {
    const record = readRecord(content, reading.leaf.parts.length);
    const summary =
      record.status === "known"
        ? formatSummary(record.summary, ["en"])
        : "of a type or version that this program does not know";
    return { type: record.type, version: record.version, summary };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function kindOf(reading: LeafReading): string | undefined {
  if (reading.status === "malformed") return undefined;
  return reading.status === "known" ? reading.leaf.kind : reading.kind;
}
