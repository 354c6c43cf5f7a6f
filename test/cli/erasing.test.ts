import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FakeNode } from "../support/fake-node.ts";
import { createFakeNode } from "../support/fake-node.ts";
import { jsonLines, runCli, type CliResult } from "../support/run-cli.ts";

let node: FakeNode;
beforeAll(async () => {
  node = await createFakeNode();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

function entente(...args: readonly string[]): Promise<CliResult> {
  return runCli([...args, "--data", node.dataDir]);
}

const TIME = "2026-11-22 14:03:05 UTC";

async function fileOf(rules: unknown): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "entente-rules-")), "rules.json");
  await writeFile(path, JSON.stringify(rules));
  return path;
}

const RULE = { section: "traceability", ground: "retention", from: "closed", keep: { years: 5 } };
const RULES = { schema: "entente/retention-rules/1", rules: [RULE] };

describe("erase", () => {
  it("asks first, and does nothing where nobody can answer", async () => {
    const { code, stdout, stderr } = await entente("erase", "nvwa.nl:7", "--ground", "retention");
    expect([code !== 0, stdout]).toEqual([true, ""]);
    expect(stderr).toContain("--yes does it without asking");
  });

  it("shows what would go and who has it", async () => {
    const { code, stdout } = await entente("erase", "nvwa.nl:7", "--ground", "retention", "--preview");
    expect([code, stdout.split("\n")]).toEqual([
      0,
      [
        "part              kind    sent to",
        "nvwa.nl:7 part 0  record  baua.de",
        `hidden at once, and deleted from ${TIME} on`,
        "",
      ],
    ]);
  });

  it("erases", async () => {
    const { code, stdout } = await entente("erase", "nvwa.nl:7", "--ground", "retention", "--approve", "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("1 part erased by entry nvwa.nl:51; deleted at once");
  });

  it("needs a ground", async () => {
    expect((await entente("erase", "nvwa.nl:7", "--yes")).code).toBe(2);
    expect((await entente("erase", "nvwa.nl:7", "--ground", "Because!", "--yes")).code).toBe(1);
    expect((await entente("erase", "nvwa.nl:7", "--part", "x", "--ground", "a", "--yes")).code).toBe(2);
  });
});

it("erasures says who has not deleted it, and a reason from elsewhere moves no cursor", async () => {
  const { code, stdout } = await entente("erasures");
  expect(code).toBe(1);
  expect(stdout).not.toContain("\u001B");
  expect(stdout).toContain("✗ baua.de keeps one part (baua.de:9): ");
  expect(stdout).toContain("… samr.cn has not answered");
  expect(jsonLines(await entente("erasures", "--open", "--json"))).toMatchObject([
    { schema: "entente/erasure/1", entry: "nvwa.nl:51", state: "hidden" },
  ]);
});

describe("retention", () => {
  it("shows the same as it then does", async () => {
    const file = await fileOf(RULES);
    const [shown] = jsonLines(await entente("retention", file, "--preview", "--json"));
    const [done] = jsonLines(await entente("retention", file, "--yes", "--json"));
    expect(shown).toMatchObject({ schema: "entente/retention/1", due: [{ entry: "nvwa.nl:7", part: 2 }] });
    expect({ ...done, erasures: [] }).toEqual(shown);
  });

  it("says for people what is due, what is held, and what was erased", async () => {
    const { code, stdout } = await entente("retention", await fileOf(RULES), "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("nvwa.nl:7 part 2  traceability  alert  2020-01-31  2025-01-31  retention");
    expect(stdout).toContain("kept for a legal hold: nvwa.nl:8 part 2: ");
    expect(stdout).toContain("erased by nvwa.nl:52");
  });

  it.each([
    ["an unknown key", { ...RULES, rules: [{ ...RULE, sections: [] }] }, "rules.0: "],
    ["no rules", { ...RULES, rules: [] }, "rules: "],
    ["another schema", { ...RULES, schema: "x" }, "schema: "],
    ["a slip of the pen", { ...RULES, rules: [{ ...RULE, section: "tracability" }] }, "did you mean traceability?"],
    [
      "no type of record",
      { ...RULES, rules: [{ ...RULE, types: ["fax"] }] },
      '"fax" is no type of record; there are alert',
    ],
    ["nothing to keep", { ...RULES, rules: [{ ...RULE, keep: {} }] }, "less than a day"],
  ])("refuses a file with %s", async (_what, rules, says) => {
    const { code, stderr } = await entente("retention", await fileOf(rules), "--yes");
    expect(code).not.toBe(0);
    expect(stderr).toContain(says);
  });
});

describe("a legal hold", () => {
  it("is added with its reason, listed, and removed after a question", async () => {
    expect((await entente("hold", "add", "nvwa.nl:8", "--reason", "a court")).stdout).toBe(
      "nvwa.nl:8 is under legal hold: a court\n",
    );
    const { stdout } = await entente("hold", "list");
    expect(stdout).toMatch(/^entry +since +by +kept +reason\nnvwa.nl:8 +2026-11-22 14:03:05 UTC +anna +part 1 /);
    expect((await entente("hold", "remove", "nvwa.nl:8")).code).not.toBe(0);
    expect((await entente("hold", "remove", "nvwa.nl:8", "--yes")).stdout).toContain("no longer under legal hold");
  });

  it("writes what it keeps, and overwrites nothing", async () => {
    const out = join(await mkdtemp(join(tmpdir(), "entente-held-")), "exhibit.txt");
    expect((await entente("hold", "export", "nvwa.nl:8", "--part", "1", "--out", out)).code).toBe(0);
    expect(await readFile(out, "utf8")).toBe("four");
    expect((await entente("hold", "export", "nvwa.nl:8", "--part", "1", "--out", out)).code).not.toBe(0);
  });
});
