import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "../../node/service.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "samples");
const ANSWER = { type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } };
/** What is in `taking` under such a name was begun by a process that was ended. */
const BEGUN = "20261123T220000.000Z-";

let node: FakeNode;
let folder: string;
beforeEach(async () => {
  node = await createFakeNode();
  await signs("ready", null);
  folder = join(node.dataDir, "in");
  await mkdir(join(folder, "taking"), { recursive: true });
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

async function signs(state: "ready" | "held", reason: string | null): Promise<void> {
  const now = await node.service.status();
  node.service.status = () => Promise.resolve({ ...now, signing: { ...now.signing, state, reason } });
}

function dropOnce(...args: readonly string[]): Promise<CliResult> {
  return runInProcess(["drop", "--in", folder, "--once", "--json", "--data", node.dataDir, ...args]);
}

/** Where a process was ended just after it had begun: what does not wait until it is quiet. */
function begun(name: string): string {
  return join(folder, "taking", `${BEGUN}${name}`);
}

async function begin(name: string, content: unknown): Promise<void> {
  await writeFile(begun(name), typeof content === "string" ? content : JSON.stringify(content));
}

async function files(part: "taking" | "done" | "refused"): Promise<readonly string[]> {
  return (await readdir(join(folder, part))).sort();
}

async function receipt(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, "done", `${BEGUN}${name}.receipt.json`), "utf8"));
}

async function why(name: string): Promise<string> {
  return await readFile(join(folder, "refused", `${BEGUN}${name}.why.txt`), "utf8");
}

