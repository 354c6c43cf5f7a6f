import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import { runInProcess } from "../support/fake-world.ts";
import { until } from "../support/until.ts";
import { type NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";

// Two laboratories in two countries about one alert: who has the same entries has the same comparison, to the byte.

/** Two processes, each command one more, on two slow cores. */
const PATIENCE_MS = 120_000;

const EXAMPLE = testReport.read(TEST_REPORT_EXAMPLE.body, 0).body;

let nvwa: NodeProcess;
let gacc: NodeProcess;
let alert = "";
/** Of the alert's owner, then of the other authority. */
const reports: string[] = [];

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "gacc.gov.cn");
  if (first === undefined || second === undefined) throw new Error("two nodes were asked for");
  [nvwa, gacc] = [first, second];
  const file = join(nvwa.home, "alert.json");
  await writeFile(file, JSON.stringify(ALERT_EXAMPLE));
  alert = await entryOf(nvwa, "publish", file, "--to", "gacc.gov.cn");
}, PATIENCE_MS);
afterAll(removeNodes);

/** Publishes, and waits until the other has it. */
async function entryOf(node: NodeProcess, ...args: readonly string[]): Promise<string> {
  const { entry } = (await node.one(...args)) as { entry: string };
  await (node === nvwa ? gacc : nvwa).catchUpWith(node);
  return entry;
}

async function addResult(node: NodeProcess, laboratory: string, value: string, ...more: readonly string[]) {
  const [lead, ...others] = EXAMPLE.determinations;
  const determinations = [{ ...lead, result: { comparator: "=", value, unit: "mg/kg" } }, ...others];
  const body = { ...EXAMPLE, number: `TR ${laboratory} ${value}`, laboratory: { name: laboratory }, determinations };
  const file = join(node.home, "report.json");
  await writeFile(file, JSON.stringify({ type: "test-report", body }));
  return await entryOf(node, "result", "add", alert, "--file", file, ...more);
}

type Json = {
  analytes: { verdict: string; results: { citation: { entry: string } }[] }[];
  leftOut: { reason: string; by?: string; citation: { entry: string } }[];
};

/** The same on both nodes; what it says. */
async function compared(args: readonly string[], code = 0): Promise<Json> {
  const results = await Promise.all([nvwa, gacc].map((node) => node.command("compare", ...args)));
  for (const result of results) expect(result, result.stderr).toMatchObject({ code, stdout: results[0]?.stdout });
  return JSON.parse(results[0]?.stdout ?? "") as Json;
}

/** By name, what `--out` wrote. */
async function written(node: NodeProcess, name: string, ...entries: readonly string[]) {
  const out = join(node.home, name);
  expect((await node.command("compare", ...entries, "--out", out)).code).toBe(0);
  const names = (await readdir(out)).sort();
  return Promise.all(names.map(async (file) => [file, await readFile(join(out, file), "utf8")] as const));
}

it("before there is a result there is nothing to compare", { timeout: PATIENCE_MS }, async () => {
  const { code, stderr } = await nvwa.command("compare", alert);
  expect(code).toBe(3);
  expect(stderr).toContain(`there is no test report about ${alert} here`);
});

it("the same bytes on both nodes, in whatever order entries are named", { timeout: PATIENCE_MS }, async () => {
  reports.push(await addResult(nvwa, "Delta Toy Laboratory", "412"));
  reports.push(await addResult(gacc, "Coastal Product Laboratory", "371"));
  const whole = await compared([alert]);
  expect(whole.analytes.map(({ verdict }) => verdict)).toEqual(["agree"]);
  expect(whole.leftOut.map(({ reason }) => reason)).toEqual(["no-number", "no-number"]);
  expect(await compared(reports)).toEqual(whole);
  expect(await compared(reports.toReversed())).toEqual(whole);
  const files = await written(nvwa, "first", alert);
  expect(files.map(([name]) => name)).toEqual(["1-lead.svg", "comparison.json", "index.html"]);
  expect(await written(gacc, "first", ...reports.toReversed())).toEqual(files);
});

it("of a product what both find under its keys", { timeout: PATIENCE_MS }, async () => {
  const product = ["--key", "brand=example duck", "--key", "model=ED104"];
  for (const node of [nvwa, gacc])
    await until("it is found", async () => (await node.command("compare", ...product)).code === 0);
  expect(await compared(product)).toEqual(await compared([alert]));
  expect((await nvwa.command("compare", "--key", "brand=nobody")).code).toBe(3);
  expect((await nvwa.command("compare")).code).toBe(2);
});

it("for a person: table, verdict, plot and citations", { timeout: PATIENCE_MS }, async () => {
  const screen = async (columns: number, env: Record<string, string>): Promise<readonly string[]> => {
    const { code, stdout } = await runInProcess(["compare", alert, "--data", gacc.dataDir], { columns, env });
    expect(code).toBe(0);
    return stdout.split("\n");
  };
  const lines = await screen(100, { LANG: "C.UTF-8" });
  expect(lines[0]).toBe("Lead (7439-92-1) in red paint, wheels");
  expect(lines[1]).toContain("The laboratories agree");
  for (const entry of reports) expect(lines.filter((line) => line.endsWith(`  ${entry}#0`))).toHaveLength(2);
  expect(Math.max(...lines.filter((line) => line.includes("●")).map(({ length }) => length))).toBe(100);
  const ascii = await screen(80, { LANG: "C" });
  expect(ascii.some((line) => line.includes("|--o--|"))).toBe(true);
  expect(ascii.join("\n")).not.toMatch(/[●┊├]/);
});

it("only its author sets a report aside", { timeout: PATIENCE_MS }, async () => {
  const [ours = "", theirs = ""] = reports;
  const entries = ({ analytes }: Json): readonly string[] | undefined =>
    analytes[0]?.results.map(({ citation }) => citation.entry);
  const foreign = await addResult(gacc, "Coastal Product Laboratory", "372", "--supersedes", ours);
  expect(entries(await compared([alert]))).toEqual([theirs, foreign, ours]);
  const amended = await addResult(nvwa, "Delta Toy Laboratory", "980", "--supersedes", ours);
  const whole = await compared([alert], 1);
  expect(entries(whole)).toEqual([theirs, foreign, amended]);
  expect(whole.leftOut).toContainEqual(
    expect.objectContaining({ reason: "superseded", by: amended, citation: { entry: ours, position: 0 } }),
  );
  // Named alone, it is not taken for what it no longer is.
  expect((await compared([ours, theirs])).leftOut.map(({ reason }) => reason)).toContain("superseded");
  // Once the amendment is taken back, the first report stands again.
  const withdrawal = await entryOf(nvwa, "withdraw", amended, "--reason", "error");
  const after = await compared([alert]);
  expect(entries(after)).toEqual([theirs, foreign, ours]);
  expect(after.leftOut).toContainEqual(expect.objectContaining({ reason: "withdrawn", by: withdrawal }));
});

it("what is asked for and is not there is said", { timeout: PATIENCE_MS }, async () => {
  const unknown = await nvwa.command("compare", alert, "--analyte", "Cadmium");
  expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining("no report says anything of Cadmium") });
  expect((await compared([alert, "--analyte", "7439-92-1"])).analytes).toHaveLength(1);
  const out = join(nvwa.home, "there-already");
  await mkdir(out);
  expect(await nvwa.command("compare", alert, "--out", out)).toMatchObject({ code: 1 });
  expect(await readdir(out)).toEqual([]);
  expect(await nvwa.command("compare", "nvwa.nl:9999")).toMatchObject({ code: 3 });
  expect(await nvwa.command("compare", "no entry")).toMatchObject({ code: 2 });
});
