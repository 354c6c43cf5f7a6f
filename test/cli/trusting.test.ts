import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { FINGERPRINT, OTHER_ID } from "../support/fake-service.ts";
import { runInProcess } from "../support/fake-world.ts";
import type { WorldOptions } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

let node: FakeNode;
let chain: string;
beforeEach(async () => {
  node = await createFakeNode();
  chain = await chainFile("anses.fr");
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

async function chainFile(name: string): Promise<string> {
  const file = join(node.dataDir, `${name}.txt`);
  await writeFile(file, `entente chain v1\nauthority ${name}\n`);
  return file;
}

function entente(args: readonly string[], options: WorldOptions = {}): Promise<CliResult> {
  return runInProcess(args, { ...options, env: { ...options.env, ENTENTE_DATA: node.dataDir } });
}

describe("peer add, at a terminal", () => {
  it("hides what must be heard, and trusts when it was typed", async () => {
    const { code, stdout, stderr } = await entente(["peer", "add", chain], { typed: "60035 92718\r" });
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "anses.fr is trusted and may follow this log; the new list of followers is entry nvwa.nl:7",
      "anses.fr has not added this authority yet: send them what entente charter export prints",
      "",
    ]);
    expect(stderr).toContain("fingerprint  01482 33061 98520 77413 50926 11874 ····· ·····\n");
    expect(stderr.slice(0, stderr.indexOf("The last two groups"))).not.toContain("60035");
    expect(stderr).toContain("its log has 41 entries or more");
    expect(stderr).not.toMatch(/[\u001b\u202e]/);
    expect(node.service.peerList.map(({ name }) => name)).toContain("anses.fr");
  });

  it.each(["60035 92719\r", "\r", "01482 33061\r", "yes\r", "\u0003", "", "60035"])(
    "trusts nobody when %j was typed",
    async (typed) => {
      const result = await entente(["peer", "add", chain], { typed });
      expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/nothing was changed\n/) });
      expect(node.service.peerList).toHaveLength(1);
    },
  );

  it("asks for the rest of what is short, and calls only a whole entry another fingerprint", async () => {
    const late = await entente(["peer", "add", chain], { typed: "92718\r60035 92719\r60035-92718\r" });
    expect(late.code).toBe(0);
    expect(late.stderr).toContain("These are 5 of 10 digits: type both groups. 2 tries are left.\n");
    expect(late.stderr).toContain("That does not match. One try is left.\n");
  });

  it.each([
    ["1\r2\r3\r", "2 groups of five digits were not typed: nothing was changed\nhint: repeat it"],
    ["1\r60035 92719\r2\r", "the fingerprint does not match: nothing was changed\nhint: this file may not come from"],
    ["x\rx\rx\r60035 92718\r", "were not typed"],
  ])("gives up after three tries: %j", async (typed, said) => {
    const result = await entente(["peer", "add", chain], { typed });
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain(said);
    expect(node.service.peerList).toHaveLength(1);
  });

  it("takes the whole fingerprint too", async () => {
    expect((await entente(["peer", "add", chain], { typed: `${FINGERPRINT}\r` })).code).toBe(0);
  });

  it("says when both have added each other", async () => {
    node.service.addedState = "connected";
    const { stdout } = await entente(["peer", "add", chain], { typed: "6003592718\r" });
    expect(stdout).toContain("connected: anses.fr and this authority have added each other\n");
  });
});

describe("peer add, in a script", () => {
  it("asks nobody: the fingerprint is given, or nothing happens", async () => {
    const refused = await runCli(["peer", "add", chain, "--data", node.dataDir]);
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'entente: adding a peer asks for its fingerprint, and there is no terminal to ask on\nhint: give it with --fingerprint "…", as the authority read it to you\n',
    });
    expect((await entente(["peer", "add", chain, "--fingerprint", FINGERPRINT.replace("60035", "60036")])).code).toBe(
      1,
    );
    expect((await entente(["peer", "add", chain, "--fingerprint", "60035 92718"])).code).toBe(1);
    expect(node.service.peerList).toHaveLength(1);
    expect((await entente(["peer", "add", chain, "--fingerprint", FINGERPRINT.replaceAll(" ", "")])).code).toBe(0);
  });

  it("takes the file from another program, and addresses that it does not have", async () => {
    const input = "entente chain v1\nauthority anses.fr\n";
    const args = [
      "peer",
      "add",
      "-",
      "--fingerprint",
      FINGERPRINT,
      "--address",
      "/ip4/198.51.100.1/tcp/1",
      "--address",
      "/dns4/x.fr/tcp/2",
      "--json",
    ];
    const result = await runCli([...args, "--data", node.dataDir], { input });
    expect(jsonLines(result)).toMatchObject([
      {
        schema: "entente/peer-added/1",
        state: "added",
        peer: { name: "anses.fr", id: OTHER_ID, state: "not-admitted" },
        followers: { entry: "nvwa.nl:7" },
      },
    ]);
    expect(node.service.peerList[1]?.addresses).toEqual(["/ip4/198.51.100.1/tcp/1", "/dns4/x.fr/tcp/2"]);
  });
});

