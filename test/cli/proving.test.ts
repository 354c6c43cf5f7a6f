import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { charterEntry, entryProof, logProof, recordEntry, testAuthority } from "../support/proof-builder.ts";
import type { Files } from "../support/proof-builder.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

let node: FakeNode;
let out: string;
beforeEach(async () => {
  node = await createFakeNode();
  out = join(node.dataDir, "out");
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

function entente(...args: readonly string[]): Promise<CliResult> {
  return runInProcess([...args, "--data", node.dataDir]);
}

describe("fetch", () => {
  it("gets what is addressed to us, and says what became of it", async () => {
    expect(await entente("fetch", "nvwa.nl:12")).toEqual({
      code: 0,
      stdout: "nvwa.nl:12 part 0: held; it is the record: entente show nvwa.nl:12\nnvwa.nl:12 part 2: held\n",
      stderr: "",
    });
    expect(await entente("fetch", "nvwa.nl:12", "--part", "1")).toMatchObject({
      code: 1,
      stderr: "entente: part 1 of nvwa.nl:12 is not addressed to this authority\n",
    });
    expect((await entente("fetch", "nvwa.nl:12", "--part", "9")).code).toBe(3);
  });

  it("saves it under a name that neither leads elsewhere nor hides", async () => {
    const { stdout } = await entente("fetch", "nvwa.nl:12", "--part", "0", "--out", out);
    const file = join(out, "nvwa.nl-12-0-étrange.jpg");
    expect(stdout).toBe(`nvwa.nl:12 part 0: held, saved as ${file}\n`);
    expect(await readFile(file, "utf8")).toBe("hello");
    expect(await readdir(out)).toHaveLength(1);
    expect(await entente("fetch", "nvwa.nl:12", "--part", "0", "--out", out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("exists already"),
    });
  });
});

describe("a part that is not what its sender says", () => {
  beforeEach(() => {
    const name = `${"\u00e9".repeat(123)}.png`;
    node.service.shown = {
      type: "follow-up",
      body: {},
      sections: [
        ["text/plain", "a note"],
        ["image/png", "MZ program", name],
      ],
    };
  });
  const warning = "warning: part 2 is claimed to be image/png, and looks like application/x-msdownload: do not open it";

  it("is shown with a warning", async () => {
    const { code, stdout } = await entente("show", "nvwa.nl:12");
    expect({ code, lines: stdout.split("\n") }).toMatchObject({ code: 0, lines: expect.arrayContaining([warning]) });
  });

  it("without a number, comes with all the other parts, and the record is shown and not saved", async () => {
    const { stdout, stderr } = await entente("fetch", "nvwa.nl:12", "--out", out);
    expect(stderr).toBe(`${warning}\n`);
    expect(stdout.split("\n")[0]).toBe("nvwa.nl:12 part 0: held; it is the record: entente show nvwa.nl:12");
    expect((await readdir(out)).map((name) => name.slice(0, 13)).toSorted()).toEqual([
      "nvwa.nl-12-1-",
      "nvwa.nl-12-2-",
    ]);
  });

  it("is saved with a warning, not to be run, under a name that is not too long", async () => {
    const saved = await entente("fetch", "nvwa.nl:12", "--part", "2", "--out", out, "--json");
    expect(saved).toMatchObject({ code: 0, stderr: `${warning}\n` });
    const [fetched] = jsonLines(saved);
    expect(fetched).toMatchObject({ part: 2, state: "held", looksLike: "application/x-msdownload" });
    const file = String(fetched?.["file"]);
    expect(basename(file)).toMatch(/^nvwa\.nl-12-2-\u00e9+\.png$/);
    expect(Buffer.byteLength(basename(file))).toBeLessThanOrEqual(255);
    expect((await stat(file)).mode & 0o111).toBe(0);
  });
});

describe("prove", () => {
  it("writes the files that the node gives, large ones too", async () => {
    const bytes = Buffer.alloc(300_000, 3);
    node.service.proofFiles = [
      { path: "leaf.cbor", bytes },
      { path: "parts/0.part", bytes: Buffer.from("y") },
      { path: "witnesses/baua.de.txt", bytes: Buffer.from("x") },
    ];
    const result = await runCli([
      "prove",
      "nvwa.nl:12",
      "--part",
      "0",
      "--part",
      "2",
      "--out",
      out,
      "--data",
      node.dataDir,
    ]);
    expect(result).toEqual({
      code: 0,
      stdout: `4 files in ${out}; entente verify ${out} --trust FILE checks it\nit holds 1 part, which whoever gets it can read\n`,
      stderr: "",
    });
    expect((await readFile(join(out, "leaf.cbor"))).equals(bytes)).toBe(true);
    expect(await readFile(join(out, "parts.txt"), "utf8")).toBe("0 2");
    expect(await readFile(join(out, "witnesses/baua.de.txt"), "utf8")).toBe("x");
  });

  it("chooses parts: the record, all that are held, some, none; of a log none unless told", async () => {
    const proofs = [
      ["a", "nvwa.nl:12", "--no-parts", ""],
      ["b", "nvwa.nl", "--all-parts", "all"],
      ["c", "nvwa.nl", "--json", "none"],
      ["d", "nvwa.nl:12", "--json", "0"],
    ] as const;
    for (const [name, what, option, parts] of proofs) {
      await entente("prove", what, option, "--out", join(node.dataDir, name));
      expect(await readFile(join(node.dataDir, name, "parts.txt"), "utf8")).toBe(parts);
    }
    expect(jsonLines(await entente("prove", "nvwa.nl:12", "--out", out, "--json"))).toEqual([
      { schema: "entente/proof/1", proves: "nvwa.nl:12", directory: out, files: 1, parts: 0, contested: false },
    ]);
  });

  it.each([
    [["nvwa.nl:12"], 2, "prove needs --out DIR"],
    [["nvwa.nl", "--part", "0", "--out", "x"], 2, "--part belongs to the proof of an entry"],
    [["nvwa.nl:12", "--part", "0", "--no-parts", "--out", "x"], 2, "exclude each other"],
    [["nvwa.nl:999", "--out", "x"], 3, "no entry nvwa.nl:999 here"],
  ])("refuses %j", async (args, code, message) => {
    const located = args.map((arg) => (arg === "x" ? out : arg));
    expect(await entente("prove", ...located)).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(await readdir(node.dataDir)).not.toContain("out");
  });

  it("writes nothing outside of its directory, whatever the node says", async () => {
    node.service.proofFiles = [{ path: "../outside", bytes: Buffer.from("x") }];
    expect(await entente("prove", "nvwa.nl:12", "--out", out)).toMatchObject({ code: 5 });
    expect(await readdir(node.dataDir)).not.toContain("outside");
  });

  it("never overwrites", async () => {
    await writeFile(out, "precious");
    expect(await entente("prove", "nvwa.nl:12", "--out", out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is there already"),
    });
    expect(await readFile(out, "utf8")).toBe("precious");
  });
});

describe("verify, a log of the node", () => {
  it("says what was verified", async () => {
    const { code, stdout } = await entente("verify", "baua.de");
    expect(code).toBe(0);
    expect(stdout).toContain("parts     30 verified, 2 withheld\n");
    expect(stdout).toContain("✓ verified: baua.de is whole and signed\n");
  });

  it("fails where anything is wrong", async () => {
    const { code, stdout } = await entente("verify", "broken.example");
    expect(code).toBe(1);
    expect(stdout).toContain("✗ entry 12 is not what the tree says\n✗ NOT verified: 1 problem\n");
    expect(await entente("verify", "nobody.example")).toMatchObject({ code: 3 });
    expect(await entente("verify", "breaks.example")).toMatchObject({
      code: 5,
      stderr: expect.not.stringContaining("secret"),
    });
  });

  it("asks for a trust file where a directory is meant", async () => {
    expect(await entente("verify", "./out")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("hint: entente verify ./out --trust FILE"),
    });
  });
});

describe("verify, a directory offline", () => {
  const owner = testAuthority("nvwa.nl", 1);
  const entries = [charterEntry(owner), recordEntry(owner, 100_000)];

  async function write(files: Files): Promise<void> {
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), bytes);
    }
  }

  async function trustFile(id: Uint8Array): Promise<string> {
    const path = join(node.dataDir, "trust.txt");
    await writeFile(path, `# on paper\nauthority nvwa.nl ${Buffer.from(id).toString("hex")}\n`);
    return path;
  }

  it("needs no node, and says each step", async () => {
    await write(await entryProof(owner, entries, 1, [owner]));
    const { code, stdout, stderr } = await runCli([
      "verify",
      out,
      "--trust",
      await trustFile(owner.id),
      "--data",
      "/nonexistent",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      "✓ verified   files       nothing is there that does not belong there; README.txt proves nothing",
      "✓ verified   charters    the chain of nvwa.nl is valid: 1 charter, Authority nvwa.nl",
      "✓ verified   trust       nvwa.nl stands in the trust file with this id",
      "✓ verified   proof       it is about index 1",
      "✓ verified   checkpoint  nvwa.nl at size 2 is signed by the log key in force",
      "✓ verified   leaf        94 bytes: record",
      "✓ verified   inclusion   the leaf stands at index 1 of 2",
      "✓ verified   place       charters.txt has no charter there, and it is none",
      expect.stringContaining("✓ verified   part 0      "),
      "✓ verified   part 1      100000 bytes of image/jpeg",
      "✓ verified   witnesses   1 of trusted authorities verified, 0 not judged",
      "",
      "✓ verified: the entry nvwa.nl:1 of nvwa.nl, Authority nvwa.nl",
      "is           a record: follow-up",
      "says         Product not found",
      "time         2027-01-15 08:00:00 UTC, as its owner says",
      expect.stringMatching(/^leaf hash {4}[0-9a-f]{64}$/),
      expect.stringMatching(/^log {10}2 entries, root [0-9a-f]{64}$/),
      "cosigned by  nvwa.nl itself (2027-01-15 08:00:00 UTC)",
      "",
      "part  name       type                                 size",
      expect.stringContaining("0     –          application/vnd.entente.record+cbor"),
      "1     photo.jpg  image/jpeg                           97.7 KiB",
      "",
    ]);
  });

  it("proves nothing where one step fails", async () => {
    await write(logProof(owner, entries, []));
    await writeFile(join(out, "parts/1/1.part"), "x");
    const { code, stdout } = await entente("verify", out, "--trust", await trustFile(owner.id));
    expect(code).toBe(1);
    expect(stdout).toContain("✗ FAILED     entries     parts/1/1.part has 1 bytes, the leaf says ");
    expect(stdout).toContain("✗ NOT verified: 1 step failed; rely on nothing in this directory\n");
    expect(stdout).not.toContain("cosigned by");
  });

  it("is told as JSON too", async () => {
    await write(logProof(owner, entries, []));
    const [report] = jsonLines(await entente("verify", out, "--trust", await trustFile(new Uint8Array(32)), "--json"));
    expect(report).toMatchObject({
      schema: "entente/verify/1",
      proves: "log",
      ok: false,
      log: { name: "nvwa.nl", size: 2 },
      entry: null,
    });
  });

  it("says what is wrong with a trust file, or that there is no directory", async () => {
    const trust = join(node.dataDir, "trust.txt");
    await writeFile(trust, "nvwa.nl\n");
    expect(await entente("verify", out, "--trust", trust)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is no trust file"),
    });
    expect(await entente("verify", out, "--trust", await trustFile(owner.id))).toMatchObject({
      code: 3,
      stderr: `entente: there is no ${out}\n`,
    });
    expect(await entente("verify", out, "--trust", "/nonexistent")).toMatchObject({ code: 3 });
  });
});
