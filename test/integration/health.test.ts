import { chmod, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Finding, Status } from "../../node/service.ts";
import { freePort, NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";
import { jsonLines } from "../support/run-cli.ts";
import { until } from "../support/until.ts";

const PHOTO = join(import.meta.dirname, "..", "..", "samples", "alert.json");

/** What `status` says where all is well. */
function summary(entries: number): string {
  return `ok: nvwa.nl signs, 1 of 1 peer connected, ${entries} entries`;
}

let nvwa: NodeProcess;
let baua: NodeProcess;
let port: number;
beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("no nodes");
  [nvwa, baua] = [first, second];
  port = await freePort();
  await nvwa.stop();
  const config = join(nvwa.dataDir, "config.json");
  const settings = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(config, "utf8")));
  await writeFile(config, JSON.stringify({ ...settings, metrics: `127.0.0.1:${port}` }));
  await nvwa.start();
  await nvwa.waitFor("connected again", ({ peers, signing }) => signing.state === "ready" && peers.every(isLevel));
}, 120_000);
afterAll(removeNodes);

function isLevel({ state, lag, witnessed }: Status["peers"][number]): boolean {
  return state === "connected" && lag.entries === 0 && witnessed.entries === 0;
}

async function findings(
  node: NodeProcess,
  ...args: readonly string[]
): Promise<{ code: number | null; found: Map<string, Finding> }> {
  const result = await node.command("doctor", ...args);
  const lines = jsonLines(result).map((line) => line as unknown as Finding);
  return { code: result.code, found: new Map(lines.map((finding) => [finding.code, finding])) };
}

function levels(found: ReadonlyMap<string, Finding>): readonly string[] {
  return [...found.values()].filter(({ level }) => level === "alarm" || level === "warning").map(({ code }) => code);
}

type Answer = { readonly status: number | undefined; readonly type: string | undefined; readonly text: string };

function get(path: string, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode, type: response.headers["content-type"], text }));
    })
      .on("error", reject)
      .end();
  });
}

describe("two nodes that are well", () => {
  it("say so in one line, with 0", async () => {
    const { log } = await nvwa.status();
    const result = await nvwa.command("status", "--check");
    expect(result.code).toBe(0);
    expect(jsonLines(result)).toEqual([
      { schema: "entente/check/1", state: "ok", line: summary(log.size), findings: expect.any(Array) },
    ]);
  });

  it("are found well by doctor, alone and towards each other", async () => {
    const alone = await findings(nvwa, "--all");
    expect(levels(alone.found)).toEqual([]);
    expect(alone.code).toBe(0);
    const expected = [
      "NODE",
      "VERSION",
      "DATA_DIRECTORY",
      "CONFIG",
      "KEY_FILE",
      "PERMISSIONS",
      "HEADS_FILE",
      "STRAY_SECRET",
      "DISK",
      "CLOCK",
    ];
    expect([...alone.found.keys()]).toEqual(expect.arrayContaining(expected));

    // Of the one connection, one side made it, and only the other knows that it is reached.
    const both = await Promise.all([
      findings(nvwa, "--peer", "baua.de", "--all"),
      findings(baua, "--peer", "nvwa.nl", "--all"),
    ]);
    for (const { found } of both) {
      expect(found.get("PEER_CONNECTION")?.level).toBe("ok");
      expect(found.get("PEER_LAG")?.level).toBe("ok");
      expect(found.get("WITNESS_LAG")?.level).toBe("ok");
      // On loopback, where this test must stay: both are on one machine.
      expect(levels(found)).toEqual([]);
    }
    expect(both.map(({ found }) => found.get("PEER_REACHES_US")?.level)).toContain("ok");
  });

  it("give their numbers to Prometheus, on this machine and to whoever asks for nothing else", async () => {
    const { log } = await nvwa.status();
    const { status, type, text } = await get("/metrics", `127.0.0.1:${port}`);
    expect({ status, type }).toEqual({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" });
    expect(text).toContain(`entente_log_entries{log="nvwa.nl"} ${log.size}\n`);
    expect(text).toContain('entente_peer_connected{peer="baua.de"} 1\n');
    expect(text).toContain('entente_peer_lag_seconds{peer="baua.de"} 0\n');
    expect(text).toContain('entente_findings{level="alarm"} 0\n');
    // A leak, a loop that is kept busy, a process that begins again and again.
    for (const name of ["nodejs_heap_size_used_bytes", "nodejs_eventloop_lag_seconds", "process_start_time_seconds"])
      expect(text).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, "m"));
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect((await get("/metrics", `localhost:${port}`)).status).toBe(200);
    expect((await get("/metrics", `attacker.example:${port}`)).status).toBe(404);
    expect((await get("/v1/status", `127.0.0.1:${port}`)).status).toBe(404);
  });
});

