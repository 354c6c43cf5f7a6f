import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { readSafetyGateFile } from "../cli/import/safety-gate-file.ts";
import { sha256 } from "../keys/sha256.ts";
import { createNodeService } from "../node/node-service.ts";
import type { EntryDraft } from "../node/own-log.ts";
import type { NodeService, SearchQuery } from "../node/service.ts";
import type { CborMap } from "../protocol/cbor.ts";
import { lastCharter } from "../protocol/charter-chain.ts";
import { partDigest } from "../protocol/part-digest.ts";
import { formatPart } from "../protocol/part.ts";
import { ALERT_EXAMPLE } from "../protocol/record/alert-example.ts";
import { formatRecord } from "../protocol/record/index.ts";
import { testData } from "../test/data.ts";
import { PlainFts5 } from "./peers/plain-fts5.ts";
import { type BenchNode, chainOf, createAuthority, createNode, openNode, trusted } from "./setup.ts";
import { cpuSeconds, forgetPeakMemory, now, peakMemory, percentile, rounded } from "./usage.ts";

/** On the same disk as the program, and not in a temporary directory: that may lie in memory. */
const WORK = join(import.meta.dirname, "work");
/** Alerts of the portal, if they are there. */
const PORTAL = testData("safety-gate-2020-w01-10.csv");
/** As much as a frame of a history brings that is taken from a peer. */
const BATCH = 50;
const QUERIES = 400;
/** Entries that a question shows. */
const SHOWN = 20;
const MIB = 2 ** 20;

type Body = CborMap;

/**
 * Measures the search index over one log of alerts, how long it takes to make and what a question costs, and the lists of
 * cases; beside it SQLite's own full-text search over the same texts. Prints one line of JSON a figure, with a ratio where
 * the peer does the same:
 *
 *     {"figure":"query of words, median","alerts":100000,"value":6.1,"unit":"ms","peer":12.2,"ratio":2}
 *
 *     node bench/search.ts [--alerts 100000]
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { alerts: { type: "string", default: "100000" } },
  });
  const alerts = Number(values.alerts);
  const tell: Tell = (figure, value, unit, peer) => {
    // Of all that is compared less is better.
    const beside = peer === undefined ? {} : { peer: rounded(peer), ratio: rounded(peer / value) };
    console.log(JSON.stringify({ figure, alerts, value: rounded(value), unit, ...beside }));
  };
  mkdirSync(WORK, { recursive: true });
  const directory = mkdtempSync(join(WORK, "search-"));
  try {
    const bodies = await realAlerts();
    console.log(JSON.stringify({ node: process.version, alerts, varied: bodies.length }));
    const node = await publishedNode(directory, bodies, alerts);
    const { service } = await createNodeService({ ...node, version: "bench", announce: [] });
    const peer = new PlainFts5(join(directory, "plain.sqlite"));
    const peerIndexing = peer.index(alerts, (index) => textOf(variant(bodies, index)));
    const measure = async (what: string, step: () => Promise<void>): Promise<void> => {
      forgetPeakMemory();
      await step();
      tell(`${what}, peak memory of the process`, peakMemory(), "MiB");
    };
    await measure("indexing", () => measureIndexing(node, peerIndexing, tell));
    await measure("queries", async () => {
      await measureWords(service, peer, bodies, alerts, tell);
      await measureQueries(service, bodies, alerts, tell);
    });
    peer.close();
    await measure("lists of cases", () => measureLists(service, tell));
    await node.indexer.stop();
    await node.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Tell = (figure: string, value: number, unit: string, peer?: number) => void;

async function measureIndexing(node: BenchNode, peer: number, tell: Tell): Promise<void> {
  tell("memory before", process.memoryUsage.rss() / MIB, "MiB");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [began, cpu] = [now(), cpuSeconds()];
  delay.enable();
  node.indexer.start();
  await node.indexer.upToDate();
  delay.disable();
  tell("indexing", (now() - began) / 1000, "s", peer / 1000);
  tell("indexing, CPU", cpuSeconds() - cpu, "s");
  tell("indexing, others waited, p99", delay.percentile(99) / 1e6, "ms");
  tell("indexing, others waited, longest", delay.max / 1e6, "ms");
  tell("memory after", process.memoryUsage.rss() / MIB, "MiB");
  tell("file", statSync(node.paths.searchIndex).size / MIB, "MiB");
}

/** Two words, which the peer can look for too; ours also says what each entry is. */
async function measureWords(
  service: NodeService,
  peer: PlainFts5,
  bodies: readonly Body[],
  alerts: number,
  tell: Tell,
): Promise<void> {
  const times: { readonly ours: number[]; readonly peers: number[] } = { ours: [], peers: [] };
  for (let n = 0; n < QUERIES / 2; n++) {
    const { q } = queryOf(n * 8, bodies, alerts);
    const began = now();
    await service.search({ q, kind: [], limit: SHOWN });
    const between = now();
    peer.find(q.split(" "), SHOWN);
    times.ours.push(between - began);
    times.peers.push(now() - between);
  }
  tell("query of words, median", percentile(times.ours, 0.5), "ms", percentile(times.peers, 0.5));
  tell("query of words, p95", percentile(times.ours, 0.95), "ms", percentile(times.peers, 0.95));
}

