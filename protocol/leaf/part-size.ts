import type { CborValue } from "../cbor.ts";
import { isPartSize } from "../part.ts";
import { leafShape } from "./leaf-kind.ts";

/** The size of a part that a leaf commits to. */
export function readPartSize(value: CborValue | undefined): number {
  if (typeof value === "number" && isPartSize(value)) return value;
  return leafShape.fail("not a size that a part can have");
}
