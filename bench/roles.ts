import { closeSync, fdatasyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { equalBytes } from "../protocol/bytes.ts";
import type { Follower, Peer, PeerName, Replicator } from "./peers/peer.ts";
import { profiled } from "./profile.ts";
import { cpuSeconds, machineSeconds, now, peakMemory, percentile } from "./usage.ts";
import { record, records } from "./workload.ts";

/** What one process is started for. */
export type Job = {
  readonly role: keyof typeof ROLES;
  readonly peer: PeerName;
  readonly directory: string;
  /** Records to append, or that the store holds. */
  readonly count: number;
  /** What `serve` said, for who follows. */
  readonly link?: string;
  /** File for a CPU profile of what is measured. */
  readonly profile?: string;
};

/** What a process says. Every number is in the unit of its figure (`figures.ts`). */
export type Reply = {
  readonly values?: Readonly<Record<string, number>>;
  readonly times?: readonly number[];
  readonly link?: string;
};

/** Says something to who started the process, and waits for its next word. */
export type Talk = { say(reply: Reply): Promise<void>; hear(): Promise<string> };

type Measured = { readonly seconds: number; readonly cpu: number; readonly memory: number; readonly others: number };

/** Records of one append call in bulk. */
const BATCH = 1000;
/** Single appends before the clock starts. */
const WARM_UP = 200;
/** Between two live appends. */
const LIVE_EVERY_MS = 20;
/** For the last live records to arrive. */
const LIVE_PATIENCE_MS = 30_000;

const ROLES = { bulk, single, verify, open, serve, follow, watch };

export function play(peer: Peer, job: Job, talk: Talk): Promise<void> {
  return ROLES[job.role](peer, job, talk);
}

async function bulk(peer: Peer, { directory, count, profile }: Job, talk: Talk): Promise<void> {
  const all = records(0, count);
  const writer = await peer.openWriter(directory);
  const began = now();
  const { seconds, cpu } = await measured(profile, async () => {
    for (let at = 0; at < count; at += BATCH) await writer.appendBatch(all.slice(at, at + BATCH));
  });
  await writer.close();
  syncFiles(directory);
  const closed = (now() - began) / 1000;
  await talk.say({ values: { rate: count / seconds, closedRate: count / closed, cpu } });
}

async function single(peer: Peer, { directory, count, profile }: Job, talk: Talk): Promise<void> {
  const writer = await peer.openWriter(directory);
  for (const one of records(0, WARM_UP)) await writer.append(one);
  const all = records(WARM_UP, WARM_UP + count);
  const times: number[] = [];
  await measured(profile, async () => {
    for (const one of all) {
      const began = now();
      await writer.append(one);
      times.push(now() - began);
    }
  });
  await writer.close();
  await talk.say({ values: { p50: percentile(times, 0.5), p99: percentile(times, 0.99) } });
}

async function verify(peer: Peer, { directory, count, profile }: Job, talk: Talk): Promise<void> {
  const origin = await replicator(peer).openWriter(directory);
  const { seconds, memory } = await measured(profile, () => origin.verify(count));
  await origin.close();
  await talk.say({ values: { rate: count / seconds, memory } });
}

async function open(peer: Peer, { directory, profile }: Job, talk: Talk): Promise<void> {
  const opener = replicator(peer);
  const closing: { close(): Promise<void> }[] = [];
  const { seconds } = await measured(profile, async () => {
    closing.push(await opener.open(directory));
  });
  for (const opened of closing) await opened.close();
  await talk.say({ values: { ms: seconds * 1000 } });
}

/** Serves until told to stop; `start` and `stop-clock` bound what is measured, `live 500` appends as time goes by. */
async function serve(peer: Peer, { directory, count, profile }: Job, talk: Talk): Promise<void> {
  const origin = await replicator(peer).openWriter(directory);
  await talk.say({ link: await origin.serve() });
  for (let word = await talk.hear(); word !== "stop"; word = await talk.hear()) {
    if (word === "start") {
      const { cpu, memory } = await measured(profile, async () => {
        await talk.hear();
      });
      await talk.say({ values: { cpu, memory } });
    } else {
      const all = records(count, count + Number(word.split(" ")[1]));
      await talk.say({ times: await appendLive(all, (one) => origin.append(one)) });
    }
  }
  await origin.close();
}

/** Appends one record every so often without waiting for the one before; when each was handed over. */
async function appendLive(all: readonly Uint8Array[], append: (one: Uint8Array) => Promise<void>): Promise<number[]> {
  const began = now();
  const times: number[] = [];
  const appends: Promise<void>[] = [];
  for (const [i, one] of all.entries()) {
    const wait = began + i * LIVE_EVERY_MS - now();
    if (wait > 0) await sleep(wait);
    times.push(now());
    appends.push(append(one));
  }
  await Promise.all(appends);
  return times;
}

async function follow(peer: Peer, { directory, count, link = "", profile }: Job, talk: Talk): Promise<void> {
  const follower = await replicator(peer).openFollower(directory, link);
  await talk.say({});
  await talk.hear();
  const { seconds, cpu, memory, others } = await measured(profile, () => follower.pull(count));
  await talk.say({ values: { seconds, cpu, memory, others } });
  await talk.hear();
  await checkCopy(follower, count);
  await follower.close();
  await talk.say({});
}

/** What was received passes the peer's own check, and its records are those of the workload, byte for byte. */
async function checkCopy(follower: Follower, count: number): Promise<void> {
  await follower.verify(count);
  let index = 0;
  for await (const received of follower.records(count)) {
    if (!equalBytes(received, record(index))) throw new Error(`record ${index} came with other bytes`);
    index += 1;
  }
  if (index !== count) throw new Error(`${index} of ${count} records came`);
}

async function watch(peer: Peer, { directory, count, link = "" }: Job, talk: Talk): Promise<void> {
  const follower = await replicator(peer).openFollower(directory, link);
  await follower.pull(count);
  const expected = Number((await sayAndHear(talk)).split(" ")[1]);
  const times: number[] = [];
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  follower.watch(count, (received) => {
    times.push(now());
    if (!equalBytes(received, record(count + times.length - 1))) throw new Error("a live record came with other bytes");
    if (times.length === expected) resolve();
  });
  await talk.say({});
  await Promise.race([complete, sleep(expected * LIVE_EVERY_MS + LIVE_PATIENCE_MS)]);
  await talk.say({ times });
  await talk.hear();
  await follower.close();
}

async function sayAndHear(talk: Talk): Promise<string> {
  await talk.say({});
  return talk.hear();
}

async function measured(profile: string | undefined, work: () => Promise<void>): Promise<Measured> {
  return profiled(profile, async () => {
    const [time, cpuBefore, machineBefore] = [now(), cpuSeconds(), machineSeconds()];
    await work();
    const seconds = (now() - time) / 1000;
    const cpu = cpuSeconds() - cpuBefore;
    return { seconds, cpu, memory: peakMemory(), others: machineSeconds() - machineBefore - cpu };
  });
}

function replicator(peer: Peer): Replicator {
  if (!isReplicator(peer)) throw new Error(`${peer.name} does not replicate`);
  return peer;
}

function isReplicator(peer: Peer): peer is Replicator {
  return "openFollower" in peer;
}

/** So that a peer that does not fsync is as durable at the end as one that does. */
function syncFiles(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath, entry.name), "r");
    fdatasyncSync(file);
    closeSync(file);
  }
}
