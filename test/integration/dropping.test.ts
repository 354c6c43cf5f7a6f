import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Prng } from "../simulation/prng.ts";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// Real nodes, and beside two of them the process that watches its folders.

const ROOT = join(import.meta.dirname, "..", "..");
const SAMPLES = join(ROOT, "samples");
const KILLS = process.env["ENTENTE_NIGHTLY"] === "1" ? 60 : 2;
const SEED = process.env["ENTENTE_KILL_SEED"] ?? String(randomInt(2 ** 31));
const PATIENCE_MS = 60_000 + KILLS * 15_000;

/** Whether a small file system can be mounted here, to be filled. */
const canMount = ((): boolean => {
  const probe = mkdtempSync(join(tmpdir(), "entente-test-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe]);
  if (status === 0) spawnSync("umount", [probe]);
  rmdirSync(probe);
  return status === 0;
})();

const prng = new Prng(SEED);
const children = new Set<ChildProcess>();
process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));

let nvwa: NodeProcess;
let baua: NodeProcess;
let samr: NodeProcess;
let folder: string;
let out: string;

beforeAll(async () => {
  console.log(`the moments follow from ENTENTE_KILL_SEED=${SEED}`);
  const [first, second, third] = await startFederation("nvwa.nl", "baua.de", "samr.cn");
  if (first === undefined || second === undefined || third === undefined) throw new Error("three authorities");
  [nvwa, baua, samr] = [first, second, third];
  const directory = await temporaryDirectory();
  [folder, out] = [join(directory, "in"), join(directory, "out")];
  await mkdir(folder);
  await mkdir(out);
}, 120_000);
afterEach(async () => {
  for (const child of children) await end(child, "SIGKILL");
});
afterAll(removeNodes);

type Watching = { readonly child: ChildProcess; readonly output: { stdout: string; stderr: string } };

/** `entente drop` as a service runs it. */
function watch(node: NodeProcess, ...args: readonly string[]): Watching {
  const line = [join(ROOT, "cli", "main.ts"), "drop", ...args, "--json", "--data", node.dataDir];
  const child = spawn(process.execPath, line, { env: { PATH: process.env["PATH"], HOME: node.home } });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  children.add(child);
  return { child, output };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, "exit");
  return child.exitCode;
}

async function filesIn(path: string): Promise<readonly string[]> {
  return (await readdir(path).catch(() => [])).filter((name) => !name.startsWith(".")).sort();
}

type Json = Readonly<Record<string, unknown>>;

async function readJson(path: string): Promise<Json> {
  return JSON.parse(await readFile(path, "utf8"));
}

async function arrived(): Promise<readonly Json[]> {
  return await Promise.all((await filesIn(out)).map((name) => readJson(join(out, name))));
}

function followUp(text: string): string {
  const body = { answers: 0, outcome: "not-found", text: { en: text } };
  return JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:0"], body, to: ["baua.de"] });
}

/** Fills a file system to the last page. */
async function leaveNothing(path: string): Promise<void> {
  const full = writeFile(join(path, "ballast"), Buffer.alloc(1024 * 1024));
  await expect(full).rejects.toMatchObject({ code: "ENOSPC" });
}

/** Under its name only when it is whole, as a program does that may be ended too. */
async function dropFile(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `.${name}`), text);
  await rename(join(folder, `.${name}`), join(folder, name));
}

