import { compareBytes } from "../bytes.ts";
import type { CborValue } from "../cbor.ts";
import { AUDIENCE_TAG_SIZE, MAX_AUDIENCE_MEMBERS, MIN_AUDIENCE_TAGS } from "../limits.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";
import { readPartSize } from "./part-size.ts";

/**
 * Who may read what is addressed to it, blinded; part 0 is the member list.
 *
 *     ["audience", 1800000000, h'…16', [h'…16', h'…16', h'…16', h'…16'], [h'…32', 208]]
 */
export type AudienceLeaf = LeafHead & {
  readonly kind: "audience";
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 4, 8, 16 … 512 of 16 bytes, ascending; some of them belong to nobody. */
  readonly tags: readonly Uint8Array[];
  /** Of the part that holds the member list. */
  readonly digest: Uint8Array;
  readonly size: number;
};

const NONCE_SIZE = 16;

export const audience: LeafKind<AudienceLeaf> = {
  kind: "audience",
  read(time, fields) {
    const [nonce, list, commitment] = leafShape.array(fields, "an audience after its time", 3, 3);
    const [digest, size] = leafShape.array(commitment, "digest and size", 2, 2);
    return {
      kind: "audience",
      time,
      nonce: leafShape.bytes(nonce, "the nonce", NONCE_SIZE),
      tags: readTags(leafShape.array(list, "the tags", MIN_AUDIENCE_TAGS, MAX_AUDIENCE_MEMBERS)),
      digest: leafShape.bytes(digest, "a digest", HASH_SIZE),
      size: readPartSize(size),
    };
  },
  fields: ({ nonce, tags, digest, size }) => [nonce, tags, [digest, size]],
};

function readTags(items: readonly CborValue[]): readonly Uint8Array[] {
  if (!Number.isInteger(Math.log2(items.length))) leafShape.fail("the tags are not a power of two");
  const tags = items.map((tag) => leafShape.bytes(tag, "a tag", AUDIENCE_TAG_SIZE));
  leafShape.ascending(tags, "the tags", compareBytes);
  return tags;
}
