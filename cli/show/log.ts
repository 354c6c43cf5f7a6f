import type { LogStatus } from "../../node/service.ts";
import { count, fields, table } from "../text.ts";
import { CONTESTED } from "./contested.ts";

/** What is known of one log. */
export function logFields(log: LogStatus): string[] {
  const { epoch, size, seenSize, root, missingParts, witnesses, receipts, alarms, contested } = log;
  return fields([
    ["entries", seenSize > size ? `${size} of ${seenSize} seen` : String(size)],
    ...(epoch === 0 ? [] : [["epoch", String(epoch)] as const]),
    ["root", root],
    ["cosigned by", listed(witnesses.map((witness) => `${witness.name} to ${witness.size}`))],
    ...(log.own ? [["receipts", listed(receipts.map(receiptText))] as const] : []),
    ...(missingParts === 0 ? [] : [["missing", count(missingParts, "part")] as const]),
    ...(contested ? [["contested", CONTESTED] as const] : []),
    ["alarms", listed(alarms)],
  ]);
}

/** One log a line. */
export function logTable(logs: readonly LogStatus[]): string[] {
  const rows = logs.map((log) => [
    log.epoch === 0 ? log.name : `${log.name}/${log.epoch}`,
    `${log.own ? "own" : log.followed ? "mirror" : "mirror, not followed any more"}${log.contested ? ", contested" : ""}`,
    log.seenSize > log.size ? `${log.size} of ${log.seenSize}` : String(log.size),
    String(log.missingParts),
    String(log.witnesses.length),
    listed(log.alarms),
  ]);
  return table(["log", "is", "entries", "missing parts", "witnesses", "alarms"], rows);
}

function receiptText({ name, size, exceptions }: LogStatus["receipts"][number]): string {
  return `${name} to ${size}${exceptions === 0 ? "" : ` but for ${count(exceptions, "part")}`}`;
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(", ");
}
