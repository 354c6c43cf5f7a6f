import { randomBytes, randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import type { LocalClient } from "../../cli/local-client.ts";
import type { PublishInput } from "../../node/service.ts";
import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";
import { Prng } from "../simulation/prng.ts";
import { type NodeProcess, removeNodes, startFederation, temporaryDirectory } from "../support/nodes.ts";
import { until } from "../support/until.ts";

// Nodes that lose their process at any moment, without a word: what was acknowledged is there, whole, once, and they go
// on by themselves.

/** Of each kind. */
const KILLS = process.env["ENTENTE_NIGHTLY"] === "1" ? 60 : 3;
/** Entries that are replicated while either end is killed. */
const HISTORY = 400 * KILLS;
const SEED = process.env["ENTENTE_KILL_SEED"] ?? String(randomInt(2 ** 31));
/** One killing and what follows it takes seconds on an idle machine. */
const PATIENCE_MS = 30_000 * KILLS;

const prng = new Prng(SEED);
let nvwa: NodeProcess;
let baua: NodeProcess;

beforeAll(async () => {
  console.log(`the moments follow from ENTENTE_KILL_SEED=${SEED}`);
  const [first, second] = await startFederation("nvwa.nl", "baua.de");
  if (first === undefined || second === undefined) throw new Error("two authorities");
  [nvwa, baua] = [first, second];
}, 120_000);
afterAll(removeNodes);

/** Ends the process at a random moment within `ms` of the beginning, and starts it again when `work` has noticed. */
async function killDuring(
  node: NodeProcess,
  ms: number,
  work: Promise<unknown>,
  hasBegun: () => boolean | Promise<boolean>,
): Promise<void> {
  await until(`${node.name} has begun`, hasBegun);
  await delay(prng.unit() * ms);
  await node.kill();
  await work;
  await node.start();
}

/** The node works again, by itself: it signs, and its log and its mirror are whole. */
async function expectWhole(node: NodeProcess): Promise<void> {
  const { log, peers } = await node.waitFor(
    "signs, and knows its peers again",
    ({ signing, peers: all }) =>
      signing.state === "ready" && signing.queued === 0 && all.every(({ state }) => state === "connected"),
  );
  for (const name of [log.name, ...peers.map((peer) => peer.name)])
    expect(await node.one("verify", name)).toMatchObject({ log: name, problems: [] });
}

/** Both hold the same, with all parts: also when one of them was interrupted while it fetched. */
async function expectSame(owner: NodeProcess, reader: NodeProcess): Promise<void> {
  await reader.catchUpWith(owner);
  await until(`${reader.name} has every part of ${owner.name}`, async () => {
    const logs = await (await reader.client()).logs();
    return logs.every(({ missingParts, seenSize, size }) => missingParts === 0 && seenSize === size);
  });
  const roots = await Promise.all(
    [owner, reader].map(async (node) => (await (await node.client()).logs()).find(({ name }) => name === owner.name)),
  );
  expect(roots[1]).toMatchObject({ size: roots[0]?.size, root: roots[0]?.root });
}

/** A follow-up that says `text`. Whoever repeats it finds it published. */
function saying(text: string, staged: readonly string[] = []): PublishInput {
  return {
    type: "follow-up",
    version: 1,
    body: { answers: 0, outcome: "not-found", text: { en: text } },
    refs: ["nvwa.nl:0"],
    to: ["baua.de"],
    parts: staged.map((part) => ({ kind: "attachment", staged: part })),
    key: { key: text, digest: "one" },
  };
}

async function publish(client: LocalClient, text: string, attached: number): Promise<string> {
  const staged: string[] = [];
  if (attached > 0) {
    const input = { name: "file.bin", type: "application/octet-stream", length: attached };
    staged.push((await client.stage(input, Readable.from([randomBytes(attached)]))).staged);
  }
  const { entry } = await client.publish(saying(text, staged));
  if (entry === null) throw new Error(`${text} was queued`);
  return entry;
}

/** Publishes, several at a time, until the node is gone; adds the entries that it acknowledged, by what they say. */
async function publishUntilGone(client: LocalClient, prefix: string, acknowledged: Map<string, string>): Promise<void> {
  const line = async (number: number): Promise<void> => {
    for (let n = 0; ; n++) {
      const text = `${prefix}/${number}/${n}`;
      // One in eight has an attachment of several chunks.
      acknowledged.set(text, await publish(client, text, n % 8 === 3 ? 150_000 : 0));
    }
  };
  const ends = await Promise.allSettled([0, 1, 2, 3].map(line));
  for (const end of ends)
    if (end.status === "rejected" && !(end.reason instanceof CliError && end.reason.code === "NODE_DOWN"))
      throw end.reason;
}

describe("a node that is killed", () => {
  it("while it appends has everything that it acknowledged, once", { timeout: PATIENCE_MS }, async () => {
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < KILLS; round++) {
      const fresh = new Map<string, string>();
      const publishing = publishUntilGone(await nvwa.client(), `round ${round}`, fresh);
      await killDuring(nvwa, 300, publishing, () => fresh.size > 0);
      await expectWhole(nvwa);
      const client = await nvwa.client();
      const again = await Promise.all([...fresh.keys()].map((text) => client.publish(saying(text))));
      expect(again).toEqual([...fresh.values()].map((entry) => ({ state: "already", entry })));
      for (const [text, entry] of fresh) acknowledged.set(text, entry);
    }
    expect(new Set(acknowledged.values()).size).toBe(acknowledged.size);
    const client = await nvwa.client();
    for (const [text, entry] of acknowledged)
      expect((await client.show(entry)).body).toMatchObject({ text: { en: text } });
    await expectSame(nvwa, baua);
    expect(await baua.one("verify", "nvwa.nl")).toMatchObject({ problems: [] });
    expect([nvwa.errors(), baua.errors()]).toEqual([[], []]);
  });

  it("while it replicates goes on where it was", { timeout: PATIENCE_MS }, async () => {
    await baua.kill();
    const client = await nvwa.client();
    for (let n = 0; n < HISTORY; n += 50) {
      // One in 50 has an attachment of several chunks, which comes when its entry is here.
      const fifty = Array.from({ length: 50 }, (_, i) => publish(client, `history ${n + i}`, i === 0 ? 300_000 : 0));
      await Promise.all(fifty);
    }
    const { size } = (await nvwa.status()).log;
    await baua.start();
    for (let round = 0; round < KILLS; round++) {
      const before = await replicated();
      const enough = before + prng.unit() * ((size - before) / (KILLS - round));
      let reached = before;
      await until("some more is replicated", async () => (reached = await replicated()) >= enough);
      // Now the reader, now the owner.
      const killed = round % 3 === 2 ? nvwa : baua;
      await killed.kill();
      await killed.start();
      expect(await replicated()).toBeGreaterThanOrEqual(reached);
      await expectVerified(baua);
    }
    await Promise.all([expectWhole(nvwa), expectWhole(baua)]);
    await expectSame(nvwa, baua);
    expect(await baua.one("verify", "nvwa.nl")).toMatchObject({ problems: [], withheld: 0 });
    expect([nvwa.errors(), baua.errors()]).toEqual([[], []]);
  });

  it("while it imports has every alert once when the import is repeated", { timeout: PATIENCE_MS }, async () => {
    const rows = 100 * KILLS;
    const importing = ["import", "safety-gate", await writePortalFile(rows), "--to", "baua.de"];
    const before = (await nvwa.status()).log.size;
    for (let round = 0; round < KILLS; round++) {
      const { size } = (await nvwa.status()).log;
      const interrupted = nvwa.command(...importing);
      await killDuring(nvwa, 200, interrupted, async () => (await nvwa.status()).log.size > size);
      expect([0, 4]).toContain((await interrupted).code);
      await expectWhole(nvwa);
    }
    await nvwa.entente(...importing);
    expect(await nvwa.one(...importing)).toMatchObject({ imported: 0, updated: 0, unchanged: rows, rejected: [] });
    expect((await nvwa.status()).log.size).toBe(before + rows);
    await expectSame(nvwa, baua);
    expect(await baua.one("verify", "nvwa.nl")).toMatchObject({ problems: [] });
    expect([nvwa.errors(), baua.errors()]).toEqual([[], []]);
  });
});