describe("drop --in", () => {
  it("publishes a file when it is complete, moves it away, and writes its receipt", { timeout: 20_000 }, async () => {
    await writeFile(join(folder, "answer.json"), JSON.stringify({ ...ANSWER, to: ["anses.fr", "baua.de"] }));
    await writeFile(join(folder, "half.json.tmp"), "{");
    const result = await dropOnce();
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(node.service.published).toMatchObject([
      { input: { type: "follow-up", refs: ["nvwa.nl:12"], to: ["anses.fr", "baua.de"], parts: [] }, operator: "anna" },
    ]);
    const done = await files("done");
    expect(done).toEqual([
      expect.stringMatching(/^\d{8}T\d{6}\.\d{3}Z-answer\.json$/),
      expect.stringMatching(/-answer\.json\.receipt\.json$/),
    ]);
    expect(JSON.parse(await readFile(join(folder, "done", done[1] ?? ""), "utf8"))).toEqual({
      schema: "entente/drop-receipt/1",
      file: "answer.json",
      at: expect.any(String),
      state: "published",
      entries: ["nvwa.nl:100"],
      readers: [expect.stringContaining("anses.fr, baua.de")],
      warnings: [],
    });
    expect(jsonLines(result)).toEqual([
      {
        schema: "entente/drop/1",
        event: "published",
        file: "answer.json",
        stored: `done/${done[0]}`,
        entries: ["nvwa.nl:100"],
        reason: null,
      },
    ]);
    expect([await files("taking"), await files("refused")]).toEqual([[], []]);
    expect((await readdir(folder)).sort()).toEqual(["done", "half.json.tmp", "refused", "taking"]);
    expect(await readdir(join(node.dataDir, "drop"))).toEqual([]);
  });

  it("publishes a directory: a record with files, some of them for other readers", async () => {
    await mkdir(begun("alert"));
    const { type, body } = JSON.parse(await readFile(join(SAMPLES, "alert.json"), "utf8"));
    const parts = [
      { file: "chain.json", kind: "traceability", to: ["gacc.gov.cn"] },
      { file: "photo.png", kind: "picture" },
    ];
    await writeFile(join(begun("alert"), "record.json"), JSON.stringify({ type, body, parts }));
    await copyFile(join(SAMPLES, "traceability.json"), join(begun("alert"), "chain.json"));
    await copyFile(join(SAMPLES, "photo.png"), join(begun("alert"), "photo.png"));
    expect(await dropOnce("--to", "anses.fr,gacc.gov.cn")).toMatchObject({ code: 0, stderr: "" });
    expect(node.service.published).toMatchObject([
      {
        input: {
          type: "alert",
          to: ["anses.fr", "gacc.gov.cn"],
          parts: [
            { kind: "traceability", to: ["gacc.gov.cn"], staged: "staged-1" },
            { kind: "picture", staged: "staged-2" },
          ],
        },
      },
    ]);
    expect(node.service.staged.get("staged-2")).toMatchObject({
      name: "photo.png",
      type: "image/png",
      bytes: await readFile(join(SAMPLES, "photo.png")),
    });
    expect(await files("done")).toEqual([`${BEGUN}alert`, `${BEGUN}alert.receipt.json`]);
    expect(await receipt("alert")).toMatchObject({ entries: ["nvwa.nl:100"] });
  });

  it.each([
    ["{", "not JSON: "],
    ["[1]", "it is no JSON object"],
    ["", "odd.json is empty"],
    [{ ...ANSWER, body: { ...ANSWER.body, answers: "zero" } }, "body.answers"],
    [`{"type": "follow-up",\n "refs": ["nvwa.nl:12"],\n "body": {"answers": 0,\n  "outcome": "x y"}}`, "line 4: "],
    [`{"type": "follow-up",\n "body": {}\n "refs": []}`, "line 2: not JSON"],
    [`{"type": "follow-up",\n "to": [\n  1]}`, "line 3: to[0]: "],
    [{ ...ANSWER, body: { ...ANSWER.body, outcome: "not-fund" } }, "did you mean not-found?\nhint: one of "],
    [{ ...ANSWER, to: [] }, "to: "],
    [{ ...ANSWER, to: "baua.de" }, "to: "],
    [{ ...ANSWER, to: ["Baua"] }, '"to": "Baua" is no name of an authority'],
    [{ ...ANSWER, to: ["nobody.example"] }, "nobody.example is no trusted authority"],
    [{ ...ANSWER, colour: 1 }, "colour: not one of type, version, refs, body"],
    [{ ...ANSWER, parts: [{ file: "../../keys/online.key.age", kind: "picture" }] }, "does not lie beside the record"],
    [{ ...ANSWER, refs: ["nvwa"] }, '"nvwa" is no entry'],
  ])("refuses %j, and says what is wrong", async (content, reason) => {
    await begin("odd.json", content);
    const result = await dropOnce("--to", "baua.de");
    expect(result).toMatchObject({ code: 1 });
    expect(jsonLines(result)).toMatchObject([
      { event: "refused", file: "odd.json", stored: `refused/${BEGUN}odd.json` },
    ]);
    const text = await why("odd.json");
    expect(text).toMatch(/^odd\.json was not published\n/);
    expect(text).toContain(reason);
    // A copy that only the node knows is not what anybody dropped.
    expect(text).not.toContain(node.dataDir);
    expect(await files("refused")).toEqual([`${BEGUN}odd.json`, `${BEGUN}odd.json.why.txt`]);
    expect(await files("taking")).toEqual([]);
    expect(node.service.published).toEqual([]);
  });

  it("leaves it to the policy who reads what names no readers", async () => {
    await begin("a.json", ANSWER);
    await begin("b.csv", await readFile(join(SAMPLES, "safety-gate-sample.csv"), "utf8"));
    node.service.onPublish = ({ to }) => {
      if (to.length === 0) throw new ServiceError("EMPTY_AUDIENCE", "nobody is addressed", "entente policy show");
    };
    expect(await dropOnce()).toMatchObject({ code: 1 });
    for (const name of ["a.json", "b.csv"]) expect(await why(name)).toContain("nobody is addressed");
  });

  it("takes grounds, names of authorities and notes as publish does, and says who will read it", async () => {
    const { id = "" } = node.service.peerList[0] ?? {};
    const body = { case: 0, to: ["baua.de"], kind: "information", question: { en: "Which batches?" } };
    const record = { type: "request", refs: ["nvwa.nl:12"], body, to: ["baua.de"], grounds: ["gdpr-49-1-d"] };
    await begin("a.json", `// to Dortmund\n${JSON.stringify(record)}`);
    const result = await dropOnce();
    expect(await files("refused")).toEqual([]);
    expect(result).toMatchObject({ code: 0 });
    expect(node.service.published).toMatchObject([{ input: { grounds: ["gdpr-49-1-d"], body: { to: [id] } } }]);
    expect(await receipt("a.json")).toMatchObject({ readers: [expect.stringContaining("baua.de (named)")] });
  });

  it("follows no link and waits for no pipe", async () => {
    const secret = join(node.dataDir, "operators", "anna.token");
    await symlink(secret, begun("link"));
    execFileSync("mkfifo", [begun("pipe")]);
    await mkdir(begun("dir"));
    await writeFile(
      join(begun("dir"), "record.json"),
      JSON.stringify({ ...ANSWER, parts: [{ file: "x", kind: "picture" }] }),
    );
    await symlink(secret, join(begun("dir"), "x"));
    await symlink(join(node.dataDir, "operators"), begun("dirlink"));
    await mkdir(join(begun("nested"), "record.json"), { recursive: true });
    await mkdir(begun("empty"));
    expect(await dropOnce("--to", "baua.de")).toMatchObject({ code: 1 });
    expect(await why("link")).toContain("is a link, which is not followed");
    expect(await why("pipe")).toContain("is no file");
    expect(await why("dir")).toContain("x is a link, which is not followed");
    expect(await why("dirlink")).toContain("is a link, which is not followed");
    expect(await why("nested")).toContain("record.json is no file");
    expect(await why("empty")).toContain("there is no record.json in it");
    expect(node.service.published).toEqual([]);
    expect(await readFile(secret, "utf8")).toBe("anna-token\n");
  });

  it("refuses files in a directory that the record does not name", async () => {
    await mkdir(begun("alert"));
    await writeFile(join(begun("alert"), "record.json"), JSON.stringify({ ...ANSWER, to: ["baua.de"] }));
    await writeFile(join(begun("alert"), "names.txt"), "of the consumers");
    expect(await dropOnce()).toMatchObject({ code: 1 });
    expect(await why("alert")).toContain('names.txt lies beside the record, and its "parts" does not name it');
  });

  it("is not led elsewhere by a link in the place of one of its folders", async () => {
    await symlink(node.dataDir, join(folder, "done"));
    await begin("config.json", { ...ANSWER, to: ["baua.de"] });
    const result = await dropOnce();
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain("in/done is no directory");
    expect(await readFile(join(node.dataDir, "config.json"), "utf8")).toBe("{}");
  });

  it("publishes the same content once, and tells other readers from the same", async () => {
    await begin("a.json", ANSWER);
    await dropOnce("--to", "baua.de,anses.fr");
    await begin("b.json", ANSWER);
    expect(jsonLines(await dropOnce("--to", "anses.fr,baua.de"))).toMatchObject([
      { event: "already", file: "b.json", entries: ["nvwa.nl:100"] },
    ]);
    await begin("c.json", ANSWER);
    expect(await dropOnce("--to", "anses.fr")).toMatchObject({ code: 1 });
    expect(await why("c.json")).toContain("the same was published before for other readers, as nvwa.nl:100");
    expect(node.service.published).toHaveLength(1);
  });

  it("asks before a new alert on a product that has one", async () => {
    const { entries } = await node.service.list({ limit: 1 });
    node.service.known = entries.map((entry) => ({ ...entry, entry: "baua.de:4" }));
    const alert = { ...JSON.parse(await readFile(join(SAMPLES, "alert.json"), "utf8")), to: ["baua.de"] };
    await begin("a.json", alert);
    expect(await dropOnce()).toMatchObject({ code: 1 });
    expect(await why("a.json")).toMatch(
      /baua\.de:4 is an alert on the same product .*\nhint: entente follow-up baua\.de:4 .*"known": true/,
    );
    await begin("b.json", { ...alert, known: true });
    expect(await dropOnce()).toMatchObject({ code: 0 });
    expect(node.service.published).toHaveLength(1);
  });
});

