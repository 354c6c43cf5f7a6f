import type { CborValue } from "../cbor.ts";
import { CborShape } from "../cbor-shape.ts";

/** Takes the fields of a leaf for what they must be, or throws `LEAF_MALFORMED`. */
export const leafShape = new CborShape("LEAF_MALFORMED");

/** What all leaves have. */
export type LeafHead = {
  readonly kind: string;
  /** Seconds since 1970: when the owner says that it appended the leaf. Orders nothing. */
  readonly time: number;
};

/**
 * How one kind of leaf is read and written. `fields` are the elements of the array after kind and time. What `read` gives
 * for them, `fields` turns into them again.
 */
export interface LeafKind<L extends LeafHead> {
  readonly kind: L["kind"];
  /** Throws `LEAF_MALFORMED`. Byte strings stay views of what was decoded. */
  read(time: number, fields: readonly CborValue[]): L;
  fields(leaf: L): readonly CborValue[];
}
