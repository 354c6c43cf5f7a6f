import { parseEntryName } from "../name.ts";
import type { TestReportBody } from "../record/test-report.ts";
import type { CitedReport } from "./from-report.ts";

/** A test report where it stands, its entry as in `nvwa.nl:12`. */
export type HeldReport = {
  readonly entry: string;
  readonly body: TestReportBody;
  /** The entry that it amends or replaces. */
  readonly supersedes?: string;
};

/** A withdrawal, and the entry that it takes back. */
export type HeldWithdrawal = { readonly entry: string; readonly of: string };

/**
 * Which reports count: docs/spec/statistics.md, "From test reports". Only its own author sets a report aside, so that nobody
 * makes another's result disappear; a report that was withdrawn replaces none.
 */
export function standingOf(
  reports: readonly HeldReport[],
  withdrawals: readonly HeldWithdrawal[],
): readonly CitedReport[] {
  const withdrawn = firstOf(withdrawals.map(({ entry, of }) => [of, entry]));
  const superseded = firstOf(
    reports.flatMap(({ entry, supersedes }) =>
      supersedes === undefined || withdrawn.has(entry) ? [] : [[supersedes, entry]],
    ),
  );
  return reports.map(({ entry, body }) => {
    const [takenBack, replaced] = [withdrawn.get(entry), superseded.get(entry)];
    if (takenBack !== undefined) return { entry, body, setAside: { reason: "withdrawn", by: takenBack } };
    return replaced === undefined ? { entry, body } : { entry, body, setAside: { reason: "superseded", by: replaced } };
  });
}

/** In the order in which their owners wrote them: by name, epoch and index. */
export function compareEntries(a: string, b: string): number {
  const [left, right] = [parseEntryName(a), parseEntryName(b)];
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.epoch - right.epoch || left.index - right.index;
}

/** By entry, the first of those of the same author that set it aside. */
function firstOf(pairs: readonly (readonly [of: string, by: string])[]): ReadonlyMap<string, string> {
  const own = pairs.filter(([of, by]) => of !== by && authorOf(of) === authorOf(by));
  return new Map(own.toSorted(([, a], [, b]) => compareEntries(b, a)));
}

function authorOf(entry: string): string {
  return entry.slice(0, entry.lastIndexOf(":")).replace(/\/[^/]*$/, "");
}
