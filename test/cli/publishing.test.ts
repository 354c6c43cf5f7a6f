import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "../../node/service.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

const RECORD = JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } });

let node: FakeNode;
let files: string;
beforeEach(async () => {
  node = await createFakeNode();
  files = join(node.dataDir, "files");
  await mkdir(files);
  await writeFile(join(files, "answer.json"), RECORD);
  await writeFile(join(files, "photo.jpg"), "pixels");
  await writeFile(join(files, "chain.pdf"), Buffer.alloc(200_000, 7));
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

function entente(...args: readonly string[]): Promise<CliResult> {
  return runCli(args, { cwd: files, env: { ENTENTE_DATA: node.dataDir } });
}

function path(name: string): string {
  return join(files, name);
}

function inProcess(...args: readonly string[]): Promise<CliResult> {
  return runInProcess(args, { env: { ENTENTE_DATA: node.dataDir } });
}

describe("publish", () => {
  it("sends the record and its parts, as the operator", async () => {
    const result = await entente(
      "publish",
      "answer.json",
      "--to",
      "baua.de,anses.fr",
      "--ref",
      "baua.de:4",
      "--attach",
      "photo.jpg",
      "--section",
      "traceability=chain.pdf@baua.de",
    );
    const shown = "Product and risk: baua.de, anses.fr (named)\nTraceability: baua.de (named); not anses.fr\n";
    expect(result).toEqual({ code: 0, stdout: "published: entry nvwa.nl:100\n", stderr: shown });
    const [{ input, operator }] = node.service.published as [(typeof node.service.published)[number]];
    expect(operator).toBe("anna");
    expect(input).toMatchObject({
      type: "follow-up",
      version: 1,
      body: { answers: 0, outcome: "not-found" },
      refs: ["nvwa.nl:12", "baua.de:4"],
      to: ["baua.de", "anses.fr"],
      parts: [{ kind: "traceability", to: ["baua.de"] }, { kind: "picture" }],
      key: { key: expect.stringMatching(/^draft\/[0-9a-f]{32}$/), digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(input.parts[1]).not.toHaveProperty("to");
    expect([...node.service.staged.values()]).toMatchObject([
      { name: "chain.pdf", type: "application/pdf", bytes: Buffer.alloc(200_000, 7) },
      { name: "photo.jpg", type: "image/jpeg" },
    ]);
  });

  it("takes the record from another program", async () => {
    const { code } = await runCli(["publish", "-", "--to", "baua.de", "--data", node.dataDir], { input: RECORD });
    expect(code).toBe(0);
    expect(node.service.published).toHaveLength(1);
  });

  it("refuses a code that its table does not have", async () => {
    const body = { notification: "serious-risk", product: { kind: { en: "Toy" } }, risk: { level: "serios" } };
    await writeFile(path("alert.json"), JSON.stringify({ type: "alert", body }));
    for (const more of [[], ["--draft"], ["--preview"]]) {
      const result = await inProcess("publish", path("alert.json"), "--to", "baua.de", ...more);
      expect(result).toMatchObject({ code: 1, stdout: "" });
      expect(result.stderr).toContain(
        'body.risk.level: "serios" is no code of the table risk-level; did you mean serious?',
      );
      expect(result.stderr).toMatch(/\nhint: one of .*serious/);
    }
    expect(node.service.published).toHaveLength(0);
    expect(await drafts()).toEqual([]);
  });

  it("takes authorities by name, which records hold by id", async () => {
    const asked = { kind: "information", to: ["baua.de", "ab".repeat(32)], question: { en: "Which batch?" }, case: 0 };
    const write = (body: object): Promise<void> =>
      writeFile(path("request.json"), JSON.stringify({ type: "request", refs: ["nvwa.nl:12"], body }));
    await write(asked);
    expect(await inProcess("publish", path("request.json"), "--to", "baua.de")).toMatchObject({
      code: 0,
      stderr: "Product and risk: baua.de (named)\n",
    });
    expect(node.service.published[0]?.input.body).toMatchObject({ to: ["cd".repeat(32), "ab".repeat(32)] });
    await write({ ...asked, to: ["baua.de", "nobody.example"] });
    expect(await inProcess("publish", path("request.json"), "--to", "baua.de")).toMatchObject({
      code: 1,
      stderr: "entente: body.to[1]: nobody.example is not a trusted authority\nhint: entente peer list\n",
    });
  });

  it("warns before it publishes: of keys that nobody knows, and of what the node says of the readers", async () => {
    node.service.warnings = ["baua.de has not been reached since yesterday"];
    const body = { answers: 0, outcome: "not-found", outcom: "not-found", zzz: 1 };
    await writeFile(path("odd.json"), JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:12"], body }));
    const warnings = [
      "body.outcom is no key of follow-up: readers cannot use it; did you mean outcome?",
      "body.zzz is no key of follow-up: readers cannot use it",
      "baua.de has not been reached since yesterday",
    ];
    const args = [path("odd.json"), "--to", "baua.de"];
    const result = await inProcess("publish", ...args);
    expect(result).toEqual({
      code: 0,
      stdout: "published: entry nvwa.nl:100\n",
      stderr: ["Product and risk: baua.de (named)\n", ...warnings.map((warning) => `warning: ${warning}\n`)].join(""),
    });
    expect(jsonLines(await inProcess("publish", ...args, "--json"))).toMatchObject([{ state: "appended", warnings }]);
    expect(jsonLines(await inProcess("publish", ...args, "--preview", "--json"))).toMatchObject([{ warnings }]);
    const [draft] = jsonLines(await inProcess("publish", ...args, "--draft", "--json"));
    expect(draft).toMatchObject({ warnings: warnings.slice(0, 2) });
    const id = String(draft?.["id"]);
    expect((await inProcess("draft", "publish")).stderr).toBe(
      [`${id}: Product and risk: baua.de (named)\n`, ...warnings.map((warning) => `warning: ${id}: ${warning}\n`)].join(
        "",
      ),
    );
  });

  it("shows who would read what, and publishes nothing", async () => {
    node.service.warnings = ["baua.de has not been reached since yesterday"];
    const { stdout } = await inProcess(
      "publish",
      path("answer.json"),
      "--to",
      "baua.de",
      "--attach",
      `${path("photo.jpg")}@anses.fr`,
      "--preview",
    );
    expect(stdout.split("\n")).toEqual([
      "part  kind     name    size     read by",
      "0     record   –       640 B    baua.de",
      "1     picture  part-1  4.0 KiB  anses.fr",
      "",
      "Product and risk: baua.de (named)",
      "Product and risk (Picture): anses.fr (named); not baua.de",
      "",
      "see that something was published, when, and about how large, and nothing else: anses.fr",
      "warning: baua.de has not been reached since yesterday",
      "nothing was published",
      "",
    ]);
    expect(node.service.published).toHaveLength(0);
  });

  it.each([
    [["nothing.json", "--to", "baua.de"], 3, "there is no "],
    [["answer.json", "--to", "Baua"], 2, '--to: "Baua" is no name of an authority'],
    [["answer.json"], 1, "nobody is addressed\nhint: say who may read it: --to NAME"],
    [["answer.json", "--to", "baua.de", "--attach", "none.jpg"], 3, "none.jpg"],
    [["answer.json", "--to", "baua.de", "--section", "traceability=chain.pdf"], 2, "names no readers after an @"],
    [["answer.json", "--to", "baua.de", "--preview", "--draft"], 2, "exclude each other"],
    [["photo.jpg", "--to", "baua.de"], 1, "not JSON"],
    [["answer.json", "--to", "nobody.example"], 1, "nobody.example is no trusted authority\nhint: entente peer list"],
  ])("refuses %j", async ([file = "", ...args], code, message) => {
    const located = args.map((arg) =>
      /^none|^traceability/.test(arg) ? arg.replace(/(none|chain)/, join(files, "$1")) : arg,
    );
    const result = await inProcess("publish", path(file), ...located);
    expect(result.stderr).toContain(message);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(node.service.published).toHaveLength(0);
    expect(await drafts()).toEqual([]);
  });

  it("is told why a file was not taken", async () => {
    await writeFile(path("refused.bin"), Buffer.alloc(3_000_000));
    const result = await entente("publish", "answer.json", "--to", "baua.de", "--attach", "refused.bin");
    expect(result).toEqual({ code: 1, stdout: "", stderr: "entente: no space for attachments\nhint: free some\n" });
  });
});

describe("a node that is down", () => {
  it("loses no draft, and a draft is published once", async () => {
    await node.stop();
    const kept = await entente("publish", "answer.json", "--to", "baua.de", "--attach", "photo.jpg");
    const id = /draft (\S+)\n/.exec(kept.stderr)?.[1] ?? "";
    expect(kept).toEqual({
      code: 4,
      stdout: "",
      stderr: `entente: no node is running in ${node.dataDir}; the record is kept as draft ${id}\nhint: entente start; then entente draft publish ${id}\n`,
    });
    await rm(files, { recursive: true });
    expect((await inProcess("draft", "list")).stdout).toMatch(
      new RegExp(`^draft .*\n${id}  .* UTC  follow-up  1      baua.de\n$`),
    );
    expect(await inProcess("draft", "publish")).toMatchObject({ code: 4, stdout: "" });
    expect(await drafts()).toEqual([id]);

    await node.start();
    expect(await inProcess("draft", "publish")).toEqual({
      code: 0,
      stdout: `${id}: entry nvwa.nl:100\n`,
      stderr: `${id}: Product and risk: baua.de (named)\n`,
    });
    expect(await drafts()).toEqual([]);
    expect([...node.service.staged.values()].map(({ bytes }) => String(bytes))).toEqual(["pixels"]);
  });

  it("that goes away before it has answered may have published: the draft is the same publication", async () => {
    // The answer is lost, the entry is not.
    node.service.onPublish = () => {
      node.service.onPublish = undefined;
      setImmediate(() => void node.stop());
    };
    const original = node.service.publish.bind(node.service);
    node.service.publish = async (input, operator) => {
      const published = await original(input, operator);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return published;
    };
    const kept = jsonLines(await inProcess("publish", path("answer.json"), "--to", "baua.de", "--json"));
    expect(kept).toMatchObject([{ schema: "entente/error/1", code: "NODE_DOWN", draft: expect.any(String) }]);
    expect(node.service.published).toHaveLength(1);

    await node.start();
    const sent = await inProcess("draft", "publish", String(kept[0]?.["draft"]));
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining("entry nvwa.nl:100 already") });
    expect(node.service.published).toHaveLength(1);
    expect(await drafts()).toEqual([]);
  });

  it("keeps nothing where there was never a node", async () => {
    const elsewhere = join(node.dataDir, "elsewhere");
    for (const more of [[], ["--draft"]]) {
      const result = await runInProcess([
        "publish",
        path("answer.json"),
        "--to",
        "baua.de",
        "--data",
        elsewhere,
        ...more,
      ]);
      expect(result).toMatchObject({ code: 4, stderr: expect.stringContaining("there is no node in") });
    }
    await expect(readdir(elsewhere)).rejects.toThrow("ENOENT");
  });
});

describe("drafts", () => {
  it("are kept on purpose, sent one by one, and thrown away", async () => {
    const made = jsonLines(await inProcess("publish", path("answer.json"), "--to", "baua.de", "--draft", "--json"));
    const other = jsonLines(await inProcess("publish", path("answer.json"), "--to", "anses.fr", "--draft", "--json"));
    const [id, otherId] = [String(made[0]?.["id"]), String(other[0]?.["id"])];
    expect(node.service.published).toHaveLength(0);
    expect(
      jsonLines(await inProcess("draft", "list", "--json")).map((draft) => [draft["schema"], draft["to"]]),
    ).toContainEqual(["entente/draft/1", ["anses.fr"]]);
    expect((await inProcess("draft", "publish", id)).code).toBe(0);
    expect((await inProcess("draft", "remove", otherId)).code).toBe(0);
    expect(await drafts()).toEqual([]);
    expect(await inProcess("draft", "publish", id)).toMatchObject({ code: 3 });
  });

  it("that are refused stay, and say which it was", async () => {
    const made = jsonLines(await inProcess("publish", path("answer.json"), "--to", "baua.de", "--draft", "--json"));
    node.service.onPublish = () => {
      throw new ServiceError("DISK_FULL", "no space left", "free some");
    };
    const result = await inProcess("draft", "publish");
    const id = String(made[0]?.["id"]);
    expect(result.stderr).toBe(
      `${id}: Product and risk: baua.de (named)\nentente: draft ${id}, which is kept: no space left\nhint: free some\n`,
    );
    expect(result.code).toBe(1);
    expect(await drafts()).toHaveLength(1);
  });
});

function drafts(): Promise<readonly string[]> {
  return readdir(join(node.dataDir, "drafts")).catch(() => []);
}

describe("an alert on a product that is known", () => {
  const ALERT = {
    type: "alert",
    body: { notification: "serious-risk", product: { barcodes: ["2000000001043"] }, risk: {} },
  };

  beforeEach(async () => {
    await writeFile(path("alert.json"), JSON.stringify(ALERT));
    const { entries } = await node.service.list({ limit: 1 });
    node.service.known = entries.map((entry) => ({ ...entry, entry: "baua.de:4" }));
  });

  it("is refused and kept, with the command that answers the other", async () => {
    const { code, stderr } = await entente("publish", "alert.json", "--to", "baua.de");
    expect(code).toBe(1);
    expect(stderr).toContain("baua.de:4 is an alert on the same product (the same barcode 02000000001043)");
    expect(stderr).toContain("entente follow-up baua.de:4 --outcome CODE; or entente draft publish ");
    expect(node.service.published).toEqual([]);
    const [draft] = jsonLines(await entente("draft", "list", "--json"));
    const again = await entente("draft", "publish", String(draft?.["id"]));
    expect([again.code, node.service.published]).toEqual([1, []]);
    expect(again.stderr).toContain("which is kept");
    expect((await entente("draft", "publish", "--known")).code).toBe(0);
    expect(node.service.published).toHaveLength(1);
  });

  it("is published where that is meant, and where it only looks so", async () => {
    expect((await entente("publish", "alert.json", "--to", "baua.de", "--known")).code).toBe(0);
    node.service.known = [];
    expect((await entente("publish", "alert.json", "--to", "baua.de")).code).toBe(0);
    expect(node.service.published).toHaveLength(2);
  });

  it("is asked about on a terminal", async () => {
    const args = ["publish", "alert.json", "--to", "baua.de"];
    const run = (answer: string): Promise<CliResult> =>
      runInProcess([...args.slice(0, 1), path("alert.json"), ...args.slice(2), "--data", node.dataDir], {
        typed: answer,
      });
    expect((await run("no\r")).code).toBe(1);
    expect(node.service.published).toEqual([]);
    expect((await run("yes\r")).code).toBe(0);
    expect(node.service.published).toHaveLength(1);
  });
});
