import { compareBytes } from "../bytes.ts";
import { MAX_FOLLOWERS } from "../limits.ts";
import { HASH_SIZE } from "../merkle/hash.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";

/**
 * Who may follow this log from here on, instead of whom the leaf before said.
 *
 *     ["followers", 1800000000, [h'1e0f…', h'a7c3…']]
 */
export type FollowersLeaf = LeafHead & {
  readonly kind: "followers";
  /** Ascending. The owner, who need not be listed, is not: a reader of the bytes cannot check that. */
  readonly ids: readonly Uint8Array[];
};

export const followers: LeafKind<FollowersLeaf> = {
  kind: "followers",
  read(time, fields) {
    const [list] = leafShape.array(fields, "a followers leaf after its time", 1, 1);
    const items = leafShape.array(list, "the list of ids", 0, MAX_FOLLOWERS);
    const ids = items.map((id) => leafShape.bytes(id, "an id", HASH_SIZE));
    leafShape.ascending(ids, "the ids", compareBytes);
    return { kind: "followers", time, ids };
  },
  fields: ({ ids }) => [ids],
};
