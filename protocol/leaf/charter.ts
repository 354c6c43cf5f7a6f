import { leafShape } from "./leaf-kind.ts";
import type { LeafHead, LeafKind } from "./leaf-kind.ts";

/**
 * The keys of the authority from here on.
 *
 *     ["charter", 1800000000, "entente charter v1\nauthority nvwa.nl\n…\n\n— nvwa.nl/root/1 …\n"]
 */
export type CharterLeaf = LeafHead & {
  readonly kind: "charter";
  /** A signed note. Whether it is a charter, and valid at its place, is judged elsewhere. */
  readonly note: string;
};

export const charter: LeafKind<CharterLeaf> = {
  kind: "charter",
  read(time, fields) {
    const [note] = leafShape.array(fields, "a charter after its time", 1, 1);
    return { kind: "charter", time, note: leafShape.text(note, "the note") };
  },
  fields: ({ note }) => [note],
};
