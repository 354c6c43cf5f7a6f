import type { CborMap, CborValue } from "../cbor.ts";
import { CHUNK_SIZE, MAX_BATCH_LEAVES, MAX_LEAF_SIZE } from "../limits.ts";
import { readHash, readLogName, readPartNumber, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { tagged } from "./message.ts";

/**
 * Leaves of a log from index `from` on, some parts of theirs, and what leads from there to a signed root.
 *
 *     {"id": h'1e0f…', "from": 1200, "epoch": 0, "parts": [[0, 0, h'…640']], "right": [], "leaves": [h'83…'],
 *      "checkpoint": "nvwa.nl\n1201\n…\n\n— nvwa.nl …\n"}
 */
export type Batch = LogName & {
  readonly from: number;
  /** 1 to 1024. */
  readonly leaves: readonly Uint8Array[];
  /** Whole, of one chunk each; ascending by offset and part. */
  readonly parts: readonly BatchPart[];
  /** Roots of the complete subtrees between the last leaf and the size of the checkpoint. */
  readonly right: readonly Uint8Array[];
  /** The whole note. */
  readonly checkpoint: string;
};

export type BatchPart = {
  /** Of its leaf, counted from `from`. */
  readonly offset: number;
  readonly part: number;
  readonly bytes: Uint8Array;
};

export const batch = {
  kind: "batch",
  answer: tagged("batch", { read: readBatch, format: formatBatch }),
} as const;

function readBatch(body: CborMap): Batch {
  const leaves = wireShape.array(body["leaves"], "the leaves", 1, MAX_BATCH_LEAVES);
  return {
    ...readLogName(body),
    from: wireShape.integer(body["from"], "from"),
    leaves: leaves.map((leaf) => wireShape.bytesUpTo(leaf, "a leaf", MAX_LEAF_SIZE)),
    parts: readParts(body["parts"], leaves.length),
    right: wireShape.array(body["right"], "the hashes to the right", 0, Number.POSITIVE_INFINITY).map(readHash),
    checkpoint: wireShape.text(body["checkpoint"], "the checkpoint"),
  };
}

function formatBatch({ id, epoch, from, leaves, parts, right, checkpoint }: Batch): CborMap {
  const items = parts.map(({ offset, part, bytes }) => [offset, part, bytes]);
  return { id, epoch, from, leaves, parts: items, right, checkpoint };
}

function readParts(value: CborValue | undefined, leaves: number): readonly BatchPart[] {
  const items = wireShape.array(value, "the parts", 0, Number.POSITIVE_INFINITY);
  const parts = items.map((item) => readPart(item, leaves));
  wireShape.ascending(parts, "the parts", (a, b) => a.offset - b.offset || a.part - b.part);
  return parts;
}

function readPart(item: CborValue, leaves: number): BatchPart {
  const [offset, part, bytes] = wireShape.array(item, "a part", 3, 3);
  return {
    offset: wireShape.integer(offset, "the offset of a part", 0, leaves - 1),
    part: readPartNumber(part),
    bytes: wireShape.bytesUpTo(bytes, "a part", CHUNK_SIZE),
  };
}