describe("a process that was ended", () => {
  it("before it had published leaves a file that the next one publishes", async () => {
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    expect(await dropOnce()).toMatchObject({ code: 0 });
    expect(await receipt("a.json")).toMatchObject({ state: "published", entries: ["nvwa.nl:100"] });
  });

  it("after it had published, and before it knew, is followed by one that does not publish again", async () => {
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    await dropOnce();
    // As it was before the receipt was written …
    await rename(join(folder, "done", `${BEGUN}a.json`), begun("a.json"));
    await rm(join(folder, "done", `${BEGUN}a.json.receipt.json`));
    expect(await dropOnce()).toMatchObject({ code: 0 });
    // … and before the file was moved.
    await rename(join(folder, "done", `${BEGUN}a.json`), begun("a.json"));
    expect(await dropOnce()).toMatchObject({ code: 0 });
    expect(await receipt("a.json")).toMatchObject({ state: "already", entries: ["nvwa.nl:100"] });
    expect(await files("done")).toEqual([`${BEGUN}a.json`, `${BEGUN}a.json.receipt.json`]);
    expect(node.service.published).toHaveLength(1);
  });

  it("after it had said why not is followed by one that says what is so now", async () => {
    await begin("a.json", { ...ANSWER, to: ["nobody.example"] });
    await dropOnce();
    await rm(join(folder, "refused", `${BEGUN}a.json`));
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    expect(await dropOnce()).toMatchObject({ code: 0 });
    expect([await files("refused"), (await files("done")).length]).toEqual([[], 2]);
  });

  it("leaves no copy of what it published", async () => {
    await mkdir(join(node.dataDir, "drop", "999999999-Xy12Ab"), { recursive: true });
    await mkdir(join(node.dataDir, "drop", "1-Xy12Ab"), { recursive: true });
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    await dropOnce();
    // That of a process that still runs is its own.
    expect(await readdir(join(node.dataDir, "drop"))).toEqual(["1-Xy12Ab"]);
  });
});

