import type { CborValue } from "../cbor.ts";
import { MAX_ERASE_ITEMS, MAX_RECORD_PARTS } from "../limits.ts";
import { compareNumbers } from "./compare-numbers.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";

/**
 * Parts that every holder hides at once, and deletes.
 *
 *     ["erase", 1800000000, [[0, 17, 0], [0, 17, 2]], "retention", ""]
 */
export type EraseLeaf = LeafHead & {
  readonly kind: "erase";
  /** 1 to 1024, ascending. */
  readonly items: readonly EraseItem[];
  /** Why, as a word: 1 to 64 characters of `[a-z0-9-]`. */
  readonly ground: string;
  /** Empty, or the signature line of an approver. */
  readonly approval: string;
};

export type EraseItem = {
  readonly epoch: number;
  readonly index: number;
  readonly part: number;
};

export const erase: LeafKind<EraseLeaf> = {
  kind: "erase",
  read(time, fields) {
    const [list, ground, approval] = leafShape.array(fields, "an erasure after its time", 3, 3);
    const items = leafShape.array(list, "the items", 1, MAX_ERASE_ITEMS).map(readItem);
    leafShape.ascending(items, "the items", (a, b) => compareNumbers(numbers(a), numbers(b)));
    return {
      kind: "erase",
      time,
      items,
      ground: readGround(ground),
      approval: leafShape.text(approval, "the approval"),
    };
  },
  fields: ({ items, ground, approval }) => [items.map(numbers), ground, approval],
};

function readItem(item: CborValue): EraseItem {
  const [epoch, index, part] = leafShape.array(item, "an item", 3, 3);
  return {
    epoch: leafShape.integer(epoch, "an epoch"),
    index: leafShape.integer(index, "an index"),
    part: leafShape.integer(part, "a part", 0, MAX_RECORD_PARTS - 1),
  };
}

function readGround(value: CborValue | undefined): string {
  const ground = leafShape.text(value, "the ground");
  return /^[a-z0-9-]{1,64}$/.test(ground) ? ground : leafShape.fail("the ground is not a word");
}

function numbers({ epoch, index, part }: EraseItem): readonly number[] {
  return [epoch, index, part];
}