async function measureQueries(
  service: NodeService,
  bodies: readonly Body[],
  alerts: number,
  tell: Tell,
): Promise<void> {
  const times: number[] = [];
  let found = 0;
  for (let n = 0; n < QUERIES; n++) {
    const query = queryOf(n, bodies, alerts);
    const began = now();
    const { entries } = await service.search({ ...query, limit: SHOWN });
    times.push(now() - began);
    found += entries.length > 0 ? 1 : 0;
  }
  tell("queries that found something", (100 * found) / QUERIES, "%");
  tellSpread("query", times, tell);
  const related: number[] = [];
  for (let n = 0; n < QUERIES / 4; n++) {
    const began = now();
    await service.related(`origin.example:${3 + ((n * 7919) % alerts)}`, { limit: 50 });
    related.push(now() - began);
  }
  tellSpread("related", related, tell);
}

/** Inbox and list of cases: the first folds them all. */
async function measureLists(service: NodeService, tell: Tell): Promise<void> {
  for (const [name, mine] of [
    ["cases, for the first time", false],
    ["case list", false],
    ["inbox", true],
  ] as const) {
    const began = now();
    await service.cases({ mine, limit: 50 });
    tell(name, now() - began, "ms");
  }
  const began = now();
  await service.indicators({}, () => undefined);
  tell("statistics of all cases", (now() - began) / 1000, "s");
}

function tellSpread(name: string, times: readonly number[], tell: Tell): void {
  tell(`${name}, median`, percentile(times, 0.5), "ms");
  tell(`${name}, p95`, percentile(times, 0.95), "ms");
  tell(`${name}, longest`, percentile(times, 1), "ms");
}

/** What people look for, in turn: words of an alert, a phrase of it, beginnings, its barcode, and what is everywhere. */
function queryOf(n: number, bodies: readonly Body[], alerts: number): Omit<SearchQuery, "limit"> {
  const index = (n * 104_729) % alerts;
  const words = textOf(variant(bodies, index)).match(/[a-z]{4,}/gi) ?? ["toy"];
  const word = (at: number): string => words[(index * 31 + at * 17) % words.length] ?? "toy";
  const start = (index * 13) % Math.max(1, words.length - 3);
  switch (n % 8) {
    case 0:
      return { q: `${word(0)} ${word(1)}`, kind: [] };
    case 1:
      return { q: `${word(0)} ${word(1)} ${word(2)}`, kind: [] };
    case 2:
      return { q: `"${words.slice(start, start + 2).join(" ")}"`, kind: [] };
    case 3:
      return { q: `${word(0).slice(0, 5)}*`, kind: [] };
    case 4:
      return { q: `model-${index}`, kind: [] };
    case 5:
      return { q: word(0), kind: ["category=toys"], type: "alert" };
    case 6:
      return { q: "", kind: [`batch=LOT ${index}`] };
    default:
      return { q: ["the", "toys", "risk", "玩具"][Math.floor(n / 8) % 4] ?? "", kind: [] };
  }
}

async function publishedNode(directory: string, bodies: readonly Body[], alerts: number): Promise<BenchNode> {
  const [origin, reader] = [createAuthority("origin.example"), createAuthority("reader.example")];
  await createNode(directory, origin);
  const node = await openNode(directory, origin, []);
  const { core } = node;
  await core.addPeer(trusted(reader, []));
  await core.decide("alone");
  await core.publishFollowers();
  const chain = chainOf(reader.charter);
  const audience = await core.ownAudiences.ensure([{ id: chain.id, memberKey: lastCharter(chain).member }]);
  for (let from = 0; from < alerts; from += BATCH) {
    const count = Math.min(BATCH, alerts - from);
    await core.ownLog.append(Array.from({ length: count }, (_, i) => draft(node, audience, variant(bodies, from + i))));
  }
  return node;
}

function draft({ core }: BenchNode, audience: number, body: Body): EntryDraft {
  const content = formatRecord({ type: "alert", refs: [], partKinds: [], body });
  const ownerId = core.ownLog.store.id;
  const type = "application/vnd.entente.record+cbor";
  const bytes = formatPart({ ownerId, salt: core.init.random(32), name: "", type, content });
  const part = { audience, digest: partDigest(sha256, bytes), size: bytes.length };
  return { leaf: (time) => ({ kind: "record", time, parts: [part] }), parts: [{ part: 0, bytes }], extra: () => [] };
}

async function realAlerts(): Promise<readonly Body[]> {
  if (PORTAL === undefined) return [ALERT_EXAMPLE.body];
  const bodies: Body[] = [];
  for await (const { result } of readSafetyGateFile(PORTAL)) if (result?.status === "read") bodies.push(result.body);
  return bodies;
}

/** Alert number `index`: the product of one, the risk of another, the measures of a third, and identifiers of its own. */
function variant(bodies: readonly Body[], index: number): Body {
  const pick = (step: number): Body => bodies[Math.floor(index * step + index / bodies.length) % bodies.length] ?? {};
  const [first, second, third] = [pick(1), pick(3), pick(7)];
  const { cases: _, product, ...rest } = first;
  const text = index % 50 === 0 ? { kind: { en: "Soft toy", zh: `毛绒玩具${index}` } } : {};
  const own = { models: [`Model-${index}`], batches: [`LOT ${index}`], barcodes: [gtin13(Math.floor(index / 3))] };
  return {
    ...rest,
    product: { ...(product as CborMap), ...text, ...own },
    ...("risk" in second ? { risk: second["risk"] ?? {} } : {}),
    ...("measures" in third ? { measures: third["measures"] ?? [] } : {}),
  };
}

/** With its check digit. */
function gtin13(number: number): string {
  const digits = `20${String(number).padStart(10, "0")}`;
  const sum = [...digits.matchAll(/./g)].reduce(
    (total, [digit], at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? Object.values(value).map(textOf).join(" ") : "";
}

// The node's own timers keep no process alive.
const alive = setInterval(() => undefined, 60_000);
await main();
clearInterval(alive);
