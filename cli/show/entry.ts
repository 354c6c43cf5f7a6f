import type { EntryDetail, EntryPart, EntrySummary, PartState } from "../../node/service.ts";
import { fields, formatBytes, formatTime, indent, orDash, table } from "../text.ts";
import { CONTESTED } from "./contested.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { groundTexts } from "./readers.ts";
import { type Reading, recordLines, typeHeading } from "./record.ts";
import { valueLines } from "./value.ts";
import { WAITS } from "./waits.ts";

/** One entry a line. */
export function entryTable(entries: readonly EntrySummary[]): string[] {
  const rows = entries.map((entry) => [
    entry.entry,
    timeText(entry),
    kindText(entry),
    partsText(entry.parts),
    entry.summary === null && isAwaited(entry.parts) ? AWAITED : orDash(entry.summary),
  ]);
  return table(["entry", "time (its owner's)", "is", "parts", "says"], rows);
}

/** Its record is addressed to us and not here, so that nothing more is known of it. */
const AWAITED = "addressed to this authority and not here yet (entente explain)";

function isAwaited([record]: readonly PartState[]): boolean {
  return record === "missing" || record === "fetching";
}

/** `nvwa.nl:12  alert  Soft toy · Rattlesome`. */
export function entryLine(summary: EntrySummary): string {
  return `${summary.entry}  ${kindText(summary)}  ${orDash(summary.summary)}`;
}

/** Everything that is known of one entry; `names` are those of authorities, by id. */
export function entryDetail(entry: EntryDetail, { language, names }: Pick<Reading, "language" | "names">): string[] {
  return [
    entryLine(entry),
    ...fields([
      ["log", entry.log],
      ["time", `${timeText(entry)} (its owner's)`],
      ["leaf hash", entry.leafHash],
      ["leaf size", formatBytes(entry.size)],
      ["refers to", entry.refs.join(", ") || "nothing"],
      ["witnessed by", entry.witnessedBy.join(", ") || "nobody yet"],
      ...(entry.contested ? [["contested", CONTESTED] as const] : []),
    ]),
    ...(entry.details.length === 0 ? [] : ["", ...partTable(entry.details, language)]),
    ...entry.details.flatMap(({ part, grounds }) =>
      groundTexts(grounds, language).map((text) => `part ${part} ${text}`),
    ),
    ...entry.details.flatMap(deceptionLine),
    ...saidLines(entry, { language, names, refs: entry.refs }),
  ];
}

function saidLines({ recordStatus, type, body, unknownKeys }: EntryDetail, reading: Reading): string[] {
  switch (recordStatus) {
    case "none":
      return [];
    case "withheld":
      return ["", "the record is not here: it is not addressed to this authority, or not fetched yet"];
    case "erased":
      return ["", "its owner erased the record: entente erasures"];
    case "malformed":
      return ["", "the record is malformed and set aside"];
    case "unknown-type":
    case "newer-version":
      return [
        "",
        "of a kind that this version does not know: shown as it stands",
        ...valueLines(body),
        ...unknown(unknownKeys),
      ];
    case "known":
      return [
        "",
        typeHeading(type ?? "", reading.language),
        ...indent(recordLines(type ?? "", body, reading)),
        ...unknown(unknownKeys),
      ];
  }
}

function unknown(keys: readonly string[]): readonly string[] {
  return keys.length === 0 ? [] : [`not known to this version: ${keys.join(", ")}`];
}

/** A warning about a part whose content is not what its sender says; nothing where it shows no contradiction. */
export function deceptionLine({ part, type, looksLike }: EntryPart): readonly string[] {
  if (looksLike === null) return [];
  return [`warning: part ${part} is claimed to be ${orDash(type)}, and looks like ${looksLike}: do not open it`];
}

function partTable(parts: readonly EntryPart[], language: string): string[] {
  const rows = parts.map(({ part, kind, state, waits, name, length, size, readers }) => [
    String(part),
    codeLabel("part-kind", kind, language),
    waits === null ? state : `${state} (${WAITS[waits]})`,
    length === null ? `at most ${formatBytes(size)}` : formatBytes(length),
    orDash(name),
    readers === null ? "not known here" : readers.join(", ") || "its owner only",
  ]);
  return indent(table(["part", "kind", "is", "size", "name", "read by"], rows));
}

/** `alert`, and `alert, contested` in a log against which there is evidence. */
function kindText({ type, kind, contested }: EntrySummary): string {
  return contested ? `${type ?? kind}, contested` : (type ?? kind);
}

function timeText({ time }: EntrySummary): string {
  return time === null ? "–" : formatTime(time);
}

/** `3 held, 1 withheld`. */
function partsText(parts: readonly PartState[]): string {
  const states = [...new Set(parts)];
  return orDash(states.map((state) => `${parts.filter((part) => part === state).length} ${state}`).join(", "));
}
