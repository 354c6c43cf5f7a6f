import { toHex } from "../../protocol/bytes.ts";
import type { ProofEntry, ProofLog, ProofPart, ProofReport } from "../../protocol/proof/proof-report.ts";
import type { ProofStep } from "../../protocol/proof/proof-steps.ts";
import { count, fields, formatBytes, formatTime, orDash, table } from "../text.ts";

/** The report with hex and ISO 8601 for bytes and seconds. */
export function proofJson({
  proves,
  isOk,
  steps,
  log,
  entry,
  parts,
  witnesses,
  notJudged,
  disputed,
}: ProofReport): object {
  return {
    proves,
    ok: isOk,
    steps,
    log:
      log === undefined
        ? null
        : {
            name: log.name,
            id: toHex(log.id),
            title: log.title,
            epoch: log.epoch,
            size: log.size,
            root: toHex(log.root),
          },
    entry: entry === undefined ? null : entryJson(entry),
    parts: parts.map((part) => ({ ...part, digest: toHex(part.digest) })),
    witnesses: witnesses.map(({ name, time }) => ({ name, time: isoTime(time) })),
    notJudged,
    disputed,
  };
}

function entryJson({ name, leafHash, kind, time, isDisavowed, record }: ProofEntry): object {
  return {
    entry: name,
    leafHash: toHex(leafHash),
    kind: kind ?? null,
    time: time === undefined ? null : isoTime(time),
    disavowed: isDisavowed,
    record: record ?? null,
  };
}

/** For people: every step, and only where all succeeded, what was proved. */
export function proofLines(report: ProofReport): string[] {
  const failed = report.steps.filter(({ result }) => result === "failed").length;
  if (!report.isOk)
    return [
      ...report.steps.map(stepLine),
      "",
      `✗ NOT verified: ${count(failed, "step")} failed; rely on nothing in this directory`,
    ];
  return [...report.steps.map(stepLine), "", ...provedLines(report)];
}

function stepLine({ step, result, detail }: ProofStep): string {
  const marks = { ok: "✓ verified ", failed: "✗ FAILED   ", unchecked: "– unchecked" };
  return `${marks[result]}  ${step.padEnd(10)}  ${detail}`;
}

function provedLines({ proves, log, entry, parts, witnesses, disputed }: ProofReport): string[] {
  if (log === undefined) return [];
  return [
    `✓ verified: ${proves === "entry" ? `the entry ${entry?.name}` : `the log ${log.name}`} of ${log.name}, ${log.title}`,
    ...fields([
      ...(entry === undefined ? [] : entryFields(entry)),
      ...disputedField(entry, disputed),
      ["log", `${log.size} entries, root ${toHex(log.root)}`],
      ["cosigned by", witnesses.map((witness) => witnessText(witness, log)).join(", ") || "nobody in the trust file"],
    ]),
    // Of a whole log there may be many thousands: --json lists them.
    ...(parts.length === 0 || proves === "log" ? [] : ["", ...partTable(parts)]),
  ];
}

function entryFields({ kind, time, leafHash, record }: ProofEntry): (readonly [string, string])[] {
  return [
    [
      "is",
      kind === undefined
        ? "malformed, without effect"
        : record === undefined
          ? `a ${kind}`
          : `a ${kind}: ${record.type}`,
    ],
    ["says", record?.summary ?? "not in this directory, or not readable by this program"],
    ["time", time === undefined ? "–" : `${formatTime(isoTime(time))}, as its owner says`],
    ["leaf hash", toHex(leafHash)],
  ];
}

function disputedField(entry: ProofEntry | undefined, disputed: number): (readonly [string, string])[] {
  if (disputed === 0) return [];
  if (entry === undefined)
    return [["disputed", `${count(disputed, "entry", "entries")}, not of what its owner continued in a later epoch`]];
  const why = entry.isDisavowed
    ? "its owner has since disavowed this entry"
    : "its owner has since continued the log, and nothing here shows that it was this tree";
  return [["disputed", why]];
}

/** The owner cosigns its own log too, which shows that it is alive, and nothing else. */
function witnessText({ name, time }: ProofReport["witnesses"][number], log: ProofLog): string {
  return `${name}${name === log.name ? " itself" : ""} (${formatTime(isoTime(time))})`;
}

function partTable(parts: readonly ProofPart[]): string[] {
  const rows = parts.map(({ part, name, type, length }) => [String(part), orDash(name), type, formatBytes(length)]);
  return table(["part", "name", "type", "size"], rows);
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
