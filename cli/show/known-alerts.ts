import type { KnownAlert } from "../known-alerts.ts";
import { indent } from "../text.ts";

/** What is known of the product, and how to answer instead of publishing it again. */
export function knownAlertLines(known: readonly KnownAlert[]): string[] {
  const [first] = known;
  return [
    known.length === 1 ? "there is an alert on this product already:" : "there are alerts on this product already:",
    ...indent(known.map(({ entry, summary, shares, status }) => `${entry}  ${summary ?? ""}  (${status}; ${shares})`)),
    ...(first === undefined ? [] : [`answer it instead: entente follow-up ${first.entry} --outcome CODE`]),
  ];
}
