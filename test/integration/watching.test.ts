import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { MAX_WATCHERS } from "../../node/limits.ts";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { type NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";
import { until } from "../support/until.ts";

/** Two processes, each command one more, on two slow cores. */
const PATIENCE_MS = 120_000;
const MAIN = join(import.meta.dirname, "..", "..", "cli", "main.ts");

type Line = {
  readonly entry: { entry: string; type: string };
  readonly duties: readonly { kind: string; due: string }[];
};

let nvwa: NodeProcess;
let baua: NodeProcess;
const watchers: ChildProcess[] = [];

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("two nodes were asked for");
  [nvwa, baua] = [first, second];
  await writeFile(join(nvwa.home, "alert.json"), JSON.stringify(ALERT_EXAMPLE));
}, PATIENCE_MS);
afterEach(() => watchers.splice(0).forEach((child) => child.kill("SIGKILL")));
afterAll(removeNodes);

async function publish(): Promise<string> {
  const { entry } = await nvwa.one("publish", join(nvwa.home, "alert.json"), "--to", "baua.de", "--known");
  return String(entry);
}

/** Watches at the second authority, and resolves once it does. */
async function watch(...options: readonly string[]) {
  const child = spawn(
    process.execPath,
    [MAIN, "watch", "--data", baua.dataDir, "--token-file", join(baua.dataDir, "operators", "anna.token"), ...options],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  watchers.push(child);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  await until("it watches", () => said.err.includes("watching"));
  return { child, said };
}

function lines(out: string): readonly Line[] {
  return out
    .split("\n")
    .slice(0, -1)
    .map((line): Line => JSON.parse(line));
}

it(
  "shows what arrives, with what is expected, also after a restart, until Ctrl-C",
  { timeout: PATIENCE_MS },
  async () => {
    const people = await watch("--bell");
    const { child, said } = await watch("--json");
    const first = await publish();
    await until("the first has arrived", () => lines(said.out).length === 1 && people.said.out.includes(first));
    expect(lines(said.out)[0]).toMatchObject({
      schema: "entente/arrival/1",
      entry: { entry: first, type: "alert" },
      duties: [{ kind: "acknowledge" }, { kind: "follow-up" }],
    });
    expect(people.said.out).toMatch(new RegExp(`^${first}  alert  .*  → acknowledge \\(.*\\), follow up\n$`));
    expect(people.said.err).toContain("\u0007");

    await baua.stop();
    await until("it says so", () => people.said.err.includes("waiting until it is back"));
    const second = await publish();
    await baua.start();
    await until("the second has arrived", () => lines(said.out).length === 2 && people.said.out.includes(second));
    expect(lines(said.out).map(({ entry }) => entry.entry)).toEqual([first, second]);
    expect(people.said.err).toContain("the node is back");

    child.kill("SIGINT");
    people.child.kill("SIGTERM");
    expect(await Promise.all([once(child, "close"), once(people.child, "close")])).toEqual([
      [0, null],
      [0, null],
    ]);
  },
);

it("ends when nobody reads any more", { timeout: PATIENCE_MS }, async () => {
  const { child } = await watch();
  child.stdout?.destroy();
  const ended = once(child, "close");
  await publish();
  expect((await ended)[0]).toBe(0);
});

it("has room for so many, and again when they have gone", { timeout: PATIENCE_MS }, async () => {
  const client = await baua.client();
  const { after } = await client.arrivals({}, AbortSignal.timeout(10_000));
  const gone = new AbortController();
  const waiting = Array.from({ length: MAX_WATCHERS }, () =>
    client.arrivals({ after }, gone.signal).catch(() => undefined),
  );
  await until("there is no room", async () =>
    client.arrivals({ after }, AbortSignal.timeout(500)).then(
      () => false,
      (error: unknown) => error instanceof Error && error.message.includes("others wait"),
    ),
  );
  gone.abort();
  await Promise.all(waiting);
  const next = client.arrivals({ after }, AbortSignal.timeout(30_000));
  const entry = await publish();
  expect((await next).entries.map((one) => one.entry.entry)).toEqual([entry]);
  await expect(client.arrivals({ after: ["nonsense"] }, AbortSignal.timeout(5_000))).rejects.toMatchObject({
    code: "INVALID",
  });
});
