import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Entries } from "../../node/entries.ts";
import { logKey, prefixRange } from "../../node/keyspace.ts";
import { Indexer } from "../../node/search/indexer.ts";
import { utf8Encode } from "../../protocol/bytes.ts";
import type { Answer, Request } from "../../protocol/wire/frame.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { Adversary, stopHostile } from "../support/hostile.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { serveLog } from "../support/serve-log.ts";
import { until } from "../support/until.ts";

// That the index follows what comes late, goes, or was never the same: over a real store.

const PATIENCE_MS = 90_000;
const TIME = 1_800_000_000;
const prng = new Prng("search-index");
const owner = makeAuthority("owner.example", prng.fork("owner"));
const nodes: InProcessNode[] = [];
let log: HandMadeLog;
let audience: number;
/** Parts that the owner does not give yet, as `index/part`. */
const withheld = new Set<string>();

beforeAll(async () => {
  const node = await startInProcess(makeAuthority("node.example", prng.fork("node")));
  nodes.push(node);
  await node.service.addPeer(chainFileOf(owner), [], "anna");
  log = new HandMadeLog(owner);
  audience = log.addAudience(node.authority);
}, PATIENCE_MS);
afterAll(async () => {
  await stopHostile();
  for (const node of nodes) {
    expect(node.faults).toEqual([]);
    await node.stop();
  }
});

/** The owner is there anew: with what was added, and what it did not give before. */
async function serve(): Promise<void> {
  await stopHostile();
  const asked = await (await Adversary.connect(owner, node())).asked();
  await asked.greet();
  void asked.answerAll(answer);
}

function answer(request: Request): Answer | undefined {
  const whole = log.answer(request);
  if (whole?.kind === "batch") {
    const isHere = withheldFrom(whole.from);
    return { ...whole, parts: whole.parts.filter(({ offset, part }) => isHere(offset, part)) };
  }
  if (whole?.kind === "parts")
    return { ...whole, parts: whole.parts.filter(({ index, part }) => !withheld.has(`${index}/${part}`)) };
  return whole;
}

function withheldFrom(from: number): (offset: number, part: number) => boolean {
  return (offset, part) => !withheld.has(`${from + offset}/${part}`);
}

function node(): InProcessNode {
  const [first] = nodes;
  if (first === undefined) throw new Error("there is no node");
  return first;
}

async function found(q: string, ...kind: readonly string[]): Promise<readonly string[]> {
  const { entries } = await node().service.search({ q, kind, limit: 100 });
  return entries.map(({ entry }) => entry);
}

async function arrived(): Promise<void> {
  await serve();
  await until(
    "the log is here",
    () => node().core.mirrorOf(Buffer.from(log.id).toString("hex"))?.store.head.size === log.size,
  );
  await node().indexer.upToDate();
}

const section = (operator: string) => ({
  kind: "traceability",
  type: "application/json",
  content: utf8Encode(
    JSON.stringify({ type: "traceability", version: 1, operators: [{ link: "importer", name: operator }] }),
  ),
});

it("a record, and a section, that come late are found when they are here", { timeout: PATIENCE_MS }, async () => {
  const record = log.size;
  withheld.add(`${record}/0`).add(`${record + 1}/1`);
  log.addRecord(audience, "quagga stripes");
  log.addWithSections(audience, "okapi stripes", [section("Zebra Trading")]);
  await arrived();
  expect(await found("quagga")).toEqual([]);
  expect(await found("okapi")).toEqual([`owner.example:${record + 1}`]);
  expect(await found("", "operator=zebra trading")).toEqual([]);
  withheld.clear();
  await serve();
  await until("both are found", async () => {
    const late = [await found("quagga"), await found("", "operator=zebra trading")];
    return JSON.stringify(late) === JSON.stringify([[`owner.example:${record}`], [`owner.example:${record + 1}`]]);
  });
  expect(await found("zebra", "operator=Zebra Trading.")).toEqual([`owner.example:${record + 1}`]);
  expect((await found("stripes")).toSorted()).toEqual([`owner.example:${record}`, `owner.example:${record + 1}`]);
  // And nothing is left to do.
  await node().indexer.upToDate();
  expect(await Array.fromAsync(node().disk.scan(prefixRange(logKey("unsearched", storeNumber()))))).toEqual([]);
});

function storeNumber(): number {
  return node().core.mirrorOf(Buffer.from(log.id).toString("hex"))?.store.number ?? -1;
}

it("a record of several chunks is found", { timeout: PATIENCE_MS }, async () => {
  const index = log.addRecord(audience, `${"lorem ipsum ".repeat(8_000)}dugong`);
  await arrived();
  await until("its beginning is found", async () => (await found("lorem"))[0] === `owner.example:${index}`);
  // Beyond the words of one entry that are indexed.
  expect(await found("dugong")).toEqual([]);
});

