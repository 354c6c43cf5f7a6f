import type { CborMap, CborValue } from "../cbor.ts";
import { MAX_COMPARE_CHECKPOINTS, MAX_COMPARE_EVIDENCE } from "../limits.ts";
import { readHash, wireShape } from "./fields.ts";
import { formatLogNotes, readLogNotes } from "./log-note.ts";
import type { LogNote } from "./log-note.ts";
import { tagged } from "./message.ts";

/**
 * A page of latest checkpoints, and what evidence is held; asked and answered alike.
 *
 *     {"evidence": [h'…32'], "checkpoints": [[h'1e0f…', 0, "nvwa.nl\n1201\n…\n\n— nvwa.nl …\n"]]}
 */
export type Compare = {
  /** At most 128. */
  readonly checkpoints: readonly LogNote[];
  /** SHA-256 of evidence files, 32 bytes each, 1 to 256; left out where there is none. */
  readonly evidence?: readonly Uint8Array[];
};

const body = {
  read: (body: CborMap): Compare => ({
    checkpoints: readLogNotes(body["checkpoints"], "the checkpoints", MAX_COMPARE_CHECKPOINTS),
    ...readEvidence(body["evidence"]),
  }),
  format: ({ checkpoints, evidence = [] }: Compare): CborMap => ({
    checkpoints: formatLogNotes(checkpoints),
    ...(evidence.length === 0 ? {} : { evidence }),
  }),
};

export const compare = { kind: "compare", request: tagged("compare", body), answer: tagged("compare", body) } as const;

/** SPEC: "`evidence` (may be left out; ≤ 256)" */
function readEvidence(value: CborValue | undefined): Pick<Compare, "evidence"> {
  if (value === undefined) return {};
  const digests = wireShape.array(value, "the evidence", 0, MAX_COMPARE_EVIDENCE).map(readHash);
  return digests.length === 0 ? {} : { evidence: digests };
}
