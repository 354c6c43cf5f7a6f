import { formatEntryRange, readEntryRange } from "./fields.ts";
import { tagged } from "./message.ts";

/**
 * Asks for batches of a range of entries: `{"id": h'1e0f…', "to": 2048, "from": 1024, "epoch": 0, "budget": 8388608}`.
 * Answered by batches from `from` on, never beyond `to`.
 */
export const range = {
  kind: "range",
  request: tagged("range", { read: readEntryRange, format: formatEntryRange }),
} as const;
