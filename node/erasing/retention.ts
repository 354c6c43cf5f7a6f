import { readLeaf } from "../../protocol/leaf/leaf.ts";
import type { RetentionRule } from "../../protocol/policy/retention.ts";
import { approverOf } from "../approver.ts";
import { isoTime, seconds } from "../clock.ts";
import { Cases } from "../cases.ts";
import type { Core } from "../core.ts";
import type { Entries } from "../entries.ts";
import type {
  EraseInput,
  EraseReport,
  EraseTarget,
  RetentionDue,
  RetentionInput,
  RetentionReport,
} from "../erasure-types.ts";
import { ERASE_AT_ONCE_MAX } from "../limits.ts";
import { type EntryText, type Progress, ServiceError } from "../service.ts";
import type { LegalHolds } from "./legal-holds.ts";

export type RetentionInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly holds: LegalHolds;
  readonly cases: Cases;
  readonly erase: (input: EraseInput, operator: string) => Promise<EraseReport>;
};

/** A record of ours of which something is left. */
type Candidate = {
  readonly entry: EntryText;
  readonly index: number;
  readonly published: string;
  readonly type: string;
};

/** Finds what the rules no longer keep, and erases that: a preview is the same up to the last step. */
export async function retain(
  init: RetentionInit,
  input: RetentionInput,
  operator: string,
  onProgress: (progress: Progress) => void,
): Promise<RetentionReport> {
  const { core } = init;
  if (input.asOf > isoTime(seconds(core.clock)).slice(0, 10))
    throw new ServiceError("INVALID", `${input.asOf} is not yet`, "leave --as-of out for today");
  // Before it looks, so that a preview is refused like what comes after it.
  if (input.approved) approverOf(core, "without --approve it is deleted after the delay");
  const found = await findDue(init, input, onProgress);
  const report = { asOf: input.asOf, ...found, erasures: [] };
  if (input.preview || found.due.length === 0) return report;
  const erasures: EntryText[] = [];
  for (const ground of new Set(found.due.map((one) => one.ground))) {
    const targets = targetsOf(found.due.filter((one) => one.ground === ground));
    const done = await init.erase({ targets, ground, approved: input.approved, preview: false }, operator);
    erasures.push(...done.erasures);
  }
  return { ...report, erasures };
}

async function findDue(
  init: RetentionInit,
  { rules, asOf }: RetentionInput,
  onProgress: (progress: Progress) => void,
): Promise<Pick<RetentionReport, "due" | "held" | "more">> {
  const { core, entries, holds } = init;
  const [log] = entries.logs();
  const due: RetentionDue[] = [];
  const held: RetentionReport["held"][number][] = [];
  if (log === undefined) return { due, held, more: false };
  const { size } = log.store.head;
  for await (const run of log.store.entryRuns(0, size)) {
    for (const { index, leaf } of run) {
      const reading = readLeaf(leaf);
      if (reading.status !== "known" || reading.leaf.kind !== "record") continue;
      const record = await entries.record(log, index, reading.leaf);
      // On what is not here, or not understood, a person decides.
      if (typeof record === "string") continue;
      const candidate = {
        entry: entries.entryText(log, index),
        index,
        published: isoTime(reading.leaf.time).slice(0, 10),
        type: record.type,
      };
      for (const [part, section] of ["record", ...record.partKinds].entries()) {
        if ((await core.ownErased.mark(index, part)) !== undefined) continue;
        const over = await overdue(init, rules, candidate, { part, section }, asOf);
        if (over === undefined) continue;
        const hold = await holds.of(log.store.number, index);
        if (hold !== undefined) held.push({ ...over, reason: hold.reason });
        else if (due.length === ERASE_AT_ONCE_MAX) return { due, held, more: true };
        else due.push(over);
      }
    }
    onProgress({ done: (run.at(-1)?.index ?? -1) + 1, total: size, what: "entries" });
  }
  return { due, held, more: false };
}

async function overdue(
  init: RetentionInit,
  rules: readonly RetentionRule[],
  { entry, published, type }: Candidate,
  { part, section }: { readonly part: number; readonly section: string },
  asOf: string,
): Promise<RetentionDue | undefined> {
  const at = rules.findIndex((rule) => rule.section === section && (rule.types?.includes(type) ?? true));
  const rule = rules[at];
  if (rule === undefined) return undefined;
  const since = rule.from === "published" ? published : await closedOn(init, entry);
  const until = since === undefined ? undefined : after(since, rule.keep);
  if (since === undefined || until === undefined || until > asOf) return undefined;
  return { entry, part, section, type, rule: at, ground: rule.ground, since, until };
}

/** The day of the last closing that stands; `undefined` while the case is not closed, or for what is in no case. */
async function closedOn({ cases }: RetentionInit, entry: EntryText): Promise<string | undefined> {
  try {
    const held = await cases.of(entry);
    if (held.case.status !== "closed") return undefined;
    return held.case.closings
      .map((closing) => Cases.time(held, closing).slice(0, 10))
      .toSorted()
      .at(-1);
  } catch (error) {
    if (error instanceof ServiceError && (error.code === "INVALID" || error.code === "NOT_FOUND")) return undefined;
    throw error;
  }
}

/** The day so much later; where a month is shorter, its last day. */
function after(day: string, { years = 0, months = 0, days = 0 }: RetentionRule["keep"]): string {
  const date = new Date(`${day}T00:00:00Z`);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 12 * years + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(dayOfMonth, lastDay) + days);
  return date.toISOString().slice(0, 10);
}

function targetsOf(due: readonly RetentionDue[]): readonly EraseTarget[] {
  const byEntry = new Map<EntryText, number[]>();
  for (const { entry, part } of due) byEntry.set(entry, [...(byEntry.get(entry) ?? []), part]);
  return [...byEntry].map(([entry, parts]) => ({ entry, parts }));
}
