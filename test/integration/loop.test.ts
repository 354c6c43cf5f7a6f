import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import { type NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// Found in a market, traced, answered at the source, verified at the border, closed: by the commands of the desk alone, on
// three real nodes.

/** Three processes, each command one more, on two slow cores. */
const PATIENCE_MS = 120_000;

const TEST_REPORT_BODY = testReport.read(TEST_REPORT_EXAMPLE.body, TEST_REPORT_EXAMPLE.refs?.length ?? 0).body;

let nvwa: NodeProcess;
let gacc: NodeProcess;
let baua: NodeProcess;
let alert = "";

beforeAll(async () => {
  [nvwa, gacc, baua] = await threeNodes();
  const file = join(nvwa.home, "alert.json");
  await writeFile(file, JSON.stringify(ALERT_EXAMPLE));
  ({ entry: alert } = (await nvwa.one("publish", file, "--to", "gacc.gov.cn,baua.de")) as { entry: string });
  await settled();
}, PATIENCE_MS);
afterAll(removeNodes);

async function threeNodes(): Promise<[NodeProcess, NodeProcess, NodeProcess]> {
  const [first, second, third] = await startFederation("nvwa.nl", "gacc.gov.cn", "baua.de");
  if (first === undefined || second === undefined || third === undefined) throw new Error("three nodes were asked for");
  return [first, second, third];
}

/** Everybody has what everybody said. */
async function settled(): Promise<void> {
  for (const one of [nvwa, gacc, baua])
    for (const other of [nvwa, gacc, baua]) if (one !== other) await one.catchUpWith(other);
}

type Published = { entry: string };
type Detail = {
  status: string;
  owners: string[];
  contested: string[];
  duties: { kind: string; who: string; mine: boolean }[];
  measures: { state: string }[];
  requests: { state: string }[];
  parties: { name: string; state: string }[];
  hash: string;
};

async function act(node: NodeProcess, ...args: readonly string[]): Promise<string> {
  const { entry } = (await node.one(...args)) as unknown as Published;
  await settled();
  return entry;
}

async function caseAt(node: NodeProcess): Promise<Detail> {
  return (await node.one("case", "show", alert)) as unknown as Detail;
}

async function inbox(node: NodeProcess): Promise<readonly string[]> {
  const items = (await node.entente("inbox")) as unknown as { kind: string }[];
  return items.map(({ kind }) => kind).sort();
}

it("silence is a state: what is addressed waits in the inbox of each", { timeout: PATIENCE_MS }, async () => {
  expect(await inbox(gacc)).toEqual(["acknowledge", "follow-up"]);
  expect(await inbox(baua)).toEqual(["acknowledge", "follow-up"]);
  expect(await inbox(nvwa)).toEqual(["verify"]);
  expect((await caseAt(nvwa)).parties.map(({ name, state }) => [name, state])).toEqual(
    expect.arrayContaining([
      ["gacc.gov.cn", "silent"],
      ["baua.de", "silent"],
    ]),
  );
});

it("acknowledged, asked, traced, measured, verified and closed", { timeout: PATIENCE_MS }, async () => {
  await act(gacc, "ack", alert, "--desk", "Toys desk");
  await act(baua, "follow-up", alert, "--outcome", "not-found");
  const asked = await act(
    nvwa,
    "request",
    alert,
    "--kind",
    "traceability",
    "--ask",
    "gacc.gov.cn",
    "--question",
    "Which factory made it?",
  );
  expect(await inbox(gacc)).toEqual(["answer", "follow-up"]);
  await act(gacc, "answer", asked, "--outcome", "more-information-needed", "--question", "Which batch?");
  expect(await inbox(nvwa)).toEqual(["say-more", "verify"]);
  await act(nvwa, "update", alert, "--text", "It is batch 2019-48.");
  await act(gacc, "answer", asked, "--outcome", "complete", "--traced", "traced", "--text", "The factory is found.");
  const measured = await act(
    gacc,
    "follow-up",
    alert,
    "--outcome",
    "measure-taken",
    "--measure",
    "export-ban,compulsory,exporter,2020-03-25",
  );
  const report = join(gacc.home, "report.json");
  const { refs: _, ...example } = TEST_REPORT_EXAMPLE;
  await mkdir(gacc.home, { recursive: true });
  const { supersedes: __, ...body } = example.body;
  await writeFile(report, JSON.stringify({ ...example, body }));
  await act(gacc, "result", "add", alert, "--file", report);
  await act(
    baua,
    "verify-measure",
    measured,
    "--result",
    "worked",
    "--method",
    "border-check",
    "--checked",
    "3",
    "--found",
    "0",
  );
  for (const number of ["0", "1"])
    await act(nvwa, "verify-measure", alert, "--result", "worked", "--method", "shop-check", "--measure", number);
  await act(nvwa, "close", alert, "--outcome", "measures-verified", "--reason", "Nothing found any more.");
  for (const node of [nvwa, gacc, baua]) {
    const found = await caseAt(node);
    expect(found).toMatchObject({ status: "closed", owners: ["nvwa.nl"], contested: [], duties: [] });
    expect(found.measures.map(({ state }) => state)).toEqual(["works", "works", "works"]);
    expect(await inbox(node)).toEqual([]);
  }
  expect(new Set(await Promise.all([nvwa, gacc, baua].map(async (node) => (await caseAt(node)).hash))).size).toBe(1);
});

it("two laboratories are compared, with the same bytes on every node", { timeout: PATIENCE_MS }, async () => {
  const file = join(baua.home, "second.json");
  const [first, ...others] = TEST_REPORT_BODY.determinations;
  const second = {
    ...TEST_REPORT_BODY,
    number: "TR-2020-0200",
    laboratory: { name: "Second Laboratory", country: "DE" },
    determinations: [{ ...first, result: { comparator: "=", value: "980", unit: "mg/kg" } }, ...others],
  };
  await writeFile(file, JSON.stringify({ type: "test-report", body: second }));
  const report = await act(baua, "result", "add", alert, "--file", file);
  const outs = [];
  for (const node of [nvwa, gacc, baua]) {
    const out = join(node.home, "comparison");
    const { code, stdout } = await node.command("compare", alert, "--analyte", "Lead", "--out", out);
    expect(code, "they differ").toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ analytes: [{ analyte: "Lead", verdict: "differ" }] });
    outs.push(await readFile(join(out, "comparison.json"), "utf8"));
    expect(await readFile(join(out, "1-lead.svg"), "utf8")).toMatch(/^<svg .*Second Laboratory.*<\/svg>\n$/s);
  }
  expect(new Set(outs).size).toBe(1);
  expect(outs[0]).toContain(`"entry": "${report}"`);
  // What its author takes back is named, and does not count.
  await act(baua, "withdraw", report, "--reason", "error");
  expect(await nvwa.one("compare", alert, "--analyte", "Lead")).toMatchObject({
    analytes: [{ verdict: "one-laboratory" }],
    leftOut: expect.arrayContaining([
      expect.objectContaining({ reason: "withdrawn", laboratory: "Second Laboratory" }),
    ]),
  });
});

