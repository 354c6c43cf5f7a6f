import { createHash, randomFillSync } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Progress } from "../../node/service.ts";
import { Line } from "../support/line.ts";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";

// Files that are much larger than what a node keeps in memory: they come whole, verified, once, whatever happens meanwhile.

const MEGABYTES = process.env["ENTENTE_NIGHTLY"] === "1" ? 500 : 20;
const PATIENCE_MS = 60_000 + MEGABYTES * 1_000;
/**
 * Memory of its own that a process may have while a part passes, however large it is; one at rest has a little over 100.
 * What the store maps of its files comes on top, up to half a GiB: it is the system's to take back.
 */
const MEMORY_MAX_MIB = 320;
/** Frames, proofs, the Noise cipher and all else that is said meanwhile; and what is on its way when a line ends. */
const OVERHEAD = 1.03;
const IN_FLIGHT = 4 * 1024 * 1024;

let nvwa: NodeProcess;
let baua: NodeProcess;
let lines: readonly Line[];
let directory: string;

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("two authorities");
  [nvwa, baua] = [first, second];
  // Whoever calls, it goes over one of the two.
  const [toOwner, toReader] = [await Line.lay(nvwa.address), await Line.lay(baua.address)];
  lines = [toOwner, toReader];
  await baua.entente("peer", "set-address", "nvwa.nl", toOwner.address);
  await nvwa.entente("peer", "set-address", "baua.de", toReader.address);
  await Promise.all([nvwa.stop(), baua.stop()]);
  await Promise.all([nvwa.start(), baua.start()]);
  await connected();
  directory = await temporaryDirectory();
}, 120_000);
afterAll(async () => {
  for (const line of lines) line.remove();
  await removeNodes();
});

async function connected(): Promise<void> {
  for (const node of [nvwa, baua])
    await node.waitFor(
      "connected and ready",
      ({ peers, signing }) => signing.state === "ready" && peers.every(({ state }) => state === "connected"),
    );
}

/** Bytes that went from the owner to the reader. */
function carried(): number {
  const [toOwner, toReader] = lines;
  return (toOwner?.from ?? 0) + (toReader?.to ?? 0);
}

/** A file of so many megabytes that no two runs and no two chunks share. */
async function writeLargeFile(name: string): Promise<{ readonly path: string; readonly digest: string }> {
  const path = join(directory, name);
  await using file = await open(path, "w");
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1_000_000);
  for (let n = 0; n < MEGABYTES; n++) {
    await file.write(randomFillSync(piece));
    hash.update(piece);
  }
  return { path, digest: hash.digest("hex") };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

async function publish(path: string): Promise<string> {
  const record = join(directory, "answer.json");
  const body = { answers: 0, outcome: "not-found" };
  await writeFile(record, JSON.stringify({ type: "follow-up", version: 1, refs: ["nvwa.nl:0"], body }));
  const { entry } = await nvwa.one("publish", record, "--to", "baua.de", "--attach", path);
  await baua.catchUpWith(nvwa);
  return String(entry);
}

/** The most memory of its own that the process has while `work` lasts, in MiB. */
async function memoryDuring(node: NodeProcess, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const look = async (): Promise<void> => {
    const [, kib] = /RssAnon:\s+(\d+) kB/.exec(await readFile(`/proc/${node.pid}/status`, "utf8")) ?? [];
    most = Math.max(most, Number(kib) / 1024);
  };
  await look();
  const timer = setInterval(() => {
    look().catch(() => undefined);
  }, 50);
  await work.finally(() => clearInterval(timer));
  return most;
}

/** Fetches part 1 until so many bytes of it are here, then does `then`; gives how far it was, or the end. */
async function fetchUntil(entry: string, bytes: number, then: () => void): Promise<readonly Progress[]> {
  const seen: Progress[] = [];
  let isDone = false;
  const client = await baua.client();
  await client
    .fetchPart(entry, 1, (progress) => {
      seen.push(progress);
      if (progress.done < bytes || isDone) return;
      isDone = true;
      then();
    })
    .catch((error: unknown) => {
      if (!isDone) throw error;
    });
  return seen;
}

describe(`an attachment of ${MEGABYTES} MB`, { timeout: PATIENCE_MS }, () => {
  it("goes in and out in little memory, and shows how far it is", async () => {
    const { path, digest } = await writeLargeFile("machine.bin");
    const before = carried();
    const publishing = publish(path);
    expect(await memoryDuring(nvwa, publishing)).toBeLessThan(MEMORY_MAX_MIB);
    const entry = await publishing;
    // It is larger than what comes by itself.
    expect(await baua.one("show", entry)).toMatchObject({ parts: ["held", "missing"] });
    const fetching = fetchUntil(entry, Infinity, () => undefined);
    const [owner, reader] = await Promise.all([memoryDuring(nvwa, fetching), memoryDuring(baua, fetching)]);
    expect(owner).toBeLessThan(MEMORY_MAX_MIB);
    expect(reader).toBeLessThan(MEMORY_MAX_MIB);
    const seen = await fetching;
    const done = seen.map((progress) => progress.done);
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(seen.every(({ total, what }) => what === "bytes" && total !== null && total >= MEGABYTES * 1e6)).toBe(true);
    const [saved] = await baua.entente("fetch", entry, "--part", "1", "--out", join(directory, "out"));
    expect(await digestOf(String(saved?.["file"]))).toBe(digest);
    expect(carried() - before).toBeLessThan((seen[0]?.total ?? 0) * OVERHEAD + IN_FLIGHT);
    expect([nvwa.errors(), baua.errors()]).toEqual([[], []]);
  });

  it("goes on where it was after its reader was killed and after the line was cut", async () => {
    const { path, digest } = await writeLargeFile("again.bin");
    const entry = await publish(path);
    const before = carried();
    const killed = await fetchUntil(entry, MEGABYTES * 0.25e6, () => baua.end());
    await baua.kill();
    await baua.start();
    await connected();
    const cut = await fetchUntil(entry, MEGABYTES * 0.6e6, () => lines.forEach((line) => line.cut()));
    expect(cut[0]?.done).toBeGreaterThanOrEqual(killed.at(-1)?.done ?? Infinity);
    await connected();
    const last = await fetchUntil(entry, Infinity, () => undefined);
    expect(last[0]?.done).toBeGreaterThanOrEqual(cut.at(-1)?.done ?? Infinity);
    const [saved] = await baua.entente("fetch", entry, "--part", "1", "--out", join(directory, "again"));
    expect(await digestOf(String(saved?.["file"]))).toBe(digest);
    // Nothing came twice but what was on its way.
    expect(carried() - before).toBeLessThan((last[0]?.total ?? 0) * OVERHEAD + IN_FLIGHT);
    expect(await baua.one("verify", "nvwa.nl")).toMatchObject({ problems: [] });
    expect([nvwa.errors(), baua.errors()]).toEqual([[], []]);
  });
});
