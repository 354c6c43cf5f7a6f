import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import type { NodeProcess } from "../support/nodes.ts";
import { removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { until } from "../support/until.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "samples");

afterAll(removeNodes);

function sample(name: string): string {
  return join(SAMPLES, name);
}

/** What a node exports, as a file. */
async function exported(node: NodeProcess, ...options: readonly string[]): Promise<string> {
  const out = join(await temporaryDirectory(), "export");
  await node.one("export", "--out", out, ...options);
  return await readFile(out, "utf8");
}

describe("two nodes", () => {
  it("import from every kind of file and export the same on both sides", async () => {
    const [nvwa, baua] = await startFederation("nvwa.nl", "baua.de");
    if (nvwa === undefined || baua === undefined) throw new Error("not there");
    const importFile = async (system: string, name: string) =>
      await nvwa.one("import", system, sample(name), "--to", "baua.de");
    expect(await importFile("safety-gate", "safety-gate-sample.csv")).toMatchObject({ imported: 12, updated: 0 });
    expect(await importFile("safety-gate", "safety-gate-week-09.xml")).toMatchObject({
      imported: 1,
      updated: 1,
      unchanged: 3,
    });
    expect(await importFile("safety-gate", "safety-gate-sample.csv")).toMatchObject({
      imported: 0,
      updated: 0,
      unchanged: 12,
    });
    expect(await importFile("cpsc", "cpsc-sample.json")).toMatchObject({ imported: 2, rejected: [] });
    expect(await importFile("cpsc", "cpsc-sample.csv")).toMatchObject({ imported: 1, unchanged: 1 });
    const section = `traceability=${sample("traceability.json")}@baua.de`;
    await nvwa.one(
      "publish",
      sample("alert.json"),
      "--to",
      "baua.de",
      "--section",
      section,
      "--attach",
      sample("photo.png"),
    );

    let there: Record<string, string>[] = [];
    await until("all of it is at baua.de", async () => {
      there = parse(await exported(baua, "--log", "nvwa.nl", "--type", "alert"), { columns: true });
      return there.length === 18 && there.every(({ parts }) => !/missing|fetching/.test(parts ?? ""));
    });
    const here: Record<string, string>[] = parse(await exported(nvwa, "--log", "nvwa.nl", "--type", "alert"), {
      columns: true,
    });
    expect(there).toEqual(here);
    expect(here.map(({ cases }) => cases)).toContain("cpsc 26-903");

    const open = await exported(baua, "--format", "jsonl", "--type", "alert");
    const confidential = await exported(baua, "--format", "jsonl", "--type", "alert", "--confidential");
    const secret = JSON.parse(await readFile(sample("traceability.json"), "utf8")).operators[0].name;
    expect(open).not.toContain(secret);
    expect(open).not.toContain("traceability.json");
    expect(open).not.toContain("photo.png");
    expect(confidential).toContain(secret);
  }, 120_000);
});
