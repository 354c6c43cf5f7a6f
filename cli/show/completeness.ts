import type { AskedAuthority, Completeness, MissingPart } from "../../node/service.ts";
import { count, fields, formatBytes, formatTime, indent } from "../text.ts";
import { CONTESTED } from "./contested.ts";
import { WAITS } from "./waits.ts";

/** Whether all of one log is here, and what is not. */
export function completenessLines(report: Completeness): string[] {
  const { checkpoint, seenSize, confirmedBy, missing, listed } = report;
  const size = checkpoint?.size ?? 0;
  return [
    headline(report),
    ...indent(
      fields([
        [
          "checkpoint",
          checkpoint === null ? "none yet" : `${count(size, "entry", "entries")}, root ${checkpoint.root}`,
        ],
        [
          "seen",
          seenSize > size ? `${count(seenSize - size, "entry", "entries")} more that are not here yet` : "no more",
        ],
        ["cosigned by", confirmedBy.map(confirmedText).join("; ") || "nobody yet"],
        ...(report.doubt === null ? [] : [["as of", report.doubt] as const]),
        ["addressed", addressedText(report)],
        ...(report.contested ? [["contested", CONTESTED] as const] : []),
      ]),
    ),
    ...indent(listed.flatMap(missingLines)),
    ...(missing > listed.length ? indent([`and ${count(missing - listed.length, "more part")}`]) : []),
  ];
}

function headline({ log, own, followed, complete, doubt }: Completeness): string {
  const what = `${log}${own ? " (own)" : followed ? "" : " (not followed any more)"}`;
  if (!complete) return `✗ ${what} is NOT complete`;
  return doubt === null ? `✓ ${what} is complete` : `? ${what}: all that has been seen is here, and there may be more`;
}

function addressedText({ checkpoint, addressed, missing, seenSize }: Completeness): string {
  if (checkpoint === null) return "not known before its entries are here";
  const so = seenSize > checkpoint.size ? " so far" : "";
  return `${count(addressed, "part")}${so}, ${missing === 0 ? "all here" : `${missing} missing`}`;
}

function confirmedText({ name, size, time }: Completeness["confirmedBy"][number]): string {
  return `${name} to ${size} at ${formatTime(time)}`;
}

function missingLines({ entry, part, size, here, waits, asked }: MissingPart): string[] {
  const partly = here === 0 ? "" : `, ${formatBytes(here)} of it here`;
  return [
    `${entry} part ${part}, at most ${formatBytes(size)}${partly}`,
    ...indent(asked.map(askedText)),
    ...(waits === null ? [] : indent([`${WAITS[waits]}: entente fetch ${entry} --part ${part}`])),
  ];
}

function askedText({ name, state, says, at }: AskedAuthority): string {
  switch (state) {
    case "answered":
      return `${name} answered${at === null ? "" : ` at ${formatTime(at)}`}: ${says ?? ""}`;
    case "waiting":
      return `${name} is connected and has not answered yet`;
    case "not-connected":
      return `${name} is not connected${says === null ? "" : `: ${says}`}`;
  }
}
