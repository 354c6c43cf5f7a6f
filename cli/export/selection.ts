import type { EntryDetail, EntrySummary } from "../../node/service.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import type { LocalClient } from "../local-client.ts";

/** Which entries; what is left out does not matter. */
export type Selection = {
  readonly log?: string;
  readonly type?: string;
  /** A year, month or day, both included, of the owner's claim of when it appended. */
  readonly since?: string;
  readonly until?: string;
};

/** Entries that the node lists at once. */
const PAGE = 1_000;

/** The entries of a selection in full, newest first as in `list`; no more than a page of them is in memory. */
export async function* selectEntries(
  client: Pick<LocalClient, "list" | "show">,
  { log, type, since, until }: Selection,
): AsyncGenerator<EntryDetail> {
  const query = { limit: PAGE, ...(log === undefined ? {} : { log }), ...(type === undefined ? {} : { type }) };
  for (let before: string | null | undefined; before !== null;) {
    const page = await client.list(before === undefined ? query : { ...query, before });
    const chosen = page.entries.filter((entry) => isWithin(entry, since, until));
    for (let at = 0; at < chosen.length; at += MAX_IN_FLIGHT) {
      yield* await Promise.all(chosen.slice(at, at + MAX_IN_FLIGHT).map(({ entry }) => client.show(entry)));
    }
    before = page.next;
  }
}

/** ISO 8601 sorts as text, and a month comes before its days. */
function isWithin({ time }: EntrySummary, since = "", until = "9999"): boolean {
  if (time === null) return since === "" && until === "9999";
  return time >= since && time.slice(0, until.length) <= until;
}