describe("an authority that cannot be added", () => {
  it.each([
    ["nvwa.nl", 1, "this is the charter of nvwa.nl, the authority of this node itself"],
    ["taken.example", 1, "another authority is trusted under the name taken.example"],
  ])("%s", async (name, code, message) => {
    const result = await entente(["peer", "add", await chainFile(name)], { typed: "60035 92718\r" });
    expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
  });

  it("because it is trusted already is no error", async () => {
    const result = await entente(["peer", "add", await chainFile("baua.de")]);
    expect(result).toMatchObject({
      code: 0,
      stdout: "baua.de is trusted already\nconnected: baua.de and this authority have added each other\n",
    });
  });

  it("because the file is something else", async () => {
    await writeFile(chain, "hello");
    expect(await entente(["peer", "add", chain])).toMatchObject({
      code: 1,
      stderr: "entente: this is no chain file\nhint: entente charter export writes one\n",
    });
  });
});

describe("peer remove", () => {
  it("asks first", async () => {
    for (const typed of ["no\r", "\r", "\u0003"])
      expect(await entente(["peer", "remove", "baua.de"], { typed })).toMatchObject({ code: 1 });
    expect(await entente(["peer", "remove", "baua.de"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("hint: --yes does it without asking"),
    });
    expect(node.service.peerList).toHaveLength(1);
    expect(await entente(["peer", "remove", "baua.de"], { typed: "yes\r" })).toMatchObject({
      code: 0,
      stdout: "baua.de is trusted no longer; the new list of followers is entry nvwa.nl:8\n",
    });
    expect(node.service.peerList).toHaveLength(0);
  });

  it("asks nobody with --yes", async () => {
    expect((await entente(["peer", "remove", "cdcdcdcd", "--yes"])).code).toBe(0);
  });
});

describe("other decisions", () => {
  it("set an address, and say what it was and whether it helped", async () => {
    const addresses = ["/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.2/tcp/4001"];
    const before = node.service.peerList[0]?.addresses.join(", ");
    const { stdout } = await entente(["peer", "set-address", "baua.de", ...addresses]);
    expect(stdout.split("\n")).toEqual([
      `baua.de was looked for at ${before}`,
      `from now on at ${addresses.join(", ")}`,
      "connected: baua.de and this authority have added each other",
      "that connection stays: the address is for the next one",
      "",
    ]);
    expect(jsonLines(await entente(["peer", "set-address", "baua.de", addresses[0] ?? "", "--json"]))).toMatchObject([
      { schema: "entente/peer/1", name: "baua.de", addresses: [addresses[0]], before: [before] },
    ]);
  });

  it("settle alone, when a person says so", async () => {
    expect(await entente(["settle"])).toMatchObject({
      code: 2,
      stderr: "entente: settle needs --alone or --take-back\nhint: entente help settle\n",
    });
    expect(await entente(["settle", "--alone"])).toMatchObject({ code: 1 });
    expect(await entente(["settle", "--alone"], { typed: "no\r" })).toMatchObject({ code: 1 });
    expect(await entente(["settle", "--alone"], { typed: "yes\r" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("nvwa.nl: "),
    });
  });

  it("add an operator, whose token nobody sees", async () => {
    const result = await entente(["operator", "add", "ines"]);
    const file = join(node.dataDir, "operators", "ines.token");
    expect(result).toMatchObject({
      code: 0,
      stdout: `ines may operate this node with the token in ${file}\n`,
      stderr: "",
    });
    expect(await readFile(file, "utf8")).toBe("ines-token\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await entente(["operator", "add", "ines", "--out", file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("exists already"),
    });
  });

  it("are told apart by whose token it is", async () => {
    await entente(["operator", "add", "ines"]);
    const several = await runCli(["status", "--data", node.dataDir], {
      env: { ENTENTE_TOKEN_FILE: join(node.dataDir, "operators", "ines.token") },
    });
    expect(several.code).toBe(0);
    // Two tokens, and one of them is named as the user of the system.
    expect((await entente(["status"])).code).toBe(0);
  });

  it("need a token that others cannot read", async () => {
    const file = join(node.dataDir, "open.token");
    await writeFile(file, "anna-token\n", { mode: 0o644 });
    expect(await entente(["status", "--token-file", file])).toMatchObject({
      code: 1,
      stderr: `entente: others may read ${file}\nhint: chmod 600 ${file}\n`,
    });
  });

  it("stop the node", async () => {
    expect(await entente(["stop"])).toEqual({ code: 0, stdout: "stopped\n", stderr: "" });
    expect(node.stops()).toBe(1);
  });
});
