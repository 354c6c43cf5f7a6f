import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeNode, type FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { type CliResult, jsonLines } from "../support/run-cli.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await createFakeNode();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

function entente(args: readonly string[], interrupted?: AbortSignal): Promise<CliResult> {
  return runInProcess(args, {
    env: { ENTENTE_DATA: node.dataDir },
    ...(interrupted === undefined ? {} : { interrupted }),
  });
}

describe("status --check", () => {
  it("is one line with the worst first, and 1", async () => {
    expect(await entente(["status", "--check"])).toEqual({
      code: 1,
      stdout: "warning: PEER_UNREACHABLE samr.cn: samr.cn is not reached: evil[2Jgnp.exe title second line\n",
      stderr: "",
    });
  });

  it("says how many more there are", async () => {
    const [finding] = node.service.health.findings;
    if (finding === undefined) throw new Error("no finding");
    node.service.health = {
      state: "alarm",
      findings: [{ ...finding, code: "DISK_FULL", level: "alarm", subject: null, cause: "no room" }, finding],
    };
    expect((await entente(["status", "--check"])).stdout).toBe("alarm: DISK_FULL: no room; 1 other (entente status)\n");
  });

  it("ends with 0 if there are only notes", async () => {
    node.service.health = { state: "ok", findings: node.service.health.findings.slice(1) };
    const { code, stdout } = await entente(["status", "--check"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ok: nvwa.nl waits, 1 of 1 peer connected, 120 entries\n" });
  });

  it("ends with 4 where no node runs", async () => {
    await node.stop();
    const { code, stderr } = await entente(["status", "--check"]);
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining("hint: entente start") });
  });
});

describe("status --watch", () => {
  it("shows it until Ctrl-C", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 2_500);
    const { code, stdout } = await entente(["status", "--watch", "--json"], controller.signal);
    expect(code).toBe(0);
    expect(stdout.match(/"schema":"entente\/status\/1"/g)).toHaveLength(2);
  });

  it("is not for monitoring", async () => {
    expect((await entente(["status", "--watch", "--check"])).code).toBe(2);
  });
});

describe("doctor --peer", () => {
  it("shows what a peer wrote without what could drive the terminal, and 1", async () => {
    expect(await entente(["doctor", "--peer", "baua.de"])).toEqual({
      code: 1,
      stdout: [
        "warning  PEER_CONNECTION  baua.de: it is away: evil[2Jgnp.exe title second line",
        "         fix: see whether their node runs",
        "         run: entente peer show baua.de",
        "",
      ].join("\n"),
      stderr: "",
    });
    const [object] = jsonLines(await entente(["doctor", "--peer", "baua.de", "--json"]));
    expect(object).toMatchObject({ schema: "entente/finding/1", code: "PEER_CONNECTION", level: "warning" });
  });

  it("ends with 3 for who is not trusted, and with 4 where no node runs", async () => {
    expect((await entente(["doctor", "--peer", "nobody.example"])).code).toBe(3);
    await node.stop();
    expect((await entente(["doctor", "--peer", "baua.de"])).code).toBe(4);
  });
});
