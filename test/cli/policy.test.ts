import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_POLICY } from "../../protocol/policy/policy.ts";
import { createFakeNode, type FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { type CliResult, jsonLines } from "../support/run-cli.ts";

const POLICY = {
  schema: "entente/policy/1",
  area: { name: "EU/EEA", authorities: ["baua.de"] },
  sections: { product: "followers", personal: "addressees" },
};
const ID = "cd".repeat(32);

let node: FakeNode;
let directory: string;
beforeEach(async () => {
  node = await createFakeNode();
  directory = await mkdtemp(join(tmpdir(), "entente-policy-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
  await node[Symbol.asyncDispose]();
});

function entente(...args: readonly string[]): Promise<CliResult> {
  return runInProcess(args, { env: { ENTENTE_DATA: node.dataDir } });
}

async function fileOf(text: string): Promise<string> {
  const path = join(directory, "policy.json");
  await writeFile(path, text);
  return path;
}

describe("policy check", () => {
  it("needs no node, and names all that is wrong", async () => {
    const file = await fileOf(JSON.stringify({ ...POLICY, area: { name: "", authorities: ["DE"] }, grounds: {} }));
    const { code, stdout } = await runInProcess(["policy", "check", file]);
    expect(code).toBe(1);
    expect(stdout.split("\n").map((line) => line.replace(`${file}: `, "").replace(/:.*/, ""))).toEqual([
      "area.name",
      "area.authorities[0]",
      "grounds",
      "",
    ]);
  });

  it("says that a policy is one", async () => {
    const file = await fileOf(JSON.stringify(POLICY));
    expect(jsonLines(await runInProcess(["policy", "check", file, "--json"]))).toEqual([
      { schema: "entente/policy-check/1", file, ok: true, problems: [] },
    ]);
  });

  it("refuses what is no JSON, and a file that is not there", async () => {
    expect(await runInProcess(["policy", "check", await fileOf("area: EU")])).toMatchObject({ code: 1, stdout: "" });
    expect(await runInProcess(["policy", "check", join(directory, "none")])).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("policy show", () => {
  it("says what holds without a policy", async () => {
    const { stdout } = await entente("policy", "show");
    expect(stdout.split("\n")).toEqual([
      "no policy was set: these are the readers without one",
      "area: none, so that nobody is in it",
      "",
      "section            read by default by",
      "Product and risk   nobody who is not named",
      "Traceability       nobody who is not named",
      "Commercial papers  nobody who is not named",
      "Personal data      nobody who is not named, within the area",
      "",
      "authority  in the area  personal data",
      "baua.de    no           does not go there",
      "",
    ]);
  });

  it("says what a policy means for each authority", async () => {
    node.service.policyStatus = {
      policy: null,
      setBy: "anna",
      setAt: "2026-11-22T14:03:05Z",
      area: "EU/EEA",
      sections: { ...NO_POLICY.sections, traceability: "addressees", commercial: ["baua.de", "anses.fr"] },
      authorities: [
        { name: "baua.de", id: ID, inArea: true, grounds: [] },
        { name: "samr.cn", id: ID, inArea: false, grounds: ["gdpr-49-1-d"] },
      ],
      notTrusted: ["anses.fr"],
    };
    const { stdout } = await entente("policy", "show", "--lang", "nl");
    expect(stdout).toContain("set by anna on 2026-11-22 14:03:05 UTC\narea: EU/EEA\n");
    expect(stdout).toMatch(/^Traceerbaarheid +the readers of the record$/m);
    expect(stdout).toMatch(/^Handelsdocumenten +baua.de, anses.fr$/m);
    expect(stdout).toMatch(/^baua.de +yes +goes there$/m);
    expect(stdout).toMatch(/^samr.cn +no +on a ground: gdpr-49-1-d$/m);
    expect(stdout).toContain("named in the policy and not trusted here: anses.fr\n");
  });
});

describe("policy set", () => {
  it("puts a file into force, and warns of who can still read what it should not", async () => {
    node.service.leftArea = [
      { name: "samr.cn", entries: ["nvwa.nl:12", "nvwa.nl:13"], count: 5 },
      { name: "anses.fr", entries: [], count: 0 },
    ];
    const { code, stdout } = await entente("policy", "set", await fileOf(JSON.stringify(POLICY)));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^this policy is in force\n/);
    expect(stdout).toContain(
      "warning: samr.cn is no longer in the area, and can read the personal data of 5 entries: nvwa.nl:12, nvwa.nl:13 and 3 more; entente erase ENTRY --part N ends that\n",
    );
    expect(stdout).toContain("anses.fr is no longer in the area; nothing with personal data was addressed to it\n");
    expect(jsonLines(await entente("policy", "show", "--json"))).toMatchObject([{ policy: POLICY, setBy: "anna" }]);
  });

  it("refuses a file with a fault", async () => {
    const file = await fileOf(JSON.stringify({ ...POLICY, sections: { secret: "nobody" } }));
    const { code, stderr } = await entente("policy", "set", file);
    expect(code).toBe(1);
    expect(stderr).toContain(`${file}: sections: `);
    expect(stderr).toContain(`hint: entente policy check ${file}`);
    expect(node.service.policyStatus.policy).toBeNull();
  });
});

describe("a grant", () => {
  it("says what it leaves out", async () => {
    node.service.leftOut = ["nvwa.nl:12"];
    const { stderr } = await entente("grant", "samr.cn", "--like", "baua.de", "--preview");
    expect(stderr).toBe("left out, since they have personal data and not all of samr.cn are in the area: nvwa.nl:12\n");
  });
});

describe("publish", () => {
  it("hands on the grounds, and a draft keeps them", async () => {
    const record = await fileOf(
      JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } }),
    );
    const args = [
      "publish",
      record,
      "--to",
      "baua.de",
      "--section",
      `personal=${record}@samr.cn`,
      "--transfer-ground",
      "gdpr-49-1-d",
    ];
    await entente(...args);
    await entente(...args, "--draft");
    await entente("draft", "publish");
    expect(node.service.published.map(({ input }) => input.grounds)).toEqual([["gdpr-49-1-d"], ["gdpr-49-1-d"]]);
  });
});