it("what was erased is not found, and is not in the file", { timeout: PATIENCE_MS }, async () => {
  const gone = log.addRecord(audience, "xyloteuthis plughmore");
  const half = log.addWithSections(audience, "narwhal tusks", [section("Fjordhandelen")]);
  const later = log.size + 1;
  await arrived();
  expect(await found("xyloteuthis")).toEqual([`owner.example:${gone}`]);
  expect(await found("fjordhandelen")).toEqual([`owner.example:${half}`]);
  expect(await inFile("xyloteuthis")).toBe(true);
  // What is not there yet cannot be erased.
  const items = [
    { epoch: 0, index: gone, part: 0 },
    { epoch: 0, index: half, part: 1 },
    { epoch: 0, index: later, part: 0 },
  ];
  expect(log.size).toBe(half + 1);
  log.add({ kind: "erase", time: TIME, items, ground: "retention", approval: "" });
  log.addRecord(audience, "axolotl");
  await arrived();
  expect(await found("xyloteuthis")).toEqual([]);
  expect(await found("narwhal")).toEqual([`owner.example:${half}`]);
  expect(await found("fjordhandelen")).toEqual([]);
  expect(await found("axolotl")).toEqual([`owner.example:${later}`]);
  for (const word of ["xyloteuthis", "plughmore", "fjordhandelen"]) expect(await inFile(word)).toBe(false);
  expect(await inFile("narwhal")).toBe(true);

  // Also not when the index is made anew.
  await rm(node().searchIndex);
  await node().indexer.upToDate();
  await until("the index is made anew", async () => (await found("narwhal")).length === 1);
  expect(await found("xyloteuthis")).toEqual([]);
  expect(await found("fjordhandelen")).toEqual([]);

  // What its owner disavows in time is undone, in the index too.
  const erased = node().core.mirrorOf(Buffer.from(log.id).toString("hex"))?.erased;
  await erased?.restore({ epoch: 0, index: half + 1 }, items);
  await node().indexer.upToDate();
  expect(await found("xyloteuthis")).toEqual([`owner.example:${gone}`]);
  expect(await found("fjordhandelen")).toEqual([`owner.example:${half}`]);
});

/** Whether the end of a word stands in the file, or beside it: SQLite leaves out beginnings that a word shares with another. */
async function inFile(word: string): Promise<boolean> {
  const files = ["", "-wal"].map((end) => `${node().searchIndex}${end}`).filter((path) => existsSync(path));
  const all = await Promise.all(files.map((path) => readFile(path)));
  return all.some((bytes) => bytes.includes(word.slice(3)));
}

it("what is damaged on the disk is not found until it is mended", { timeout: PATIENCE_MS }, async () => {
  const index = log.size;
  withheld.add(`${index}/0`);
  log.addRecord(audience, "pangolin scales");
  await arrived();
  withheld.clear();
  await serve();
  await until("it is found", async () => (await found("pangolin")).length === 1);
  const key = logKey("latePart", storeNumber(), index, 0);
  const bytes = new Uint8Array((await node().disk.get(key)) ?? []);
  bytes[bytes.length - 1] = 1;
  await node().disk.write([{ key, value: bytes }], true);
  withheld.add(`${index}/0`);
  const scrub = node().service.scrub(() => undefined);
  await until("it is not found", async () => (await found("pangolin")).length === 0);
  withheld.clear();
  await serve();
  await until("it is found again", async () => (await found("pangolin")).length === 1);
  await scrub;
});

it("an index of another history is not believed", { timeout: PATIENCE_MS }, async () => {
  const other = await startInProcess(makeAuthority("other.example", prng.fork("other")));
  nodes.push(other);
  await other.service.addPeer(chainFileOf(owner), [], "anna");
  // As many entries or fewer, and another last one.
  const branch = new HandMadeLog(owner);
  branch.addRecord(branch.addAudience(other.authority), "chimera of another branch");
  await serveLog(other, branch);
  await other.indexer.upToDate();
  expect(other.indexer.count).toBe(1);
  await other.indexer.stop();

  const copy = join(await mkdtemp(join(tmpdir(), "entente-test-")), "index", "search.sqlite");
  await mkdir(dirname(copy));
  await copyFile(other.searchIndex, copy);
  const indexer = new Indexer(node().core, new Entries(node().core), copy);
  indexer.start();
  await indexer.upToDate();
  const hits = (word: string): number => indexer.ask((database) => database.find(`"${word}"`, 10)).length;
  expect({ chimera: hits("chimera"), narwhal: hits("narwhal"), count: indexer.count }).toEqual({
    chimera: 0,
    narwhal: 1,
    count: node().indexer.count,
  });
  await indexer.stop();
  await rm(dirname(dirname(copy)), { recursive: true });
});