describe("a peer that is away", () => {
  it("is known by how far it is behind, in entries and in seconds, and by why", async () => {
    await baua.stop();
    await nvwa.waitFor("it is gone", ({ peers }) => peers.every(({ state }) => state === "unreachable"));
    const before = await nvwa.status();
    await nvwa.entente("publish", PHOTO, "--to", "baua.de");
    await until("a second passed", async () => ((await nvwa.status()).peers[0]?.witnessed.seconds ?? 0) >= 1);
    const { peers, health } = await nvwa.status();
    expect(peers[0]?.witnessed.entries).toBeGreaterThanOrEqual(1);
    expect(peers[0]?.witnessed.size).toBe(before.log.size);
    expect(Date.parse(peers[0]?.downSince ?? "")).toBeLessThanOrEqual(Date.now());
    expect(health.findings.map(({ code, level }) => `${level} ${code}`)).toContain("note PEER_UNREACHABLE");

    const { code, found } = await findings(nvwa, "--peer", "baua.de");
    expect(code).toBe(1);
    expect(found.get("PEER_CONNECTION")).toMatchObject({
      level: "warning",
      command: "entente peer set-address baua.de ADDRESS",
    });
    expect(found.get("PEER_CONNECTION")?.cause).toContain(baua.address);
    expect(found.get("WITNESS_LAG")?.cause).toMatch(/^baua\.de has cosigned \d+ entries of this log; \d+ are not/);

    await baua.start();
    await nvwa.waitFor("it has cosigned all again", (status) => status.peers.every(isLevel));
  });
});

describe("the log", () => {
  it("is JSON with the peer's name and a reason code a line, and holds no secret", async () => {
    await baua.stop();
    await baua.start("--log-level", "debug");
    await baua.waitFor("connected", ({ peers }) => peers.every(({ state }) => state === "connected"));
    await nvwa.stop();
    await until("it noticed", () => baua.log.includes('"message":"peer not reached"'));
    await nvwa.start();
    await baua.waitFor("connected again", ({ peers }) => peers.every(({ state }) => state === "connected"));
    const lines = baua.log.split("\n").filter((line) => line !== "");
    const events = lines.map((line): Record<string, unknown> => JSON.parse(line));
    for (const { level, time, message } of events) {
      expect(level).toMatch(/^(debug|info|warn|error)$/);
      expect(time).toMatch(/^\d{4}-.*Z$/);
      expect(message).toBeTypeOf("string");
    }
    const of = (message: string) => events.filter((event) => event["message"] === message);
    for (const message of ["session ended", "peer not reached"]) {
      expect(of(message).length).toBeGreaterThan(0);
      for (const event of of(message))
        expect(event).toMatchObject({ peer: "nvwa.nl", code: expect.stringMatching(/^[A-Z_]+$/) });
    }
    const secrets = await Promise.all(
      [join(baua.home, "passphrase"), join(baua.dataDir, "operators", "anna.token")].map((path) =>
        readFile(path, "utf8"),
      ),
    );
    for (const secret of secrets) expect(baua.log).not.toContain(secret.trim());
  });
});

describe("doctor without a running node", () => {
  it("says that it is down, with 4, and finds what lies where it should not", async () => {
    await baua.stop();
    const stray = join(baua.dataDir, "nvwa.example-root-1.key.age");
    await copyFile(join(baua.dataDir, "keys", "online.key.age"), stray);
    const plain = join(baua.dataDir, "operators", "old.pem");
    await writeFile(plain, "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n", { mode: 0o600 });
    const token = join(baua.dataDir, "operators", "anna.token");
    await chmod(token, 0o644);
    const result = await baua.command("doctor");
    const found = jsonLines(result).map((line) => line as unknown as Finding);
    expect(result.code).toBe(4);
    expect(found[0]).toMatchObject({ code: "NODE", level: "alarm", command: "entente start" });
    const strays = found.filter(({ code }) => code === "STRAY_SECRET");
    expect(strays.map(({ subject, level }) => `${level} ${subject}`).toSorted()).toEqual(
      [`alarm ${stray}`, `alarm ${plain}`].toSorted(),
    );
    expect(found.find(({ code }) => code === "PERMISSIONS")).toMatchObject({
      subject: token,
      command: `chmod 600 ${token}`,
    });
    // What is a secret is named, never shown.
    expect(result.stdout).not.toContain("MC4CAQAwBQYDK2Vw");
    await Promise.all([rm(stray), rm(plain), chmod(token, 0o600)]);
  });

  it("tells a node that was killed from one that was stopped", async () => {
    await baua.start();
    await baua.kill();
    const { found } = await findings(baua);
    expect(found.get("NODE")?.cause).toMatch(/process \d+ ended without closing/);
    await baua.start();
  });

  it("says what is wrong with settings, and that a directory has no node, with 3", async () => {
    await baua.stop();
    const config = join(baua.dataDir, "config.json");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace('"listen"', '"lisen"'));
    expect((await findings(baua)).found.get("CONFIG")?.cause).toContain("did you mean listen?");
    await rm(config);
    const { code, found } = await findings(baua);
    expect(code).toBe(3);
    expect(found.get("NO_NODE")).toMatchObject({ level: "alarm", subject: baua.dataDir });
    await writeFile(config, text, { mode: 0o600 });
  });
});
