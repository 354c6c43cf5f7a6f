import type { CborValue } from "../cbor.ts";
import { MAX_GRANT_ITEMS } from "../limits.ts";
import { compareNumbers } from "./compare-numbers.ts";
import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";

/**
 * Opens to a further audience what records of earlier indexes address to earlier ones.
 *
 *     ["grant", 1800000000, 40, [[0, 12, 13, 40], [0, 15, 16, 40]], ""]
 */
export type GrantLeaf = LeafHead & {
  readonly kind: "grant";
  /** Index of the audience that gets to read. */
  readonly audience: number;
  /** 1 to 256, ascending. */
  readonly items: readonly GrantItem[];
  /** Empty, or the signature line of an approver. */
  readonly approval: string;
};

/** What is addressed to the audience at index `past` of `epoch`, at the indexes from ≤ i < to. */
export type GrantItem = {
  readonly epoch: number;
  readonly past: number;
  readonly from: number;
  readonly to: number;
};

export const grant: LeafKind<GrantLeaf> = {
  kind: "grant",
  read(time, fields) {
    const [audience, list, approval] = leafShape.array(fields, "a grant after its time", 3, 3);
    const items = leafShape.array(list, "the items", 1, MAX_GRANT_ITEMS).map(readItem);
    leafShape.ascending(items, "the items", (a, b) => compareNumbers(numbers(a), numbers(b)));
    return {
      kind: "grant",
      time,
      audience: leafShape.integer(audience, "the audience"),
      items,
      approval: leafShape.text(approval, "the approval"),
    };
  },
  fields: ({ audience, items, approval }) => [audience, items.map(numbers), approval],
};

function readItem(item: CborValue): GrantItem {
  const [epoch, past, from, to] = leafShape.array(item, "an item", 4, 4);
  const begin = leafShape.integer(from, "from");
  return {
    epoch: leafShape.integer(epoch, "an epoch"),
    past: leafShape.integer(past, "a past audience"),
    from: begin,
    to: leafShape.integer(to, "to", begin + 1),
  };
}

function numbers({ epoch, past, from, to }: GrantItem): readonly number[] {
  return [epoch, past, from, to];
}
