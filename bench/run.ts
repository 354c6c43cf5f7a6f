import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type FigureName, Figures } from "./figures.ts";
import type { Metric, Options } from "./options.ts";
import type { PeerName } from "./peers/peer.ts";
import type { Job } from "./roles.ts";
import { startWorker } from "./start-worker.ts";
import { type Circumstances, diskBytes, percentile, quiet, rounded } from "./usage.ts";

/** Records that the follower holds before live appends begin. */
const LIVE_BASE = 1_000;

type Values = Readonly<Record<string, number>>;

/** One pass over everything that was asked for, with the peers in the order given. */
export class Run {
  readonly #options: Options;
  readonly #figures: Figures;
  readonly #work: string;
  readonly #run: number;
  #circumstances: Circumstances = { load: 0, hashes: 0 };

  constructor(options: Options, figures: Figures, work: string, run: number) {
    this.#options = options;
    this.#figures = figures;
    this.#work = work;
    this.#run = run;
  }

  async measure(peers: readonly PeerName[]): Promise<void> {
    const replicators = peers.filter((peer) => peer !== "level");
    if (this.#wants("single")) for (const peer of peers) await this.#single(peer);
    for (const size of this.#options.sizes) {
      for (const peer of peers) await this.#bulk(peer, size);
      if (this.#wants("open")) for (const peer of replicators) await this.#open(peer, size);
      if (this.#wants("verify")) for (const peer of replicators) await this.#verify(peer, size);
      if (this.#wants("replication")) for (const peer of replicators) await this.#replicate(peer, size);
      for (const peer of peers) rmSync(this.#directory(peer, size), { recursive: true, force: true });
    }
    if (this.#wants("live")) for (const peer of replicators) await this.#live(peer);
  }

  async #single(peer: PeerName): Promise<void> {
    const count = this.#options.singles;
    await this.#settle();
    const { p50, p99 } = await this.#once({ role: "single", peer, directory: this.#fresh("single"), count });
    this.#add(peer, count, [
      ["singleP50", p50],
      ["singleP99", p99],
    ]);
  }

  /** What is appended here is also what the other metrics read. */
  async #bulk(peer: PeerName, count: number): Promise<void> {
    if (peer === "level" && !this.#wants("append")) return;
    await this.#settle();
    const directory = this.#fresh(`${peer}-${count}`);
    const { rate, closedRate } = await this.#once({ role: "bulk", peer, directory, count });
    if (!this.#wants("append")) return;
    this.#add(peer, count, [
      ["bulk", rate],
      ["bulkClosed", closedRate],
      ["diskOrigin", diskBytes(directory) / count],
    ]);
  }

  async #open(peer: PeerName, count: number): Promise<void> {
    await this.#settle();
    const { ms } = await this.#once({ role: "open", peer, directory: this.#directory(peer, count), count });
    this.#add(peer, count, [["opening", ms]]);
  }

  async #verify(peer: PeerName, count: number): Promise<void> {
    await this.#settle();
    const { rate } = await this.#once({ role: "verify", peer, directory: this.#directory(peer, count), count });
    this.#add(peer, count, [["verification", rate]]);
  }

  async #replicate(peer: PeerName, count: number): Promise<void> {
    await this.#settle();
    const origin = startWorker(this.#job({ role: "serve", peer, directory: this.#directory(peer, count), count }));
    const { link = "" } = await origin.hear();
    const directory = this.#fresh("follower");
    const follower = startWorker(this.#job({ role: "follow", peer, directory, count, link }));
    await follower.hear();
    origin.say("start");
    follower.say("go");
    const { values: followed = {} } = await follower.hear();
    origin.say("stop-clock");
    const { values: served = {} } = await origin.hear();
    follower.say("check");
    await follower.hear();
    await follower.ended;
    origin.say("stop");
    await origin.ended;
    const { seconds = Number.NaN, others = 0 } = followed;
    const { cpu = Number.NaN, memory } = served;
    this.#circumstances = { ...this.#circumstances, others: rounded(Math.max(0, others - cpu)) };
    this.#add(peer, count, [
      ["replication", count / seconds],
      ["replicationCpuOrigin", cpu],
      ["replicationCpuFollower", followed["cpu"]],
      ["replicationMemoryOrigin", memory],
      ["replicationMemoryFollower", followed["memory"]],
      ["diskFollower", diskBytes(directory) / count],
    ]);
  }

  async #live(peer: PeerName): Promise<void> {
    const count = this.#options.liveAppends;
    await this.#settle();
    const directory = this.#fresh(`${peer}-live`);
    await this.#once({ role: "bulk", peer, directory, count: LIVE_BASE });
    const origin = startWorker(this.#job({ role: "serve", peer, directory, count: LIVE_BASE }));
    const { link = "" } = await origin.hear();
    const follower = startWorker(
      this.#job({ role: "watch", peer, directory: this.#fresh("follower"), count: LIVE_BASE, link }),
    );
    await follower.hear();
    follower.say(`expect ${count}`);
    await follower.hear();
    origin.say(`live ${count}`);
    const [{ times: sent = [] }, { times: seen = [] }] = await Promise.all([origin.hear(), follower.hear()]);
    follower.say("stop");
    await follower.ended;
    origin.say("stop");
    await origin.ended;
    if (seen.length !== count) throw new Error(`${peer}: ${seen.length} of ${count} live records arrived`);
    const latencies = seen.map((time, i) => time - (sent[i] ?? 0));
    this.#add(peer, count, [
      ["liveP50", percentile(latencies, 0.5)],
      ["liveP99", percentile(latencies, 0.99)],
    ]);
  }

  #wants(metric: Metric): boolean {
    return this.#options.metrics.has(metric);
  }

  async #settle(): Promise<void> {
    this.#circumstances = await quiet(this.#options.patience);
  }

  async #once(job: Job): Promise<Values> {
    const worker = startWorker(this.#job(job));
    const { values = {} } = await worker.hear();
    await worker.ended;
    return values;
  }

  #job(job: Job): Job {
    const { profile } = this.#options;
    if (profile === undefined) return job;
    mkdirSync(profile, { recursive: true });
    return { ...job, profile: join(profile, `${job.peer}-${job.role}-${job.count}-${this.#run}.cpuprofile`) };
  }

  #add(peer: PeerName, records: number, values: readonly (readonly [FigureName, number | undefined])[]): void {
    for (const [figure, value = Number.NaN] of values)
      this.#figures.add({ figure, peer, records, run: this.#run, value }, this.#circumstances);
  }

  #directory(peer: PeerName, count: number): string {
    return join(this.#work, `${peer}-${count}`);
  }

  #fresh(name: string): string {
    const directory = join(this.#work, name);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    return directory;
  }
}
