import type { DropEvent } from "../drop/drop-event.ts";
import { count } from "../text.ts";

/** Entries of one file that are named; a weekly report has dozens. */
const NAMED_MAX = 3;

/** `published: alert.json is nvwa.nl:12`, `refused: odd.json: it is no JSON object (refused/…)`. */
export function eventLine({ event, file, stored, entries, reason }: DropEvent): string {
  switch (event) {
    case "refused":
      return `refused: ${file}: ${reason?.split("\n")[0] ?? ""} (${stored})`;
    case "published":
      return `published: ${file} is ${entriesText(entries)}`;
    case "already":
      return `published before: ${file} is ${entriesText(entries)}`;
    case "arrived":
      return `arrived: ${entriesText(entries)} is ${file}`;
    case "erased":
      return `erased: ${entriesText(entries)}, as ${file} says`;
  }
}

function entriesText(entries: readonly string[]): string {
  return entries.length <= NAMED_MAX ? entries.join(", ") : count(entries.length, "entry", "entries");
}