/** What `baua` holds of the log of `nvwa`: grows with every entry, and with every part that came later. */
async function replicated(): Promise<number> {
  const log = (await (await baua.client()).logs()).find(({ name }) => name === "nvwa.nl");
  return log === undefined ? 0 : log.size - log.missingParts;
}

/** What the node holds of each log now is whole, however little it is. */
async function expectVerified(node: NodeProcess): Promise<void> {
  const { log, peers } = await node.status();
  for (const name of [log.name, ...peers.map((peer) => peer.name)])
    expect(await node.one("verify", name)).toMatchObject({ log: name, problems: [] });
}

/** An export of the portal with so many alerts, that say little. */
async function writePortalFile(rows: number): Promise<string> {
  const values: Readonly<Record<string, (n: number) => string>> = {
    Year: () => "2026",
    Week: () => "9",
    "Type of alert": () => "Products with serious risks",
    "Product user": () => "Consumer",
    "Alert number": (n) => `SR/${String(n).padStart(5, "0")}/26`,
    "Alert submitted by": () => "The Netherlands",
    Category: () => "Toys",
    Product: () => "Wooden pull-along toy",
    "Risk type": () => "Chemical",
  };
  const columns: readonly string[] = SAFETY_GATE_COLUMNS;
  const lines = Array.from({ length: rows }, (_, n) =>
    columns.map((column) => values[column]?.(n + 1) ?? "").join(","),
  );
  const file = join(await temporaryDirectory(), "alerts.csv");
  await writeFile(file, `${columns.join(",")}\n${lines.join("\n")}\n`);
  return file;
}
