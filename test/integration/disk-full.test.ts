import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import { NodeProcess, removeNodes, temporaryDirectory } from "../support/nodes.ts";
import { MIB } from "../support/space.ts";
import { until } from "../support/until.ts";

// A real file system that fills up, under a real node.

/** Room for a small history beside the marks, and little enough to be filled in a second. */
const SIZE_MIB = 160;
const MARKS = { diskLow: 80 * MIB, diskFull: 48 * MIB };
const PATIENCE_MS = 120_000;

const small = await temporaryDirectory();
const mounting = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MIB}m`, "tmpfs", small], { encoding: "utf8" });
const isMounted = mounting.status === 0;
if (!isMounted)
  process.stderr.write(`skipped, no small file system can be mounted: ${mounting.error?.message ?? mounting.stderr}\n`);

let nvwa: NodeProcess;
let baua: NodeProcess;

beforeAll(async () => {
  if (!isMounted) return;
  nvwa = await NodeProcess.create("nvwa.nl");
  baua = await NodeProcess.create("baua.de", small);
  const file = join(baua.dataDir, "config.json");
  const config: object = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...config, ...MARKS }));
  await Promise.all([nvwa.start(), baua.start()]);
  await nvwa.trust(baua);
  await baua.trust(nvwa);
  await baua.catchUpWith(nvwa);
}, PATIENCE_MS);

afterAll(async () => {
  await removeNodes().catch(() => undefined);
  if (isMounted) spawnSync("umount", [small]);
  await rm(small, { recursive: true, force: true });
});

/** Something else on that file system grows until so many MiB are free. */
async function leaveFree(mib: number): Promise<void> {
  const ballast = join(small, "ballast");
  await rm(ballast, { force: true });
  const { bavail, bsize } = await statfs(small);
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - mib * MIB))).catch((error: unknown) => {
    // The node took some of it meanwhile.
    if (mib > 0 || !(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  });
}

async function stage(node: NodeProcess, length: number): Promise<string> {
  const input = { name: "file.bin", type: "application/octet-stream", length };
  return (await (await node.client()).stage(input, Readable.from([randomBytes(length)]))).staged;
}

/** Publishes a record that says `text`; what was acknowledged is found under its key. */
async function publish(node: NodeProcess, to: string, text: string, attached = 0): Promise<string | null> {
  const parts = attached === 0 ? [] : [{ kind: "attachment", staged: await stage(node, attached) }];
  const published = await (
    await node.client()
  ).publish({
    type: "follow-up",
    version: 1,
    body: { answers: 0, outcome: "not-found", text: { en: text } },
    refs: [`${node.name}:0`],
    to: [to],
    parts,
    key: { key: text, digest: "one" },
  });
  return published.entry;
}

async function expectConverged(): Promise<void> {
  await baua.waitFor(
    "signs and is connected",
    ({ signing, peers }) => signing.state === "ready" && peers.every(({ state }) => state === "connected"),
  );
  await baua.catchUpWith(nvwa);
  await nvwa.catchUpWith(baua);
  await until("no part is missing", async () =>
    (await (await baua.client()).logs()).every(({ missingParts }) => missingParts === 0),
  );
  for (const node of [nvwa, baua])
    for (const log of ["nvwa.nl", "baua.de"])
      expect(await node.one("verify", log)).toMatchObject({ log, problems: [], withheld: 0 });
}

describe.runIf(isMounted)("on a small file system", () => {
  it("attachments stop, then entries, and all of it goes on by itself", { timeout: PATIENCE_MS }, async () => {
    await leaveFree(70);
    await baua.waitFor("is low", ({ disk }) => disk.state === "low");
    await publish(nvwa, "baua.de", "with a file", 300_000);
    await baua.catchUpWith(nvwa);
    expect(await (await baua.client()).logs()).toContainEqual(expect.objectContaining({ missingParts: 1 }));
    await expect(stage(baua, 100_000)).rejects.toMatchObject({ code: "DISK_LOW" });

    await leaveFree(40);
    await baua.waitFor("is full", ({ disk }) => disk.state === "full");
    const { held = 0 } = (await baua.status()).peers[0] ?? {};
    await expect(publish(baua, "nvwa.nl", "not now")).rejects.toMatchObject({ code: "DISK_LOW" });
    for (let n = 0; n < 30; n++) await publish(nvwa, "baua.de", `meanwhile ${n}`);
    expect((await baua.status()).peers[0]?.held).toBe(held);

    await leaveFree(140);
    await expectConverged();
    expect(await publish(baua, "nvwa.nl", "not now")).not.toBeNull();
    expect(baua.errors()).toEqual([expect.stringContaining("nearly full")]);
  });

  it("full at one blow it stops, and has all that it acknowledged", { timeout: PATIENCE_MS }, async () => {
    const acknowledged = new Map<string, string>();
    const publishing = (async (): Promise<void> => {
      for (let n = 0; ; n++) {
        const text = `until it is full ${n}`;
        const entry = await publish(baua, "nvwa.nl", text, n % 4 === 3 ? 200_000 : 0);
        if (entry !== null) acknowledged.set(text, entry);
      }
    })();
    const end = publishing.catch((error: unknown) => error);
    await until("some were acknowledged", () => acknowledged.size > 5);
    // Faster than the room is measured.
    await leaveFree(0);
    const error = await end;
    expect(error).toBeInstanceOf(CliError);
    expect(["DISK_LOW", "DISK_FULL", "NODE_DOWN", "INTERNAL"]).toContain(error instanceof CliError && error.code);
    for (let n = 0; n < 5; n++) await publish(nvwa, "baua.de", `while it is full ${n}`);

    await leaveFree(140);
    await baua.kill();
    await baua.start();
    await expectConverged();
    for (const [text, entry] of acknowledged) {
      expect(await publish(baua, "nvwa.nl", text)).toBe(entry);
      expect((await (await nvwa.client()).show(entry)).body).toMatchObject({ text: { en: text } });
    }
  });
});
