import { toHex } from "../bytes.ts";
import type { CborMap, CborValue } from "../cbor.ts";
import { MAX_PULL_LOGS, MAX_PULL_STATEMENTS, MAX_RECEIPT_EXCEPTIONS } from "../limits.ts";
import { readBudget, readId, readPartNumber, wireShape } from "./fields.ts";
import type { LogName } from "./fields.ts";
import { formatLogNotes, readLogNotes } from "./log-note.ts";
import type { LogNote } from "./log-note.ts";
import { tagged } from "./message.ts";

/**
 * The waiting pull: what the asker has of each log that it wants, and what it has to say of them.
 *
 *     {"logs": [[h'1e0f…', 0, 1200, 3]], "budget": 1048576, "receipts": [], "cosignatures": []}
 */
export type PullRequest = {
  /** 1 to 512, each log once. */
  readonly logs: readonly PulledLog[];
  /** Bytes of frames that the asker will take. */
  readonly budget: number;
  /** The asker's newest cosignatures, each on the whole checkpoint note. */
  readonly cosignatures: readonly LogNote[];
  readonly receipts: readonly ShownReceipt[];
};

export type PulledLog = LogName & {
  /** Contiguous leaves held: the next one wanted. */
  readonly from: number;
  /** Of the newest charter held. */
  readonly serial: number;
};

export type ShownReceipt = {
  readonly note: string;
  /** The first parts that are not held; to the log's owner alone, else empty. */
  readonly exceptions: readonly { readonly index: number; readonly part: number }[];
};

export const pull = {
  kind: "pull",
  request: tagged("pull", {
    read: (body: CborMap): PullRequest => ({
      logs: readLogs(body["logs"]),
      budget: readBudget(body["budget"]),
      cosignatures: readLogNotes(body["cosignatures"], "the cosignatures", MAX_PULL_STATEMENTS),
      receipts: wireShape.array(body["receipts"], "the receipts", 0, MAX_PULL_STATEMENTS).map(readReceipt),
    }),
    format: ({ logs, budget, cosignatures, receipts }: PullRequest): CborMap => ({
      logs: logs.map(({ id, epoch, from, serial }) => [id, epoch, from, serial]),
      budget,
      cosignatures: formatLogNotes(cosignatures),
      receipts: receipts.map(({ note, exceptions }) => [note, exceptions.map(({ index, part }) => [index, part])]),
    }),
  }),
} as const;

function readLogs(value: CborValue | undefined): readonly PulledLog[] {
  const logs = wireShape.array(value, "the logs", 1, MAX_PULL_LOGS).map(readLog);
  const names = new Set(logs.map(({ id, epoch }) => `${toHex(id)}/${epoch}`));
  return names.size === logs.length ? logs : wireShape.fail("a log stands twice in a pull");
}

function readLog(item: CborValue): PulledLog {
  const [id, epoch, from, serial] = wireShape.array(item, "a log", 4, 4);
  return {
    id: readId(id),
    epoch: wireShape.integer(epoch, "the epoch of a log"),
    from: wireShape.integer(from, "the leaves held"),
    serial: wireShape.integer(serial, "the serial held"),
  };
}

function readReceipt(item: CborValue): ShownReceipt {
  const [note, list] = wireShape.array(item, "a receipt", 2, 2);
  const exceptions = wireShape.array(list, "the exceptions", 0, MAX_RECEIPT_EXCEPTIONS);
  return { note: wireShape.text(note, "a receipt"), exceptions: exceptions.map(readException) };
}

function readException(item: CborValue): ShownReceipt["exceptions"][number] {
  const [index, part] = wireShape.array(item, "an exception", 2, 2);
  return { index: wireShape.integer(index, "the index of an exception"), part: readPartNumber(part) };
}
