import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXPORT_COLUMNS } from "../../cli/export/columns.ts";
import { csvRow } from "../../cli/export/csv-row.ts";
import { alert } from "../../protocol/record/alert.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import type { WorldOptions } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

const ROOT = join(import.meta.dirname, "..", "..");

let node: FakeNode;
beforeEach(async () => {
  node = await createFakeNode();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

function exportEntries(args: readonly string[] = [], options: WorldOptions = {}): Promise<CliResult> {
  return runInProcess(["export", ...args, "--data", node.dataDir], options);
}

function rows(text: string): Record<string, string>[] {
  return parse(text, { columns: true });
}

/** What the samples say, in columns. */
const CELLS = {
  alert: {
    cases: "safety-gate SR/90013/26",
    notifyingCountry: "NL",
    year: "2026",
    week: "11",
    portalCategory: "86000000",
    product: "Wooden pull-along toy",
    models: "QD-204",
    riskLevel: "serious",
    measures: "withdrawal (importer, compulsory, 2026-03-09); recall (importer, voluntary, 2026-03-10)",
    foundIn: "NL",
    outcome: "",
  },
  "test-report": {
    product: "",
    report: "CPL-2026-0331",
    verdicts: "fail; pass",
    laboratory: "Coastal Product Laboratory",
  },
  "follow-up": { outcome: "measure-taken", traceability: "traced", notification: "" },
};

describe("export as CSV", () => {
  it("has a row an entry and the columns that are documented", async () => {
    const { code, stdout } = await exportEntries();
    expect(code).toBe(0);
    const [first, ...rest] = rows(stdout);
    expect(Object.keys(first ?? {})).toEqual(EXPORT_COLUMNS.map(({ name }) => name));
    expect(first).toMatchObject({
      entry: "nvwa.nl:12",
      type: "alert",
      brands: "Example Duck; Other",
      measures: "recall",
      refs: "baua.de:1",
      parts: "held; withheld; missing",
    });
    expect(rest.map(({ entry }) => entry)).toEqual(["baua.de:4", "baua.de:3"]);
    const documented = await readFile(join(ROOT, "docs/spec/cli.md"), "utf8");
    const table = documented.slice(documented.indexOf("| column | |"), documented.indexOf("### `verify`"));
    const names = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(names).toEqual([...EXPORT_COLUMNS.map(({ name }) => name), "sections"]);
  });

  it.each(Object.entries(CELLS))("has the fields of the sample %s", async (type, cells) => {
    const record = JSON.parse(await readFile(join(ROOT, `samples/${type}.json`), "utf8"));
    node.service.shown = { type, body: record.body };
    expect(rows((await exportEntries()).stdout)[0]).toMatchObject({ type, ...cells });
  });

  it("keeps a terminal and a spreadsheet from what a peer wrote", async () => {
    const { stdout } = await exportEntries();
    expect(stdout).not.toMatch(/[\u001b\u202e\u0007]/);
    const formulas = ["=1+1", "+1", "-1", "@a", "\t=1", "＝1"];
    expect(csvRow(formulas)).toBe("'=1+1,'+1,'-1,'@a,' =1,'＝1\r\n");
    expect(csvRow(["a=1", 'x"y', "a,b", "a\r\nb", " ", "=a,b"])).toBe(`a=1,"x""y","a,b",a b," ","'=a,b"\r\n`);
  });

  it("without entries is its header", async () => {
    expect((await exportEntries(["--since", "2027"])).stdout.trim().split("\r\n")).toHaveLength(1);
  });
});

describe("export as JSON lines", () => {
  it("has everything, but nothing of the parts beside the record", async () => {
    const result = await exportEntries(["--format", "jsonl"]);
    const [first] = jsonLines(result);
    expect(first).toMatchObject({ schema: "entente/exported/1", entry: "nvwa.nl:12", recordStatus: "known" });
    expect(first).not.toHaveProperty("sections");
    expect(first?.["details"]).toMatchObject([
      { part: 0, readers: ["baua.de"] },
      { part: 1, readers: null, name: null },
      { part: 2, readers: null, name: null },
    ]);
    expect(result.stdout).not.toContain("\u001b");
  });

  it("has their texts where that is asked for, and says what it leaves out", async () => {
    node.service.shown = {
      type: "alert",
      body: {},
      sections: [
        ["text/plain", "made by =X\u001b"],
        ["image/png", "bits"],
      ],
    };
    const left = await exportEntries(["--format", "jsonl", "--until", "2026-11-22"]);
    expect(left.stderr).toContain("left out: 6 parts beside records (--confidential takes texts");
    expect(left.stdout).not.toContain("made by");
    const taken = await exportEntries(["--format", "jsonl", "--confidential"]);
    expect(jsonLines(taken)[0]?.["sections"]).toEqual([
      { part: 1, kind: "traceability", name: "part-1", type: "text/plain", content: "made by =X\u001b" },
    ]);
    expect(taken.stderr).toContain("left out: 3 parts beside records");
    const [row] = rows((await exportEntries(["--confidential"])).stdout);
    expect(row?.["sections"]).toBe("traceability: made by =X");
  });
});

describe("a selection", () => {
  it.each([
    [["--since", "2026-11-22"], 3],
    [["--since", "2026-11-23"], 0],
    [["--until", "2026-11-22"], 3],
    [["--until", "2026-11"], 3],
    [["--until", "2026-10"], 0],
    [["--since", "2026", "--until", "2026"], 3],
  ])("%s", async (args, count) => {
    expect(rows((await exportEntries(args)).stdout)).toHaveLength(count);
  });

  it.each([
    [["--since", "yesterday"], "--since"],
    [["--until", "2026-02-30"], "--until"],
    [["--format", "xlsx"], "--format"],
    [["--json"], "--json"],
  ])("%s is refused", async (args, option) => {
    expect(await exportEntries(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(option) });
  });

  it("asks the node for log and type", async () => {
    await exportEntries(["--log", "baua.de", "--type", "alert"]);
    expect(node.service.listed).toMatchObject([{ log: "baua.de", type: "alert", limit: 1000 }]);
  });

  it("goes through all pages", async () => {
    node.service.pageSize = 2;
    expect(rows((await exportEntries()).stdout)).toHaveLength(3);
    expect(node.service.listed).toHaveLength(2);
  });
});

describe("export --out", () => {
  it("writes a file for its owner alone, and overwrites none unasked", async () => {
    const out = join(node.dataDir, "alerts.csv");
    const result = await exportEntries(["--out", out, "--json"]);
    expect(jsonLines(result)).toEqual([
      { schema: "entente/export/1", file: out, entries: 3, unread: 0, partsLeftOut: 0 },
    ]);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const whole = await readFile(out, "utf8");
    await writeFile(out, "mine");
    expect(await exportEntries(["--out", out])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--force"),
    });
    expect(await readFile(out, "utf8")).toBe("mine");
    expect(await exportEntries(["--out", out, "--force"])).toMatchObject({ code: 0 });
    expect(await readFile(out, "utf8")).toBe(whole);
  });

  it("leaves nothing behind where it is interrupted", async () => {
    const out = join(node.dataDir, "alerts.csv");
    const result = await exportEntries(["--out", out], { interrupted: AbortSignal.abort("SIGINT") });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("not whole") });
    expect((await readdir(node.dataDir)).filter((name) => name.includes("alerts"))).toEqual([]);
  });
});

