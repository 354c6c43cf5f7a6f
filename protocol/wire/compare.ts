import type { CborMap } from "../cbor.ts";
import { MAX_COMPARE_CHECKPOINTS } from "../limits.ts";
import { formatLogNotes, readLogNotes } from "./log-note.ts";
import type { LogNote } from "./log-note.ts";
import { tagged } from "./message.ts";

/**
 * A page of latest checkpoints; asked and answered alike.
 *
 *     {"checkpoints": [[h'1e0f…', 0, "nvwa.nl\n1201\n…\n\n— nvwa.nl …\n"]]}
 */
export type Compare = {
  /** At most 128. */
  readonly checkpoints: readonly LogNote[];
};

const body = {
  read: (body: CborMap): Compare => ({
    checkpoints: readLogNotes(body["checkpoints"], "the checkpoints", MAX_COMPARE_CHECKPOINTS),
  }),
  format: ({ checkpoints }: Compare): CborMap => ({ checkpoints: formatLogNotes(checkpoints) }),
};

export const compare = { kind: "compare", request: tagged("compare", body), answer: tagged("compare", body) } as const;
