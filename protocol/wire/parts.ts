import type { CborMap, CborValue } from "../cbor.ts";
import { CHUNK_SIZE } from "../limits.ts";
import { formatEntryRange, readEntryRange, readLogName, readPartNumber, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { tagged } from "./message.ts";

/**
 * Those of them that the answerer holds and the asker may have.
 *
 *     {"id": h'1e0f…', "next": 2048, "epoch": 0, "parts": [[1031, 0, h'…640'], [1031, 1, h'…1088']]}
 */
export type PartsAnswer = LogName & {
  /** Index at which to go on; that of the range's end when done. */
  readonly next: number;
  /** Ascending by index and part. */
  readonly parts: readonly { readonly index: number; readonly part: number; readonly bytes: Uint8Array }[];
};

export const parts = {
  kind: "parts",
  request: tagged("parts", { read: readEntryRange, format: formatEntryRange }),
  answer: tagged("parts", {
    read(body: CborMap): PartsAnswer {
      const items = wireShape.array(body["parts"], "the parts", 0, Number.POSITIVE_INFINITY).map(readPart);
      wireShape.ascending(items, "the parts", (a, b) => a.index - b.index || a.part - b.part);
      return { ...readLogName(body), next: wireShape.integer(body["next"], "next"), parts: items };
    },
    format: ({ id, epoch, next, parts }: PartsAnswer): CborMap => ({
      id,
      epoch,
      next,
      parts: parts.map(({ index, part, bytes }) => [index, part, bytes]),
    }),
  }),
} as const;

function readPart(item: CborValue): PartsAnswer["parts"][number] {
  const [index, part, bytes] = wireShape.array(item, "a part", 3, 3);
  return {
    index: wireShape.integer(index, "the index of a part"),
    part: readPartNumber(part),
    bytes: wireShape.bytesUpTo(bytes, "a part", CHUNK_SIZE),
  };
}