describe("a folder", () => {
  it("publishes at one authority what is written into a folder at the other", { timeout: 120_000 }, async () => {
    const alert = join(folder, ".alert");
    await mkdir(alert);
    const { type, body } = await readJson(join(SAMPLES, "alert.json"));
    const parts = [{ file: "photo.png", kind: "picture" }];
    await writeFile(join(alert, "record.json"), JSON.stringify({ type, body, parts }));
    await copyFile(join(SAMPLES, "photo.png"), join(alert, "photo.png"));
    await rename(alert, join(folder, "alert"));
    await dropFile("odd.json", "{");
    const own = join(await temporaryDirectory(), "own");
    await mkdir(own);
    const sender = watch(nvwa, "--in", folder, "--out", own, "--to", "baua.de");
    const reader = watch(baua, "--out", out);
    await until("it has arrived", async () => (await filesIn(out)).length === 1);
    await until("the other was refused", async () => (await filesIn(join(folder, "refused"))).length === 2);
    expect(await filesIn(folder)).toEqual(["done", "refused", "taking"]);
    const [receiptName = ""] = (await filesIn(join(folder, "done"))).filter((name) =>
      name.endsWith("-alert.receipt.json"),
    );
    const { entries } = await readJson(join(folder, "done", receiptName));
    const [entry = ""] = entries as string[];
    const [record] = await arrived();
    expect(record).toMatchObject({ entry, recordStatus: "known" });
    expect(record).toMatchObject({ body: await nvwa.one("show", entry).then(({ body: published }) => published) });
    expect(Object.keys(record ?? {})).toEqual(Object.keys(await baua.one("show", entry)));
    const [why = ""] = (await filesIn(join(folder, "refused"))).filter((name) => name.endsWith(".why.txt"));
    expect(await readFile(join(folder, "refused", why), "utf8")).toMatch(/^odd\.json was not published\n.*not JSON/);
    // What it published itself does not arrive.
    expect(await filesIn(own)).toEqual([]);
    expect(await Promise.all([sender, reader].map(({ child }) => end(child, "SIGTERM")))).toEqual([0, 0]);
    expect(sender.output.stderr + reader.output.stderr).toBe("");
  });

  it("waits while its node is down, and goes on", { timeout: 120_000 }, async () => {
    const sender = watch(nvwa, "--in", folder, "--to", "baua.de");
    await nvwa.stop();
    await dropFile("while-down.json", followUp("while the node is down"));
    await until("it says so", () => sender.output.stderr.includes("waits: no node is running"));
    await nvwa.start();
    await until("it is published", () => sender.output.stdout.includes("while-down.json"));
    expect(sender.output.stderr).toContain("goes on");
    expect(await end(sender.child, "SIGTERM")).toBe(0);
  });

  it("gets what is opened later, and is told what is erased", { timeout: 120_000 }, async () => {
    const later = join(await temporaryDirectory(), "later");
    await mkdir(later);
    const write = async (): Promise<readonly string[]> => {
      await baua.entente("drop", "--out", later, "--once");
      return (await filesIn(later)).map((name) => name.slice(name.indexOf("_") + 1));
    };
    const before = await write();
    const { entry } = await nvwa.one("publish", join(SAMPLES, "test-report.json"), "--to", "samr.cn");
    const file = `${String(entry).replace(":", "_0_")}.json`;
    await samr.catchUpWith(nvwa);
    await baua.catchUpWith(nvwa);
    expect(await write()).toEqual(before);
    await nvwa.entente("grant", "baua.de", "--like", "samr.cn", "--yes");
    await until("it is opened", async () => (await write()).includes(file));
    await nvwa.entente("erase", String(entry), "--ground", "retention", "--yes");
    const erased = file.replace(".json", "_erased.json");
    await until("it is erased", async () => (await write()).includes(erased));
    expect(await write()).toEqual([...before, erased]);
    const name = (await filesIn(later)).at(-1) ?? "";
    expect(await readJson(join(later, name))).toMatchObject({ entry, body: null, recordStatus: "erased" });
  });

  it.runIf(canMount)(
    "waits where its folder is full, leaves no half a file, and goes on",
    { timeout: 120_000 },
    async () => {
      const small = await temporaryDirectory();
      spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small]);
      try {
        const whole = join(await temporaryDirectory(), "whole");
        await mkdir(whole);
        await nvwa.entente("publish", join(SAMPLES, "alert.json"), "--to", "baua.de", "--known");
        await baua.catchUpWith(nvwa);
        await baua.entente("drop", "--out", whole, "--once");
        const expected = await filesIn(whole);
        expect(expected.length).toBeGreaterThan(1);
        await leaveNothing(small);
        const reader = watch(baua, "--out", small);
        await until("it says so", () => reader.output.stderr.includes("no space left"));
        expect(await readdir(small)).toEqual(["ballast"]);
        await rm(join(small, "ballast"));
        await until("all has come", async () => (await filesIn(small)).length === expected.length);
        for (const name of await filesIn(small)) expect(await readJson(join(small, name))).toMatchObject({ type: /./ });
        expect(await end(reader.child, "SIGTERM")).toBe(0);
      } finally {
        spawnSync("umount", [small]);
      }
    },
  );

  it(
    "loses nothing and publishes nothing twice, whenever it is ended",
    { timeout: PATIENCE_MS + 120_000 },
    async () => {
      const before = (await nvwa.status()).log.size;
      const count = KILLS * 6;
      const texts = Array.from({ length: count }, (_, i) => `number ${i}`);
      for (const [i, text] of texts.entries()) await dropFile(`${String(i).padStart(4, "0")}.json`, followUp(text));
      const start = async (): Promise<number> => (await filesIn(join(folder, "done"))).length;
      for (let kill = 0; kill < KILLS; kill++) {
        const [done, seen] = [await start(), (await filesIn(out)).length];
        const sender = watch(nvwa, "--in", folder);
        const reader = watch(baua, "--out", out);
        // Once it is at work, at any moment of it.
        await until("it works", async () => {
          const left = (await filesIn(folder)).length > 3 || (await filesIn(join(folder, "taking"))).length > 0;
          return !left || (await start()) > done;
        });
        await delay(prng.unit() * 60);
        await end(sender.child, "SIGKILL");
        await Promise.race([
          until("something has arrived", async () => (await filesIn(out)).length > seen).catch(() => undefined),
          delay(2_000),
        ]);
        await delay(prng.unit() * 30);
        await end(reader.child, "SIGKILL");
      }
      const sender = watch(nvwa, "--in", folder);
      const reader = watch(baua, "--out", out);
      await until("all is published", async () => {
        const left = await filesIn(folder);
        return left.length === 3 && (await filesIn(join(folder, "taking"))).length === 0;
      });
      expect((await nvwa.status()).log.size).toBe(before + count);
      await baua.catchUpWith(nvwa);
      const listed = await baua.entente("list", "--log", "nvwa.nl", "--limit", "1000");
      const records = listed.filter(({ kind, parts }) => kind === "record" && (parts as string[])[0] === "held");
      await until("all has arrived", async () => (await filesIn(out)).length >= records.length);
      await end(sender.child, "SIGTERM");
      await end(reader.child, "SIGTERM");
      // Each file has a receipt, which names the entry that says what it said.
      const done = await filesIn(join(folder, "done"));
      const ours = done.filter((name) => /-\d{4}\.json$/.test(name));
      expect(ours).toHaveLength(count);
      for (const name of ours) {
        const { entries } = await readJson(join(folder, "done", `${name}.receipt.json`));
        const [entry = ""] = entries as string[];
        const dropped = await readJson(join(folder, "done", name));
        expect(await nvwa.one("show", entry)).toMatchObject({ body: dropped["body"] });
      }
      const entries = (await arrived()).map(({ entry }) => String(entry));
      expect(entries.toSorted()).toEqual(records.map(({ entry }) => String(entry)).sort());
      expect(await filesIn(join(nvwa.dataDir, "drop"))).toEqual([]);
    },
  );
});
