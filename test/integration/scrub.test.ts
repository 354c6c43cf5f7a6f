import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CheckedDisk } from "../../node/checked-disk.ts";
import type { Disk } from "../../node/disk.ts";
import { bytesKey, type Concern, CONCERNS, isKeptTwice, logKey, numberKey, prefixRange } from "../../node/keyspace.ts";
import { openLevelDisk } from "../../node/level-disk.ts";
import { toHex, utf8Encode } from "../../protocol/bytes.ts";
import { NodeProcess, removeNodes, startFederation } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// A disk that loses bits, in every kind of value that a node stores.

const PATIENCE_MS = 180_000;
/** More than a node of the tree that is stored covers. */
const ENTRIES = 300;
/** Of no log that is here: nothing reads what stands under it, but for a scrub. */
const NO_LOG = 4_000_000;

/** Kinds that this small federation has no reason to store: as they look, under keys that nothing else reads. */
const PLANTED: Partial<Record<Concern, readonly [key: Uint8Array, value: string]>> = {
  pending: [
    bytesKey("pending", new Uint8Array(32).fill(7)),
    JSON.stringify({ id: "07".repeat(32), name: "x.example", address: "", firstSeen: 1, lastSeen: 2, attempts: 1 }),
  ],
  queue: [numberKey("queue", 1), JSON.stringify({ input: { to: [], refs: [], parts: [] }, operator: "anna" })],
  reference: [bytesKey("reference", new Uint8Array(42).fill(9)), ""],
  indexed: [logKey("indexed", NO_LOG), "index."],
  caseDirty: [logKey("caseDirty", NO_LOG, 7), "dirty"],
  case: [logKey("case", NO_LOG, 7), "{}"],
  unsearched: [logKey("unsearched", NO_LOG, 7), ""],
  evidence: [
    bytesKey("evidence", new Uint8Array(32).fill(3)),
    JSON.stringify({
      digest: "03".repeat(32),
      id: "0a".repeat(32),
      name: "x.example",
      epoch: 0,
      size: 3,
      from: "0a".repeat(32),
      at: 1,
      decision: null,
      shows: { kind: "charters", serial: 1 },
    }),
  ],
  evidenceFile: [bytesKey("evidenceFile", new Uint8Array(36).fill(3)), "abc"],
  grant: [logKey("grant", NO_LOG, 7), "grant"],
  grantTodo: [logKey("grantTodo", NO_LOG, 7), "todo.."],
  receiptDetail: [logKey("receiptDetail", NO_LOG), "detail"],
  erasure: [logKey("erasure", NO_LOG, 7), "erasure"],
  erased: [logKey("erased", NO_LOG, 7, 1), "erased"],
  hiddenLarge: [logKey("hiddenLarge", NO_LOG, 7, 1), "large"],
  legalHold: [logKey("legalHold", NO_LOG, 7), "hold"],
};

const WRITTEN_ANEW: readonly string[] = ["peer", "cosignature", "receipt", "receiptDetail", "head"];

let nvwa: NodeProcess;
let baua: NodeProcess;

beforeAll(async () => {
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  const third = await NodeProcess.create("tukes.fi");
  if (first === undefined || second === undefined) throw new Error("two authorities");
  [nvwa, baua] = [first, second];
  await third.start();
  await baua.trust(third);
  await third.stop();
  await baua.entente("peer", "remove", "tukes.fi", "--yes");
  for (let n = 0; n < ENTRIES; n += 50)
    await Promise.all(Array.from({ length: 50 }, (_, i) => publish(nvwa, "baua.de", `record ${n + i}`)));
  await publish(nvwa, "baua.de", "with a film", [200_000]);
  await publish(nvwa, "baua.de", "with many", Array<number>(6).fill(60_000));
  await publish(nvwa, "baua.de", "with what waits", [6_000_000]);
  for (let n = 0; n < 5; n++) await publish(baua, "nvwa.nl", `answer ${n}`, n === 2 ? [150_000] : []);
  await stage(baua, 130_000);
  await baua.catchUpWith(nvwa);
  await nvwa.catchUpWith(baua);
  await until("all parts but one are here", async () => (await missing(baua)) === 1 && (await missing(nvwa)) === 0);
}, PATIENCE_MS);
afterAll(removeNodes);

async function missing(node: NodeProcess): Promise<number> {
  return (await (await node.client()).logs()).reduce((sum, { missingParts }) => sum + missingParts, 0);
}

async function stage(node: NodeProcess, length: number): Promise<string> {
  const input = { name: "file.bin", type: "application/octet-stream", length };
  return (await (await node.client()).stage(input, Readable.from([randomBytes(length)]))).staged;
}

async function publish(node: NodeProcess, to: string, text: string, files: readonly number[] = []): Promise<void> {
  const parts: { kind: string; staged: string }[] = [];
  for (const length of files) parts.push({ kind: "attachment", staged: await stage(node, length) });
  const body = { answers: 0, outcome: "not-found", text: { en: text } };
  const key = { key: text, digest: "one" };
  await (
    await node.client()
  ).publish({ type: "follow-up", version: 1, body, refs: [`${node.name}:0`], to: [to], parts, key });
}

/** Works on the store of a stopped node. */
async function onDisk(node: NodeProcess, work: (raw: Disk) => Promise<void>): Promise<void> {
  const raw = await openLevelDisk(join(node.dataDir, "store"));
  try {
    await work(raw);
  } finally {
    await raw.close();
  }
}

