import type { EntryDetail } from "../../node/service.ts";
import { parseJson } from "../../protocol/record/json.ts";
import { isMap } from "../../protocol/record/body.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import { CliError } from "../cli-error.ts";
import type { LocalClient } from "../local-client.ts";

/** The test reports that are named, or that belong to the cases of the entries that are named. Throws `CliError`. */
export async function gatherReports(client: LocalClient, entries: readonly string[]): Promise<readonly CitedReport[]> {
  const found = new Map<string, { readonly detail: EntryDetail; readonly withdrawn: boolean }>();
  for (const entry of entries) {
    const detail = await client.show(entry);
    if (detail.type === "test-report") {
      found.set(entry, { detail, withdrawn: false });
      continue;
    }
    for (const one of await reportsAbout(client, entry))
      found.set(one.entry, { detail: await client.show(one.entry), withdrawn: one.withdrawn });
  }
  if (found.size === 0)
    throw new CliError("NOT_FOUND", `there is no test report about ${entries.join(", ")} here`, "entente result add");
  const superseded = new Set([...found.values()].flatMap(({ detail }) => supersededBy(detail)));
  return [...found].map(([entry, { detail, withdrawn }]) => ({
    entry,
    body: bodyOf(detail),
    ...(withdrawn
      ? { setAside: "withdrawn" as const }
      : superseded.has(entry)
        ? { setAside: "superseded" as const }
        : {}),
  }));
}

/** Of the case, and what refers to the entry without being an act of a case. */
async function reportsAbout(
  client: LocalClient,
  entry: string,
): Promise<readonly { readonly entry: string; readonly withdrawn: boolean }[]> {
  const [{ acts }, thread] = await Promise.all([client.caseOf(entry), client.thread(entry)]);
  const inCase = acts.filter(({ type }) => type === "test-report");
  const beside = thread
    .map((node) => node.entry)
    .filter((one) => one.type === "test-report" && acts.every((act) => act.entry !== one.entry));
  return [...inCase, ...beside.map((one) => ({ entry: one.entry, withdrawn: false }))];
}

function supersededBy(detail: EntryDetail): readonly string[] {
  const { supersedes } = bodyOf(detail);
  const ref = supersedes === undefined ? undefined : detail.refs[supersedes];
  return ref === undefined ? [] : [ref];
}

function bodyOf({ entry, body, refs, recordStatus }: EntryDetail): CitedReport["body"] {
  const value = parseJson(JSON.stringify(body));
  if (recordStatus !== "known" || !isMap(value))
    throw new CliError("REFUSED", `${entry} cannot be read here`, `entente show ${entry}`);
  return testReport.read(value, refs.length).body;
}
