import type { Code } from "../record/codes/tables.ts";
import { isKnownCode } from "../record/codes/tables.ts";

export type Section = Code<"section">;
export type TransferGround = Code<"transfer-ground">;

/** A new kind of part says here by whom it is needed. */
const SECTION_OF: Readonly<Record<Code<"part-kind">, Section>> = {
  attachment: "product",
  commercial: "commercial",
  endorsement: "product",
  personal: "personal",
  picture: "product",
  "test-report": "product",
  traceability: "traceability",
};

/** The section of a kind of part; `undefined` for one that this version does not know, which nobody may guess at. */
export function sectionOf(kind: string): Section | undefined {
  return isPartKind(kind) ? SECTION_OF[kind] : undefined;
}

function isPartKind(kind: string): kind is Code<"part-kind"> {
  return isKnownCode("part-kind", kind);
}
