import { encodeCbor } from "../cbor.ts";
import type { Sha256 } from "../crypto.ts";
import type { Reference } from "../name.ts";
import { compareRefs } from "./graph.ts";

/** Hash of a case over the entries that two nodes may both hold: docs/spec/case.md, "Hash". */
export function caseDigest(sha256: Sha256, root: Reference, entries: readonly Reference[]): Uint8Array {
  const sorted = [...entries].sort(compareRefs);
  return sha256(
    encodeCbor([
      "entente/case/1",
      [root.id, root.epoch, root.index],
      sorted.map(({ id, epoch, index, leafHash }) => [id, epoch, index, leafHash]),
    ]),
  );
}

/** The first entry, in that order, that stands in only one of the two lists, and in which. */
export function firstDifference(
  mine: readonly Reference[],
  theirs: readonly Reference[],
): { readonly entry: Reference; readonly only: "mine" | "theirs" } | undefined {
  const [a, b] = [[...mine].sort(compareRefs), [...theirs].sort(compareRefs)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left !== undefined && (right === undefined || compareRefs(left, right) < 0))
      return { entry: left, only: "mine" };
    if (right !== undefined && (left === undefined || compareRefs(left, right) > 0))
      return { entry: right, only: "theirs" };
  }
  return undefined;
}