describe("what is not the file's fault", () => {
  it("a node that is down: the file waits", async () => {
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    await node.stop();
    expect(await dropOnce()).toMatchObject({ code: 4 });
    expect(await files("taking")).toEqual([`${BEGUN}a.json`]);
    await node.start();
    expect(await dropOnce()).toMatchObject({ code: 0 });
    expect(await files("taking")).toEqual([]);
  });

  it("a disk with too little room: the file waits, and those after it", async () => {
    node.service.onPublish = () => {
      throw new ServiceError("DISK_LOW", "too little room", "make some");
    };
    await begin("a.json", { ...ANSWER, to: ["baua.de"] });
    const result = await dropOnce();
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain("too little room");
    expect([await files("taking"), await files("refused")]).toEqual([[`${BEGUN}a.json`], []]);
  });

  it("a node that does not sign: nothing is taken", { timeout: 20_000 }, async () => {
    await signs("held", "a second node runs");
    await writeFile(join(folder, "a.json"), JSON.stringify({ ...ANSWER, to: ["baua.de"] }));
    const result = await dropOnce();
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain("the node does not sign now (a second node runs)");
    expect(await readdir(folder)).toContain("a.json");
  });
});

describe("files of the Safety Gate portal", () => {
  it("are imported: each alert once, and the receipt names them", async () => {
    const sample = join(SAMPLES, "safety-gate-sample.csv");
    await copyFile(sample, begun("a.csv"));
    expect(await dropOnce("--to", "baua.de")).toMatchObject({ code: 0 });
    const entries = node.service.published.map(({ entry }) => entry);
    expect(entries.length).toBeGreaterThan(1);
    expect(await receipt("a.csv")).toMatchObject({ state: "published", entries });
    await copyFile(sample, begun("b.csv"));
    await dropOnce("--to", "baua.de");
    expect(await receipt("b.csv")).toMatchObject({ state: "already", entries });
    expect(node.service.published).toHaveLength(entries.length);
    await copyFile(join(SAMPLES, "safety-gate-week-09.xml"), begun("c.xml"));
    expect(await dropOnce("--to", "baua.de")).toMatchObject({ code: 0 });
    expect(await receipt("c.xml")).toMatchObject({ entries: expect.arrayContaining([expect.any(String)]) });
  });

  it("are refused with each line that is wrong, and what was right is published", async () => {
    const text = await readFile(join(SAMPLES, "safety-gate-sample.csv"), "utf8");
    await begin("half.csv", text.replace(/,(\d{1,2}),/, ",99,"));
    expect(await dropOnce("--to", "baua.de")).toMatchObject({ code: 1 });
    expect(await why("half.csv")).toMatch(
      /1 of its alerts are not as they should be; of the others \d+ published.*\nline 2/,
    );
  });
});

it("drop wants folders that are there, and not within each other", async () => {
  const run = (...args: readonly string[]): Promise<CliResult> =>
    runInProcess(["drop", ...args, "--data", node.dataDir]);
  expect(await run()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("drop needs --in DIR, --out DIR or both"),
  });
  expect(await run("--in", join(folder, "none"))).toMatchObject({ code: 3 });
  expect(await run("--out", join(node.dataDir, "config.json"))).toMatchObject({ code: 1 });
  for (const out of [folder, join(folder, "done"), node.dataDir])
    expect(await run("--in", folder, "--out", out)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("lie within each other"),
    });
});
