import { setTimeout as delay } from "node:timers/promises";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

const QUEUED = "2 records of nvwa.nl queued, kept safely until the node may sign: entente status\n";

let node: FakeNode;
beforeAll(async () => {
  node = await createFakeNode();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

function entente(...args: readonly string[]): Promise<CliResult> {
  return runCli(args, { env: { ENTENTE_DATA: node.dataDir } });
}

function ententeInProcess(...args: readonly string[]): Promise<CliResult> {
  return runInProcess(args, { env: { ENTENTE_DATA: node.dataDir } });
}

/** One output as it stands on a terminal. */
function screen(...lines: readonly string[]): CliResult {
  return { code: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" };
}

describe("for people", () => {
  it("status", async () => {
    expect(await entente("status")).toEqual(
      screen(
        "nvwa.nl: Netherlands Food and Consumer Product Safety Authority",
        `id             ${"ef".repeat(32)}`,
        "fingerprint    01482 33061 98520 77413 50926 11874 60035 92718",
        "running since  2026-11-22 14:03:05 UTC, version 0.1.0",
        "listening      /ip4/127.0.0.1/tcp/4001",
        "signing        not yet: asking peers how far this log was; 2 records waiting, kept safely (entente settle --alone goes on without them)",
        "disk           400.0 MiB of 64.0 GiB free: attachments are not taken in",
        "search index   98 records; 7 not looked through yet",
        "clocks         no difference shows",
        "",
        "own log",
        "  entries      120",
        `  root         ${"11".repeat(32)}`,
        "  cosigned by  baua.de to 118",
        "  receipts     baua.de to 118 but for 1 part",
        "  alarms       none",
        "",
        "peers",
        "  peer     country  is         entries held  ours cosigned         last seen                why",
        "  baua.de  DE       connected  5 of 5        118 (2 behind, 60 s)  2026-11-22 14:03:05 UTC  –",
        "",
        "for a person to look at",
        "  warning  PEER_UNREACHABLE  samr.cn: samr.cn is not reached: evil[2Jgnp.exe title second line",
        "           fix: see whether their node runs",
        "           run: entente doctor --peer samr.cn",
        "  note     PEERS_PENDING: 1 authority asked for contact",
        "           run: entente peer pending",
      ),
    );
  });

  it("logs", async () => {
    expect(await entente("logs")).toEqual(
      screen(
        "log      is      entries     missing parts  witnesses  alarms",
        "nvwa.nl  own     120         0              1          none",
        "baua.de  mirror  120 of 130  3              1          none",
      ),
    );
  });

  it("list, with nothing of what a peer wrote into a line left dangerous", async () => {
    const shown = screen(
      "entry       time (its owner's)       is         parts                          says",
      "nvwa.nl:12  2026-11-22 14:03:05 UTC  alert      1 held, 1 withheld, 1 missing  Soft toy · evil[2Jgnp.exe title second line",
      "baua.de:4   2026-11-22 14:03:05 UTC  follow-up  1 held                         Not found",
      "baua.de:3   2026-11-22 14:03:05 UTC  audience   1 held                         –",
    );
    expect(await entente("list")).toEqual({ ...shown, stderr: QUEUED });
  });

  it("a list that goes on says how", async () => {
    const { stdout, stderr } = await entente("list", "--limit", "1");
    expect(stdout.split("\n")).toHaveLength(3);
    expect(stderr).toBe(`${QUEUED}more: entente list --before 1\n`);
  });

  it("show", async () => {
    const { code, stdout } = await entente("show", "nvwa.nl:12");
    expect(code).toBe(0);
    expect(stdout).toContain("nvwa.nl:12  alert  Soft toy · evil[2Jgnp.exe title second line\n");
    expect(stdout).toContain("  2     Picture  missing   at most 128 B  –");
    expect(stdout).toContain(
      "Alert\n  Product:\n    What it is:\n      | evil[2Jgnp.exe title\n      | second line\n    Brands: Example Duck, Other\n  Measures:\n    - Category: Recall of the product from end users\n",
    );
    expect(stdout).toContain("not known to this version: body.shoeSize\n");
    expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  describe("in the language of who reads", () => {
    const config = (): string => join(node.dataDir, "config.json");
    afterEach(() => writeFile(config(), "{}"));

    async function recalled(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
      const { stdout } = await runInProcess(["show", "nvwa.nl:12", ...args, "--data", node.dataDir], { env });
      return /(?:Category|Kategorie|Catégorie|Categorie|类别): .*/.exec(stdout)?.[0] ?? stdout;
    }

    it.each([
      [{}, null, [], "Category: Recall of the product from end users"],
      [{ LANG: "C.UTF-8" }, null, [], "Category: Recall of the product from end users"],
      [{ LANG: "nl_BE.UTF-8" }, null, [], "Categorie: Terugroepen van het product bij de eindgebruikers"],
      [
        { LANG: "nl_NL", LC_ALL: "fr_FR@euro" },
        null,
        [],
        "Catégorie: Rappel du produit auprès des utilisateurs finaux",
      ],
      [{ LANG: "nl_NL", LC_ALL: "POSIX" }, null, [], "Category: Recall of the product from end users"],
      [{ LANG: "nl_NL" }, '{"language": "de-AT"}', [], "Kategorie: Rückruf des Produkts bei den Endverbrauchern"],
      [{ LANG: "nl_NL" }, "{ no JSON", [], "Categorie: Terugroepen van het product bij de eindgebruikers"],
      [{ LANG: "nl_NL" }, '{"language": "de"}', ["--lang", "zh-Hans-CN"], "类别: 从最终用户处召回产品"],
      [{}, null, ["--lang", "fi"], "Category: Recall of the product from end users"],
    ])("%j, config.json %s, %j", async (env, file, args, line) => {
      if (file !== null) await writeFile(config(), file);
      expect(await recalled(env, ...args)).toBe(line);
    });

    it("which must be one", async () => {
      expect(await ententeInProcess("show", "nvwa.nl:12", "--lang", "Deutsch")).toEqual({
        code: 2,
        stdout: "",
        stderr: 'entente: --lang: "Deutsch" is no language\nhint: languages are written as in nl, de-AT or zh-Hans\n',
      });
    });

    it("lists and threads ask the node for it", async () => {
      await ententeInProcess("list", "--lang", "nl_BE");
      expect(node.service.listed.at(-1)).toMatchObject({ lang: "nl-BE" });
    });
  });

  it("thread", async () => {
    const { stdout } = await entente("thread", "nvwa.nl:12");
    expect(stdout).toBe(
      "nvwa.nl:12  alert  Soft toy · evil[2Jgnp.exe title second line\n  baua.de:4  follow-up  Not found\n  baua.de:3  audience  –\n",
    );
  });

  it("search, with what the index has not looked through", async () => {
    const { code, stdout, stderr } = await entente(
      "search",
      "soft toy",
      "dan*",
      "--key",
      "batch=LOT 5",
      "--limit",
      "1",
    );
    expect({ code, lines: stdout.split("\n").length }).toEqual({ code: 0, lines: 3 });
    expect(stdout).toContain(
      "nvwa.nl:12  2026-11-22 14:03:05 UTC  alert  1 held, 1 withheld, 1 missing  Soft toy · evil[2J",
    );
    expect(stderr).toBe(
      "there is more: add words, or --limit\n7 entries are not indexed yet: repeat this in a while to find all\n",
    );
    expect(node.service.searched.at(-1)).toEqual({ q: '"soft toy" dan*', kind: ["batch=LOT 5"], limit: 1, lang: "en" });
  });

  it("search by type and authority alone, and by nothing", async () => {
    expect((await ententeInProcess("search", "--type", "alert", "--log", "nvwa.nl")).code).toBe(0);
    expect(node.service.searched.at(-1)).toEqual({
      q: "",
      kind: [],
      limit: 20,
      lang: "en",
      type: "alert",
      from: "nvwa.nl",
    });
    expect(await ententeInProcess("search")).toMatchObject({ code: 2, stdout: "" });
    expect(await ententeInProcess("search", "x", "--limit", "201")).toMatchObject({ code: 2, stdout: "" });
  });

  it("related, in groups, with nothing left dangerous", async () => {
    const { code, stdout } = await entente("related", "nvwa.nl:9", "--limit", "2");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "the same barcode",
        "  nvwa.nl:12  alert  Soft toy · evil[2Jgnp.exe title second line",
        "    gtin 05709386484552, in 2 entries; brand evil[2Jgnp.exe title second line, in very many entries",
        "  baua.de:4  follow-up  Not found",
        "    gtin 05709386484552, in 2 entries; brand evil[2Jgnp.exe title second line, in very many entries",
        "",
      ].join("\n"),
    );
  });

  it("complete, with who was asked for what is missing", async () => {
    expect(await entente("complete")).toEqual({
      ...screen(
        "✓ nvwa.nl (own) is complete up to 120 entries, as baua.de confirmed 3 min ago",
        `  checkpoint   120 entries, root ${"11".repeat(32)}`,
        "  seen         no more",
        "  cosigned by  baua.de to 118 at 2026-11-22 14:03:05 UTC",
        "  addressed    40 parts, all here",
        "✗ baua.de is NOT complete",
        `  checkpoint   120 entries, root ${"11".repeat(32)}`,
        "  seen         10 entries more that are not here yet",
        "  cosigned by  baua.de to 118 at 2026-11-22 14:03:05 UTC",
        "  addressed    40 parts in the entries that are here, 1 missing",
        "  baua.de:4 part 1, at most 8.0 MiB, 64.0 KiB of it here",
        "    anses.fr answered at 2026-11-22 14:03:05 UTC: denied: evil[2Jgnp.exe title second line",
        "    baua.de is not connected: no route to it",
        "    too large to come unasked: entente fetch baua.de:4 --part 1",
        "  what only baua.de can give needs a connection with baua.de itself: entente doctor --peer baua.de",
      ),
      code: 1,
    });
    expect(await ententeInProcess("complete", "nvwa.nl")).toMatchObject({ code: 0 });
  });

  it("explain", async () => {
    expect(await ententeInProcess("explain", "nvwa.nl:12", "baua.de")).toEqual(
      screen(
        "nvwa.nl:12 to baua.de",
        "  ✓ nvwa.nl appended it as entry 12 of its log",
        "      checkpoint of nvwa.nl of size 120, 2026-11-22 14:03:05 UTC",
        "  ~ part 1 is missing (evil[2Jgnp.exe title second line)",
        "✗ the entry arrived; of what is addressed something is lacking or not confirmed",
        "next: entente fetch nvwa.nl:12",
      ),
    );
  });

  it("charter show and charter export", async () => {
    expect((await entente("charter", "show")).stdout).toContain(
      "fingerprint  01482 33061 98520 77413 50926 11874 60035 92718\n",
    );
    expect(await entente("charter", "export")).toEqual(screen("entente chain v1", "authority nvwa.nl"));
  });

  it("peer list, show and pending", async () => {
    expect((await entente("peer", "list")).stdout).toContain("baua.de  DE       connected");
    expect((await entente("peer", "show", "baua.de")).stdout).toContain("baua.de: evil[2Jgnp.exe title second line\n");
    expect((await entente("peer", "pending")).stdout).toContain("stranger.example  01482 33061");
  });
});

describe("for programs", () => {
  it.each([
    [["status"], "entente/status/1", 1],
    [["logs"], "entente/log/1", 2],
    [["show", "nvwa.nl:12"], "entente/entry-detail/1", 1],
    [["thread", "nvwa.nl:12"], "entente/thread-entry/1", 3],
    [["explain", "nvwa.nl:12", "baua.de"], "entente/explain/1", 1],
    [["complete", "nvwa.nl"], "entente/complete/1", 1],
    [["charter", "show"], "entente/charter/1", 1],
    [["charter", "export"], "entente/charter-file/1", 1],
    [["peer", "list"], "entente/peer/1", 1],
    [["peer", "show", "baua.de"], "entente/peer-detail/1", 1],
    [["peer", "pending"], "entente/pending-peer/1", 1],
    [["--version"], "entente/version/1", 1],
    [["help"], "entente/help/1", 1],
  ])("%j --json", async (args, schema, objects) => {
    const result = await ententeInProcess(...args, "--json");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(result).map((line) => line["schema"])).toEqual(Array.from({ length: objects }, () => schema));
    expect(result.stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it("a list that goes on ends with the place where", async () => {
    expect(
      jsonLines(await ententeInProcess("list", "--limit", "2", "--json")).map((line) => line["schema"] ?? line),
    ).toEqual(["entente/entry/1", "entente/entry/1", "entente/more/1"]);
  });

  it("nothing is lost of what a peer wrote", async () => {
    const [peer] = jsonLines(await ententeInProcess("peer", "list", "--json"));
    expect(peer?.["title"]).toBe("evil\u001b[2J\u202egnp.exe\u0007 title\nsecond line");
  });
});

it("a list that takes long says so, and for how long", { timeout: 10_000 }, async () => {
  const asked = vi.spyOn(node.service, "cases").mockImplementation(async () => {
    await delay(2_200);
    return { cases: [], total: 0 };
  });
  try {
    for (const command of ["inbox", "case list"]) {
      const { code, stderr } = await ententeInProcess(...command.split(" "));
      expect(stderr, command).toMatch(/^the node looks through what is new: [12] s\n/);
      expect(code).toBe(0);
    }
  } finally {
    asked.mockRestore();
  }
});

describe("codes", () => {
  it("are listed by table, in one's own language, without a node", async () => {
    const nowhere = { env: { ENTENTE_DATA: "/nonexistent" } };
    const tables = jsonLines(await runInProcess(["codes", "--json"], nowhere));
    expect(tables).toContainEqual({ schema: "entente/code-table/1", table: "answer-outcome", codes: 4 });
    const { stdout } = await runInProcess(["codes", "measure-category", "--lang", "nl"], nowhere);
    expect(stdout).toMatch(/^code +means\n(.+\n)*destruction +Vernietiging van het product\n/);
    expect(await runInProcess(["codes", "mesure-category"], nowhere)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("did you mean measure-category?"),
    });
  });
});

describe("errors", () => {
  it.each([
    [["show", "nvwa.nl:999"], 3, "entente: no entry nvwa.nl:999 here\nhint: entente list\n"],
    [
      ["show", "12"],
      2,
      'entente: "12" is no entry\nhint: entries are named as in nvwa.nl:12; entente list shows them\n',
    ],
    [["peer", "show", "x.example"], 3, "entente: no authority x.example is trusted here\nhint: entente peer list\n"],
    [["list", "--limit", "0"], 2, 'entente: --limit: "0" is no number from 1 to 1000\nhint: entente help list\n'],
    [["lst"], 2, "entente: there is no command lst; did you mean list?\nhint: entente help list\n"],
    [["xyzzy"], 2, "entente: there is no command xyzzy\nhint: entente help\n"],
    [["drat", "list"], 2, "entente: there is no command drat; did you mean draft?\nhint: entente help draft\n"],
    [
      ["peer", "ad", "x"],
      2,
      "entente: there is no command peer ad; did you mean peer add?\nhint: entente help peer add\n",
    ],
    [[], 2, "entente: no command given\nhint: entente help\n"],
    [
      ["peer"],
      2,
      "entente: peer needs one more word: peer add, peer list, peer show, peer remove, peer pending, peer set-address\nhint: entente help peer\n",
    ],
    [["status", "--token-file", "/nonexistent"], 1, "entente: there is no token file /nonexistent\n"],
  ])("%j", async (args, code, stderr) => {
    expect(await ententeInProcess(...args)).toEqual({ code, stdout: "", stderr });
  });

  it("show commands for the directory that was named", async () => {
    const { stderr } = await runInProcess(["show", "nvwa.nl:999", "--data", node.dataDir]);
    expect(stderr).toContain(`\nhint: entente --data ${node.dataDir} list\n`);
    expect((await runInProcess(["peer", "--data", "/it's here"])).stderr).toContain("hint: entente help peer");
    expect((await runInProcess(["list", "--data", "/it's here"])).stderr).toContain(
      "hint: entente --data '/it'\\''s here' init",
    );
  });

  it("are objects too, where JSON was asked for", async () => {
    const result = await ententeInProcess("show", "nvwa.nl:999", "--json");
    expect(jsonLines(result)).toEqual([
      { schema: "entente/error/1", code: "NOT_FOUND", message: "no entry nvwa.nl:999 here", hint: "entente list" },
    ]);
    expect(result.code).toBe(3);
  });

  it("a word that begins several commands has help of its own", async () => {
    for (const args of [
      ["peer", "--help"],
      ["help", "peer"],
    ]) {
      const { code, stdout } = await ententeInProcess(...args);
      expect(code).toBe(0);
      expect(stdout).toContain("  peer set-address  say where a trusted authority is reached\n");
      expect(stdout).not.toContain("publish");
    }
  });

  it("end the process with their code", async () => {
    expect((await entente("show", "nvwa.nl:999")).code).toBe(3);
  });

  it("say whether there is a node at all", async () => {
    expect(await runCli(["status"], { env: { ENTENTE_DATA: "/nonexistent" } })).toEqual({
      code: 4,
      stdout: "",
      stderr:
        "entente: there is no node in /nonexistent\nhint: entente init, or name its directory with --data or ENTENTE_DATA\n",
    });
  });
});
