import type { EntrySummary } from "../../node/service.ts";
import { parseEntryName } from "../../protocol/name.ts";

/** Numbers that a reader would look for: between those that are listed stand entries that are no records. */
export function leftOutLines(entries: readonly EntrySummary[]): readonly string[] {
  const indexes = new Map<string, number[]>();
  for (const { entry } of entries) {
    const { name, epoch, index } = parseEntryName(entry);
    const log = `${name}/${epoch}`;
    indexes.set(log, [...(indexes.get(log) ?? []), index]);
  }
  let count = 0;
  for (const listed of indexes.values()) count += Math.max(...listed) - Math.min(...listed) + 1 - listed.length;
  if (count === 0) return [];
  const are = count === 1 ? "1 entry between these is no record" : `${count} entries between these are no records`;
  return [`${are} but a charter, followers, an audience or the like: entente show NAME:NUMBER`];
}
