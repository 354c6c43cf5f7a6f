import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { NodeProcess, removeNodes } from "../support/nodes.ts";
import { jsonLines } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await createFakeNode();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

afterAll(removeNodes);

async function withConfig(config: object, ...args: readonly string[]): Promise<CliResult> {
  await writeFile(join(node.dataDir, "config.json"), JSON.stringify(config));
  return await runInProcess(args, { env: { ENTENTE_DATA: node.dataDir } });
}

describe("config check", () => {
  it("names all that is wrong", async () => {
    const result = await withConfig({ name: "nvwa.nl", lisen: [], logLevel: "loud" }, "config", "check", "--json");
    expect(result.code).toBe(1);
    expect(jsonLines(result)).toEqual([
      {
        schema: "entente/config-check/1",
        file: join(node.dataDir, "config.json"),
        ok: false,
        problems: [
          { path: "logLevel", reason: "not one of error, warn, info, debug" },
          { path: "lisen", reason: "there is no such setting: did you mean listen?" },
        ],
      },
    ]);
  });

  it("says that all is well, and that there is no node", async () => {
    const file = join(node.dataDir, "config.json");
    expect(await withConfig({ name: "nvwa.nl" }, "config", "check")).toMatchObject({
      code: 0,
      stdout: `${file} is valid\n`,
    });
    const none = join(node.dataDir, "none");
    const elsewhere = await runInProcess(["config", "check", "--data", none]);
    expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining(`hint: entente --data ${none} init`) });
  });
});

describe("config show", () => {
  it("prints what a start with the same options would have", async () => {
    const { stdout, code } = await withConfig(
      { name: "nvwa.nl", announce: ["entente.nvwa.nl:4001"] },
      "config",
      "show",
      "--log-level",
      "debug",
      "--passphrase-file",
      "/p",
    );
    expect(code).toBe(0);
    const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(rows.slice(1, -1)).toEqual([
      ["name", "nvwa.nl", "config.json"],
      ["listen", "/ip4/0.0.0.0/tcp/4001", "default"],
      ["announce", "/dns/entente.nvwa.nl/tcp/4001", "config.json"],
      ["logLevel", "debug", "command line"],
      ["metrics", "–", "default"],
      ["diskLow", "1073741824", "default"],
      ["diskFull", "134217728", "default"],
      ["passphraseFile", "/p", "command line"],
      ["fetch", '{"*/*":4194304}', "default"],
      ["fetchQuota", "8589934592", "default"],
      ["language", "–", "default"],
    ]);
  });

  it("says what is wrong, in the file or on the command line", async () => {
    expect(await withConfig({ name: "nvwa.nl", listen: ["x"] }, "config", "show")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^entente: config\.json: listen\[0\]: .*\nhint: entente config check/),
    });
    expect(await withConfig({ name: "nvwa.nl" }, "config", "show", "--log-level", "loud")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--log-level: not one of error, warn, info, debug"),
    });
  });
});

describe("start", () => {
  it("does not start with a wrong config.json, and asks for no passphrase", async () => {
    expect(await withConfig({ name: "nvwa.nl", logLevel: 7 }, "start")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("config.json: logLevel: not one of"),
    });
  });

  it("has the settings of the file, and what the command line says instead", async () => {
    const real = await NodeProcess.create("nvwa.nl");
    await real.start("--listen", "127.0.0.1:0", "--announce", "entente.nvwa.nl:4001");
    const given = await real.one("status");
    expect(given["listening"]).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*$/)]);
    expect(given["listening"]).not.toEqual([real.address]);
    expect((await real.one("charter", "export"))["chainFile"]).toContain("/dns/entente.nvwa.nl/tcp/4001");
    await real.stop();
    await real.start();
    expect((await real.one("status"))["listening"]).toEqual([real.address]);
    expect((await real.one("charter", "export"))["chainFile"]).not.toContain("entente.nvwa.nl");
  }, 60_000);
});