it("is the same from a process of its own", async () => {
  const { code, stdout } = await runCli(["export", "--data", node.dataDir]);
  expect([code, stdout]).toEqual([0, (await exportEntries()).stdout]);
});

describe("notification", () => {
  async function notification(...args: readonly string[]): Promise<CliResult> {
    node.service.shown = {
      type: "alert",
      body: alert.example.body,
      sections: [["application/json", '{"operators":[7]}']],
    };
    return runCli(["notification", "nvwa.nl:12", ...args, "--data", node.dataDir]);
  }

  it("goes to the standard output, and what is missing to people", async () => {
    const { code, stdout, stderr } = await notification();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: "entente/notification/1", completeness: { isComplete: false } });
    expect(stderr).toContain("the notification is not complete: ");
    expect(stderr).toContain("(mandatory): not stated, and no reason given");
    expect(stdout).not.toContain('"section"');
  });

  it("has the confidential section only when asked for", async () => {
    expect(JSON.parse((await notification("--confidential")).stdout)).toMatchObject({
      traceability: { section: { operators: [7] } },
    });
    expect((await notification("--confidential", "--format", "xml")).code).toBe(2);
  });

  it("is written as XML, and overwrites nothing", async () => {
    const out = join(node.dataDir, "n.xml");
    const [report] = jsonLines(await notification("--format", "xml", "--out", out, "--json"));
    expect(report).toMatchObject({ schema: "entente/notification-export/1", format: "xml", isComplete: false });
    expect(await readFile(out, "utf8")).toContain("<caseNumber>A12/09001/20</caseNumber>");
    expect((await notification("--format", "xml", "--out", out)).code).not.toBe(0);
  });

  it("is of an alert", async () => {
    node.service.shown = { type: "follow-up", body: {} };
    const { code, stderr } = await runCli(["notification", "nvwa.nl:12", "--data", node.dataDir]);
    expect(code).toBe(1);
    expect(stderr).toContain("nvwa.nl:12 is no alert");
  });
});