it("the indicators of the joint action, as table, CSV and page", { timeout: PATIENCE_MS }, async () => {
  const page = join(nvwa.home, "indicators.html");
  const report = await nvwa.one("stats", "--html", page);
  expect(report).toMatchObject({ schema: "entente/stats/1", cases: 1 });
  const byName = new Map((report["authorities"] as { name: string }[]).map((one) => [one.name, one]));
  expect(byName.get("nvwa.nl")).toMatchObject({ alerts: { closed: 1 }, addressed: 0 });
  expect(byName.get("gacc.gov.cn")).toMatchObject({
    addressed: 1,
    silent: 0,
    outcomes: { "measure-taken": 1 },
    requests: { answered: 1 },
    toAnswer: { count: 1, median: 0 },
    tracing: { traced: 1 },
    measures: { exporter: { works: 1, failed: 0 } },
  });
  expect(byName.get("baua.de")).toMatchObject({ outcomes: { "not-found": 1 } });
  const html = await readFile(page, "utf8");
  expect(html).toContain("What became of 1 case");
  expect(html).not.toMatch(/<script|https?:/);
  expect(await nvwa.command("stats", "--html", page)).toMatchObject({ code: 1 });
  expect(await nvwa.one("stats", "--until", "2020-01-01")).toMatchObject({ cases: 0, authorities: [] });
});

it("two nodes compare what both may hold", { timeout: PATIENCE_MS }, async () => {
  const [ours] = await nvwa.entente("case", "compare", alert, "baua.de");
  const [theirs] = await baua.entente("case", "compare", alert, "nvwa.nl");
  expect(ours?.["hash"]).toBe(theirs?.["hash"]);
  const file = join(nvwa.home, "theirs.json");
  await writeFile(file, JSON.stringify(theirs));
  expect(await nvwa.one("case", "compare", alert, "baua.de", "--file", file)).toMatchObject({ same: true });
  const entries = theirs?.["entries"] as string[];
  const only = { ...theirs, entries: entries.slice(1) };
  await writeFile(file, JSON.stringify(only));
  expect(await nvwa.command("case", "compare", alert, "baua.de", "--file", file)).toMatchObject({ code: 1 });
});

it(
  "a closing without knowing of an objection is contested, and handed over when it is accepted",
  { timeout: PATIENCE_MS },
  async () => {
    await act(baua, "reopen", alert, "--reason", "new-finding", "--finding", "Sold again by another shop.");
    expect((await caseAt(gacc)).status).toBe("open");
    const offer = await act(nvwa, "hand-over", alert, "--offer", "baua.de");
    expect(await inbox(baua)).toContain("decide-offer");
    await act(baua, "hand-over", offer, "--accept");
    expect((await caseAt(gacc)).owners).toEqual(["baua.de"]);
    const taken = await nvwa.command("close", alert, "--outcome", "other", "--reason", "No longer ours.");
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining("baua.de has this case") });
    // Also where a program publishes one.
    const client = await nvwa.client();
    const body = { case: 0, outcome: "other", reason: { en: "No longer ours." } };
    const heads = (await client.caseOf(alert)).acts.filter(({ head }) => head).map(({ entry }) => entry);
    await client.publish({
      type: "closing",
      version: 1,
      body,
      refs: [alert, ...heads],
      to: ["baua.de", "gacc.gov.cn"],
      parts: [],
    });
    await settled();
    expect((await caseAt(gacc)).status, "only who has it closes it").toBe("open");
    await act(nvwa, "withdraw", alert, "--reason", "wrong-product");
    await until("withdrawn everywhere", async () => (await caseAt(baua)).status === "withdrawn");
  },
);
