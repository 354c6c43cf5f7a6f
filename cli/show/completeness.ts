import type { AskedAuthority, Completeness, MissingPart } from "../../node/service.ts";
import { count, fields, formatBytes, formatDuration, formatTime, indent } from "../text.ts";
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
        ["addressed", addressedText(report, size)],
        ...(report.doubt === null ? [] : [["why", report.doubt] as const]),
        ...(report.contested ? [["contested", CONTESTED] as const] : []),
      ]),
    ),
    ...indent(listed.flatMap(missingLines)),
    ...indent(waitingLines(report)),
    ...(missing > listed.length ? indent([`and ${count(missing - listed.length, "more part")}`]) : []),
  ];
}

function addressedText({ own, addressed, missing, erased, seenSize }: Completeness, held: number): string {
  if (held === 0) return "not known, since no entry is here";
  if (own && addressed === 0) return "nothing: it is this authority's own log";
  const among = seenSize > held ? " in the entries that are here" : "";
  const gone = erased === 0 ? "" : `, ${erased} erased by their owner`;
  return `${count(addressed, "part")}${among}, ${missing === 0 ? "all here" : `${missing} missing`}${gone}`;
}

/** A tick only with what it rests on: up to where, who said so, and how long ago. */
function headline(report: Completeness): string {
  const { log, own, followed, state, checkpoint } = report;
  const what = `${log}${own ? " (own)" : followed ? "" : " (not followed any more)"}`;
  const upTo = `up to ${count(checkpoint?.size ?? 0, "entry", "entries")}, ${confirmation(report)}`;
  switch (state) {
    case "complete":
      return `✓ ${what} is complete ${upTo}`;
    case "so-far":
      return `~ ${what} is complete so far: ${upTo}; whether there is more is not known`;
    case "incomplete":
      return `✗ ${what} is NOT complete`;
    case "unknown":
      return `? ${what}: not known, nothing of it has come yet`;
  }
}

function confirmation({ confirmed }: Completeness): string {
  return confirmed === null
    ? "confirmed by nobody else"
    : `as ${confirmed.name} confirmed ${formatDuration(confirmed.age)} ago`;
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

/** What no relay may read comes from its owner alone. */
function waitingLines({ log, own, listed }: Completeness): string[] {
  const [owner = log] = log.split("/");
  const isAway = listed.some(({ asked }) =>
    asked.some(({ name, state }) => name === owner && state === "not-connected"),
  );
  if (own || !isAway) return [];
  return [`what only ${owner} can give needs a connection with ${owner} itself: entente doctor --peer ${owner}`];
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
