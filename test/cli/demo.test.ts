import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const DEMO = join(import.meta.dirname, "..", "..", "cli", "demo.ts");
const PROMISED_MS = 90_000;
const TIMEOUT_MS = 240_000;

/** Where the demonstration makes its folder; every process of it has this in its environment. */
let temp: string;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "entente-demo-test-"));
});
afterEach(async () => {
  await rm(temp, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs it, and sends `signal` as soon as it has printed `at`. */
async function runDemo(args: readonly string[], at?: string, signal: NodeJS.Signals = "SIGINT"): Promise<Ended> {
  const env = { ...process.env, TMPDIR: temp };
  const child = spawn(process.execPath, [DEMO, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (at !== undefined && !output.stdout.includes(at) && `${output.stdout}${text}`.includes(at)) child.kill(signal);
    output.stdout += text;
  });
  await once(child, "close");
  return { code: child.exitCode, ...output };
}

/** Processes that inherited our folder for temporary files; where there is no /proc, none are seen. */
async function processesLeft(): Promise<string[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(ids.map((id) => readFile(`/proc/${id}/environ`, "utf8").catch(() => "")));
  return ids.filter((_, i) => environments[i]?.split("\0").includes(`TMPDIR=${temp}`));
}

/** The machine may be busy with other things: the promise is for one that is not. */
function crowding(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

describe("npm run demo", () => {
  it(
    "shows everything in about a minute, and leaves nothing behind",
    async () => {
      const start = performance.now();
      const { code, stdout, stderr } = await runDemo([]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(performance.now() - start).toBeLessThan(PROMISED_MS * crowding());
      expect(await readdir(temp)).toEqual([]);
      expect(await processesLeft()).toEqual([]);
      for (const fact of [
        "They are invented",
        "12 imported, 0 updated, 0 unchanged, 0 rejected, 2 warnings",
        /1 +Traceability +withheld/,
        "part 1 of toys.nl.example:17 is not addressed to this authority",
        /consumer\.lv\.example +none found in \d+ files/,
        "✓ verified: toys.nl.example is whole and signed",
        "✓ verified: the entry toys.nl.example:17 of toys.nl.example",
        "✗ NOT verified: 1 step failed",
      ])
        expect(stdout).toMatch(fact);
    },
    TIMEOUT_MS,
  );

  it.each(["SIGINT", "SIGTERM"] as const)(
    "leaves nothing behind when %s ends it",
    async (signal) => {
      const { code, stderr } = await runDemo([], signal === "SIGINT" ? "2. Trust" : "1. Three authorities", signal);
      expect({ code, stderr }).toEqual({ code: 130, stderr: `\n${signal}: stopping everything\n` });
      expect(await readdir(temp)).toEqual([]);
      expect(await processesLeft()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it("says what is wrong with its options before it begins", async () => {
    expect(await runDemo(["--data", "nowhere.csv"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^demo: there is no file /),
    });
    expect(await runDemo(["--keeep"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--keeep") });
    expect(await runDemo(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("--keep") });
    expect(await readdir(temp)).toEqual([]);
  });
});
