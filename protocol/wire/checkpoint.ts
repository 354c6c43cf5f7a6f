import type { CborMap, CborValue } from "../cbor.ts";
import { MAX_COSIGNATURE_LINES } from "../limits.ts";
import { readLogName, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { tagged } from "./message.ts";

/**
 * A newer checkpoint of a log, or a newer cosignature of one, where no leaves are missing.
 *
 *     {"id": h'1e0f…', "epoch": 0, "checkpoint": "nvwa.nl\n1201\n…", "cosignatures": ["— nvwa.nl/witness …"]}
 */
export type CheckpointAnswer = LogName & {
  /** The whole note. */
  readonly checkpoint: string;
  /** Lines without newline, which belong to that note; at most 15. */
  readonly cosignatures: readonly string[];
};

export const checkpoint = {
  kind: "checkpoint",
  answer: tagged("checkpoint", {
    read: (body: CborMap): CheckpointAnswer => ({
      ...readLogName(body),
      checkpoint: wireShape.text(body["checkpoint"], "the checkpoint"),
      cosignatures: wireShape.array(body["cosignatures"], "the cosignatures", 0, MAX_COSIGNATURE_LINES).map(readLine),
    }),
    format: ({ id, epoch, checkpoint, cosignatures }: CheckpointAnswer): CborMap => ({
      id,
      epoch,
      checkpoint,
      cosignatures,
    }),
  }),
} as const;

function readLine(value: CborValue): string {
  const line = wireShape.text(value, "a cosignature");
  return line.includes("\n") ? wireShape.fail("a cosignature of more than one line") : line;
}
