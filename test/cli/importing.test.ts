import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";
import { ServiceError } from "../../node/service.ts";
import { testData } from "../data.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import type { WorldOptions } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "samples");
const REAL = testData("safety-gate-2020-w01-10.csv");

let node: FakeNode;
let file: string;
beforeEach(async () => {
  node = await createFakeNode();
  file = join(node.dataDir, "alerts.csv");
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

type Row = Readonly<Record<string, string>>;

async function write(...rows: readonly Row[]): Promise<void> {
  const lines = [SAFETY_GATE_COLUMNS, ...rows.map((row) => SAFETY_GATE_COLUMNS.map((column) => row[column] ?? ""))];
  await writeFile(
    file,
    lines.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join("\n"),
  );
}

function alert(number: string, more: Row = {}): Row {
  return { "Alert number": number, Year: "2020", Week: "11", Name: "Little quacker", ...more };
}

function importFile(options: WorldOptions = {}): Promise<CliResult> {
  return runInProcess(["import", "safety-gate", file, "--to", "baua.de,anses.fr", "--data", node.dataDir], options);
}

function inputs() {
  return node.service.published.map(({ input }) => input);
}

describe("import safety-gate", () => {
  it("publishes each alert once, however often it is repeated", async () => {
    await write(alert("A12/1/20"), alert("A12/2/20"));
    expect(await importFile()).toMatchObject({
      code: 0,
      stdout: "2 imported, 0 updated, 0 unchanged, 0 rejected, 0 warnings\n",
      stderr: "",
    });
    expect(inputs()).toMatchObject([
      { type: "alert", to: ["baua.de", "anses.fr"], refs: [], key: { key: "safety-gate/A12/1/20" } },
      { key: { key: "safety-gate/A12/2/20" } },
    ]);
    expect(await importFile()).toMatchObject({
      code: 0,
      stdout: "0 imported, 0 updated, 2 unchanged, 0 rejected, 0 warnings\n",
    });
    expect(node.service.published).toHaveLength(2);
  });

  it("makes an update of what changed, which refers to the first and takes the place of the latest", async () => {
    await write(alert("A12/1/20"));
    await importFile();
    await write(alert("A12/1/20", { Name: "Big quacker" }));
    expect((await importFile()).stdout).toBe("0 imported, 1 updated, 0 unchanged, 0 rejected, 0 warnings\n");
    await write(alert("A12/1/20", { Name: "Huge quacker" }));
    await importFile();
    expect(inputs().slice(1)).toMatchObject([
      { refs: ["nvwa.nl:100"], body: { updates: 0 }, key: { replaces: inputs()[0]?.key?.digest } },
      { refs: ["nvwa.nl:100", "nvwa.nl:101"], body: { updates: 1 }, key: { replaces: inputs()[1]?.key?.digest } },
    ]);
  });

  it("reports a bad row with line, column and reason, and takes the others", async () => {
    await write(alert("A12/1/20"), alert("A12/2/20", { Week: "99" }), alert("A12/3/20"));
    const result = await importFile();
    expect(result).toEqual({
      code: 1,
      stdout: "2 imported, 0 updated, 0 unchanged, 1 rejected, 0 warnings\n",
      stderr: 'line 3, column "Week": "99" is not a week from 1 to 53\n',
    });
  });

  it("takes the first of two rows that claim one number", async () => {
    await write(alert("A12/1/20"), alert("A12/1/20", { Name: "Other" }), alert("A12/1/20"));
    const result = await importFile();
    expect(result).toMatchObject({ code: 1, stdout: "1 imported, 0 updated, 1 unchanged, 1 rejected, 0 warnings\n" });
    expect(result.stderr).toContain("A12/1/20: stands on line 2 too, with other content");
  });

  it("goes on when the node refuses one row, and stops when it refuses all", async () => {
    await write(alert("A12/1/20"), alert("A12/2/20"));
    node.service.onPublish = ({ key }) => {
      if (key?.key.endsWith("A12/1/20") === true) throw new ServiceError("INVALID", "too large");
    };
    expect(await importFile()).toMatchObject({ code: 1, stderr: "line 2, A12/1/20: too large\n" });
    node.service.onPublish = () => {
      throw new ServiceError("DISK_FULL", "no space left", "free some");
    };
    await write(alert("A12/3/20"), alert("A12/4/20"));
    expect(await importFile()).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "entente: no space left\nhint: free some\n",
    });
  });

  it("stops cleanly at Ctrl-C, and goes on when repeated", async () => {
    await write(...Array.from({ length: 100 }, (_, i) => alert(`A12/${i}/20`)));
    const controller = new AbortController();
    node.service.onPublish = () => {
      if (node.service.published.length === 20) controller.abort("SIGINT");
    };
    const result = await importFile({ interrupted: controller.signal });
    const { length } = node.service.published;
    expect(length).toBeGreaterThanOrEqual(20);
    expect(length).toBeLessThanOrEqual(40);
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining(`${length} imported`) });
    expect(result.stdout).toContain("interrupted: repeating the command goes on from here");
    node.service.onPublish = undefined;
    expect((await importFile()).stdout).toContain(`${100 - length} imported, 0 updated, ${length} unchanged`);
  });

  it("takes the weekly XML as well, and knows the alerts that came as CSV", async () => {
    await copyFile(join(SAMPLES, "safety-gate-sample.csv"), file);
    await importFile();
    await copyFile(join(SAMPLES, "safety-gate-week-09.xml"), file);
    const more = "1 imported, 1 updated, 3 unchanged, 0 rejected, 0 warnings\n";
    expect(await importFile()).toEqual({ code: 0, stdout: more, stderr: "" });
    const news = inputs().slice(12);
    expect(news.toSorted((a, b) => (a.key?.key ?? "").localeCompare(b.key?.key ?? ""))).toMatchObject([
      {
        key: { key: "safety-gate/SR/90001/26" },
        refs: ["nvwa.nl:100"],
        body: { updates: 0, foundIn: ["BE", "DE", "LU"] },
      },
      { key: { key: "safety-gate/SR/90014/26" }, refs: [] },
    ]);
    const nothing = "0 imported, 0 updated, 5 unchanged, 0 rejected, 0 warnings\n";
    expect((await importFile()).stdout).toBe(nothing);
    await copyFile(join(SAMPLES, "safety-gate-sample.csv"), file);
    expect((await importFile()).stdout).toContain("0 imported, 0 updated, 12 unchanged");
  });

  it("publishes what stands before the place where a file breaks off", async () => {
    const whole = await readFile(join(SAMPLES, "safety-gate-week-09.xml"), "utf8");
    await writeFile(file, whole.slice(0, whole.indexOf("SR/90003/26")));
    const result = await importFile();
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toMatch(/line 6\d, column \d+: not well-formed.*\nhint: what stands before it went in/);
    expect(inputs().map(({ key }) => key?.key)).toEqual(["safety-gate/SR/90001/26", "safety-gate/SR/90002/26"]);
  });

  it("says how to save a spreadsheet", async () => {
    await writeFile(file, Buffer.from("504b0304aabbccdd", "hex"));
    expect(await importFile()).toMatchObject({ code: 1, stderr: expect.stringContaining("CSV UTF-8") });
  });

  it.skipIf(REAL === undefined)("takes the real file whole", async () => {
    await writeFile(file, await readFile(REAL ?? ""));
    const result = await runCli(["import", "safety-gate", file, "--to", "baua.de", "--json", "--data", node.dataDir]);
    const [summary] = jsonLines(result);
    expect(summary).toMatchObject({
      schema: "entente/import/1",
      imported: 487,
      updated: 0,
      unchanged: 0,
      rejected: [],
      interrupted: false,
    });
    expect(result.code).toBe(0);
    expect(new Set(node.service.published.map(({ input }) => input.key?.key)).size).toBe(487);
  });
});

describe("import cpsc", () => {
  it("publishes recalls from either kind of file, each once", async () => {
    const importCpsc = (name: string): Promise<CliResult> =>
      runInProcess(["import", "cpsc", join(SAMPLES, name), "--to", "baua.de", "--data", node.dataDir]);
    expect(await importCpsc("cpsc-sample.json")).toMatchObject({
      code: 0,
      stdout: "2 imported, 0 updated, 0 unchanged, 0 rejected, 1 warning\n",
      stderr: expect.stringContaining("26-902: made in several countries: kept as text"),
    });
    expect(inputs().map(({ key }) => key?.key)).toEqual(["cpsc/26-901", "cpsc/26-902"]);
    expect(await importCpsc("cpsc-sample.csv")).toMatchObject({
      code: 0,
      stdout: "1 imported, 0 updated, 1 unchanged, 0 rejected, 0 warnings\n",
    });
    expect(await importCpsc("cpsc-sample.json")).toMatchObject({ stdout: expect.stringContaining("2 unchanged") });
  });
});
