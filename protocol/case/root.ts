import { equalBytes } from "../bytes.ts";
import type { Reference } from "../name.ts";
import type { SafetyRecord } from "../record/index.ts";
import { type CaseEntry, type EntryKey, entryKey } from "./entry.ts";

/** Versions of an alert, or follow-ups to follow-ups, that are climbed: more are a case of their own. */
const MAX_CLIMB = 1_000;

/**
 * The entry with which the case of an entry began, as far as what is here tells; `undefined` of a record that belongs to no
 * case. `find` gives the entry of a reference, if it is here: docs/spec/case.md, "Which entries".
 */
export function rootOf(entry: CaseEntry, find: (ref: Reference) => CaseEntry | undefined): Reference | undefined {
  let at = entry;
  for (let steps = 0; steps < MAX_CLIMB; steps++) {
    const above = aboveOf(at.record);
    if (above === undefined) return at.record.type === "alert" ? at.ref : undefined;
    const next = find(above);
    // Only its own author continues an alert: another's is a case of its own.
    if (at.record.type === "alert" && !equalBytes(above.id, at.ref.id)) return at.ref;
    if (next === undefined) return above;
    at = next;
  }
  return at.ref;
}

/** What stands nearer to the beginning of the case, by the record alone. */
function aboveOf(record: SafetyRecord): Reference | undefined {
  const position = positionAbove(record);
  return position === undefined ? undefined : record.refs[position];
}

function positionAbove(record: SafetyRecord): number | undefined {
  if (record.type === "alert") return record.body.updates;
  if (record.type === "follow-up") return record.body.case ?? record.body.answers;
  return record.type === "practice-note" || record.type === "erasure-report" ? undefined : record.body.case;
}

/** The entries of each case, by the key of its root. */
export function groupByRoot(entries: readonly CaseEntry[]): ReadonlyMap<EntryKey, readonly CaseEntry[]> {
  const byKey = new Map(entries.map((entry) => [entryKey(entry.ref), entry]));
  const groups = new Map<EntryKey, CaseEntry[]>();
  // Long chains are climbed from each of their entries: what a reference names is looked up once.
  const found = new Map<Reference, CaseEntry | undefined>();
  const find = (ref: Reference): CaseEntry | undefined => {
    if (!found.has(ref)) found.set(ref, byKey.get(entryKey(ref)));
    return found.get(ref);
  };
  for (const entry of byKey.values()) {
    const root = rootOf(entry, find);
    if (root === undefined) continue;
    const key = entryKey(root);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}
