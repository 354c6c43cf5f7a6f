import type { CaseDetail } from "../../node/case-types.ts";
import type { EntryDetail } from "../../node/service.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseJson } from "../../protocol/record/json.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import { withdrawal } from "../../protocol/record/withdrawal.ts";
import type { Comparison } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import {
  type HeldReport,
  type HeldWithdrawal,
  compareEntries,
  standingOf,
} from "../../protocol/statistics/standing.ts";
import { CliError } from "../cli-error.ts";
import type { LocalClient } from "../local-client.ts";
import type { ProgressLine } from "../progress.ts";

export type Gathered = {
  readonly reports: readonly CitedReport[];
  readonly unread: readonly Unread[];
  /** Those of a log of which there are two histories. */
  readonly contested: readonly string[];
};

/** An entry of the same threads that is, or may be, a test report and cannot be read by this version. */
export type Unread = {
  readonly entry: string;
  readonly reason: Extract<EntryDetail["recordStatus"], "newer-version" | "malformed" | "withheld">;
};

/** What was compared, and what could not be read. */
export type ReadComparison = Comparison & Pick<Gathered, "unread">;

/** What is asked of the node. */
export type EntryReader = Pick<LocalClient, "show" | "thread" | "caseOf">;

/**
 * The test reports that are named, or that belong to the cases of the entries that are named, with what became of them.
 * Throws `CliError`.
 */
export async function gatherReports(
  client: EntryReader,
  entries: readonly string[],
  progress: ProgressLine,
): Promise<Gathered> {
  const wanted = new Set<string>();
  let isWholeCase = false;
  const types = new Map<string, string | null>();
  for (const name of entries) {
    const { entry, type, recordStatus } = await client.show(name);
    if (recordStatus !== "known" && recordStatus !== "none")
      throw new CliError("REFUSED", `${entry} cannot be read here`, `entente show ${entry}`);
    isWholeCase ||= type !== "test-report";
    const around = await entriesAround(client, entry);
    for (const [other, kind] of [...around, [entry, type] as const]) {
      types.set(other, kind);
      if (kind === "test-report" && (type !== "test-report" || other === entry)) wanted.add(other);
    }
  }
  if (wanted.size === 0)
    throw new CliError("NOT_FOUND", `there is no test report about ${entries.join(", ")} here`, "entente result add");
  const toRead = [...types].filter(([, type]) => type === null || type === "test-report" || type === "withdrawal");
  const details: EntryDetail[] = [];
  for (const [done, [entry]] of toRead.entries()) {
    progress.update({ done, total: toRead.length, what: "records" });
    details.push(await client.show(entry));
  }
  details.sort((a, b) => compareEntries(a.entry, b.entry));
  const known = details.filter(({ recordStatus }) => recordStatus === "known");
  const reports = known.filter(({ type }) => type === "test-report").map(reportOf);
  const withdrawals = known.filter(({ type }) => type === "withdrawal").flatMap(withdrawalOf);
  return {
    reports: standingOf(reports, withdrawals).filter(({ entry }) => wanted.has(entry)),
    unread: isWholeCase ? details.filter(({ type }) => type !== "withdrawal").flatMap(unreadOf) : [],
    contested: known.filter(({ entry, contested }) => contested && wanted.has(entry)).map(({ entry }) => entry),
  };
}

/** Of the thread, and of the case, which also has what refers to it by another than the first reference. */
async function entriesAround(client: EntryReader, entry: string): Promise<ReadonlyMap<string, string | null>> {
  const [thread, acts] = await Promise.all([client.thread(entry), actsOf(client, entry)]);
  const records = thread.map((node) => node.entry).filter(({ kind }) => kind === "record");
  return new Map([...records, ...acts].map((one) => [one.entry, one.type]));
}

/** An entry may belong to no case: its alert is not here, or there is none. */
async function actsOf(client: EntryReader, entry: string): Promise<CaseDetail["acts"]> {
  try {
    return (await client.caseOf(entry)).acts;
  } catch (error) {
    if (error instanceof CliError && (error.code === "NOT_FOUND" || error.code === "INVALID")) return [];
    throw error;
  }
}

function reportOf(detail: EntryDetail): HeldReport {
  const { body } = testReport.read(bodyOf(detail), detail.refs.length);
  const supersedes = body.supersedes === undefined ? undefined : detail.refs[body.supersedes];
  return { entry: detail.entry, body, ...(supersedes === undefined ? {} : { supersedes }) };
}

function unreadOf({ entry, recordStatus: reason }: EntryDetail): readonly Unread[] {
  return reason === "newer-version" || reason === "malformed" || reason === "withheld" ? [{ entry, reason }] : [];
}

function withdrawalOf(detail: EntryDetail): readonly HeldWithdrawal[] {
  const of = detail.refs[withdrawal.read(bodyOf(detail), detail.refs.length).body.of];
  return of === undefined ? [] : [{ entry: detail.entry, of }];
}

function bodyOf({ entry, body }: EntryDetail) {
  const value = parseJson(JSON.stringify(body));
  if (!isMap(value)) throw new CliError("REFUSED", `${entry} cannot be read here`, `entente show ${entry}`);
  return value;
}