async function flip(raw: Disk, key: Uint8Array, byte: number): Promise<void> {
  const value = new Uint8Array((await raw.get(key)) ?? []);
  value[byte] = (value[byte] ?? 0) ^ 0x10;
  await raw.write([{ key, value }], true);
}

async function keysOf(raw: Disk, concern: Concern): Promise<Uint8Array[]> {
  return (await Array.fromAsync(raw.scan(prefixRange(bytesKey(concern))))).map(([key]) => key);
}

type Finding = { readonly what: string; readonly state: string };

async function scrub(node: NodeProcess): Promise<readonly Finding[]> {
  const { stdout, stderr } = await node.command("scrub");
  if (!stdout.includes("findings")) throw new Error(`${stdout}${stderr}\n${node.log}`);
  const report: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
  return report.findings;
}

async function expectWhole(node: NodeProcess): Promise<void> {
  for (const log of ["nvwa.nl", "baua.de"]) expect(await node.one("verify", log)).toMatchObject({ log, problems: [] });
}

describe("a scrub", () => {
  it("finds nothing where nothing is wrong", { timeout: PATIENCE_MS }, async () => {
    expect(await nvwa.one("scrub")).toMatchObject({ schema: "entente/scrub/1", findings: [] });
    expect(await baua.command("scrub")).toMatchObject({ code: 0 });
  });

  it("finds and mends a flipped bit in every kind of value that has a copy", { timeout: PATIENCE_MS }, async () => {
    await baua.stop();
    const flipped: string[] = [];
    await onDisk(baua, async (raw) => {
      const disk = new CheckedDisk(raw, () => undefined);
      for (const concern of CONCERNS.filter((one) => isKeptTwice(bytesKey(one)))) {
        const planted = PLANTED[concern];
        if (planted !== undefined) await disk.write([{ key: planted[0], value: utf8Encode(planted[1]) }], true);
        const keys = planted === undefined ? await keysOf(raw, concern) : [planted[0]];
        const key = keys[Math.floor(keys.length / 2)];
        if (key === undefined) throw new Error(`no value of the kind ${concern}: publish one above, or plant it`);
        await flip(raw, key, Math.floor(((await raw.get(key)) ?? []).length / 2));
        flipped.push(`${concern} ${toHex(key.subarray(1))}`);
      }
    });
    await baua.start();
    const findings = await scrub(baua);
    expect(findings.every(({ state }) => state === "mended")).toBe(true);
    const found = new Set(findings.map(({ what }) => what));
    const healed = flipped.filter((what) => !found.has(what)).map((what) => what.split(" ")[0]);
    // What a node writes anew by itself soon after its start.
    expect(WRITTEN_ANEW).toEqual(expect.arrayContaining(healed));
    await baua.stop();
    await onDisk(baua, async (raw) => {
      const disk = new CheckedDisk(raw, () => undefined);
      expect(await Array.fromAsync(disk.scrub(() => undefined))).toEqual([]);
      const planted = Object.values(PLANTED).map(([key]) => ({ key, value: undefined }));
      await disk.write(planted, true);
    });
    await baua.start();
    expect(await scrub(baua)).toEqual([]);
    await expectWhole(baua);
  });

  it.each(["nvwa.nl", "baua.de"])(
    "finds flipped bits in leaves and parts of both logs at %s, and gets them from the other",
    { timeout: PATIENCE_MS },
    async (name) => {
      const node = name === "nvwa.nl" ? nvwa : baua;
      await node.stop();
      const flips = { leaves: 0, parts: 0, latePart: 0, chunk: 0 };
      await onDisk(node, async (raw) => {
        for (const concern of ["leaves", "parts", "latePart", "chunk"] as const) {
          const keys = await keysOf(raw, concern);
          // The first and the last of each log, in the middle, and a length at the beginning.
          for (const [at, key] of keys.entries()) {
            const isEdge = [keys[at - 1], keys[at + 1]].some((next) => next?.[4] !== key[4]);
            if (concern !== "latePart" && !isEdge && at !== 3) continue;
            await flip(raw, key, at % 2 === 0 ? 0 : Math.floor(((await raw.get(key)) ?? []).length / 2));
            flips[concern] += 1;
          }
        }
      });
      expect(flips.leaves).toBeGreaterThan(2);
      expect(flips.parts).toBeGreaterThan(2);
      expect(flips.chunk).toBeGreaterThan(1);
      if (name === "baua.de") expect(flips.latePart).toBeGreaterThan(0);
      await node.start();
      await node.waitFor("is connected", ({ peers }) => peers.every(({ state }) => state === "connected"));
      const findings = await scrub(node);
      expect(findings.filter(({ what }) => what.startsWith("leaves of")).length).toBeGreaterThan(1);
      expect(findings.filter(({ what }) => what.startsWith("part ")).length).toBeGreaterThan(2);
      // What nobody else has is named.
      const staged = findings.filter(({ state }) => state === "lost");
      expect(staged.every(({ what }) => what.includes("waits to be published"))).toBe(true);
      expect(findings.filter(({ state }) => state !== "fetched")).toEqual(staged);
      await expectWhole(node);
      expect((await scrub(node)).filter(({ state }) => state !== "lost")).toEqual([]);
      await Promise.all([nvwa.catchUpWith(baua), baua.catchUpWith(nvwa)]);
    },
  );
});
