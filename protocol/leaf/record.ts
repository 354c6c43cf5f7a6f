import type { CborValue } from "../cbor.ts";
import { MAX_RECORD_PARTS } from "../limits.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";
import { readPartSize } from "./part-size.ts";

/**
 * What a person publishes: only digests. Part 0 is the record, the others its confidential sections and attachments.
 *
 *     ["record", 1800000000, [[12, h'…32', 640], [12, h'…32', 262144]]]
 */
export type RecordLeaf = LeafHead & {
  readonly kind: "record";
  /** 1 to 64, numbered as they stand. */
  readonly parts: readonly RecordPart[];
};

export type RecordPart = {
  /** Index of the audience leaf that says who may read the part. */
  readonly audience: number;
  readonly digest: Uint8Array;
  readonly size: number;
};

export const record: LeafKind<RecordLeaf> = {
  kind: "record",
  read(time, fields) {
    const [parts] = leafShape.array(fields, "a record after its time", 1, 1);
    return { kind: "record", time, parts: leafShape.array(parts, "the parts", 1, MAX_RECORD_PARTS).map(readPart) };
  },
  fields: ({ parts }) => [parts.map(({ audience, digest, size }) => [audience, digest, size])],
};

function readPart(item: CborValue): RecordPart {
  const [audience, digest, size] = leafShape.array(item, "a part", 3, 3);
  return {
    audience: leafShape.integer(audience, "an audience"),
    digest: leafShape.bytes(digest, "a digest", HASH_SIZE),
    size: readPartSize(size),
  };
}
