import type { PeerName } from "./peers/peer.ts";
import { type Circumstances, rounded } from "./usage.ts";

type Kind = { readonly title: string; readonly unit: string; readonly better: "more" | "less" };

/** What is measured, in the order of the table. */
export const FIGURES = {
  bulk: { title: "bulk append, batches of 1000", unit: "records/s", better: "more" },
  bulkClosed: { title: "bulk append until closed and fsynced", unit: "records/s", better: "more" },
  singleP50: { title: "single append, p50", unit: "ms", better: "less" },
  singleP99: { title: "single append, p99", unit: "ms", better: "less" },
  replication: { title: "cold replication", unit: "records/s", better: "more" },
  replicationCpuOrigin: { title: "cold replication, CPU of the origin", unit: "s", better: "less" },
  replicationCpuFollower: { title: "cold replication, CPU of the follower", unit: "s", better: "less" },
  replicationMemoryOrigin: { title: "cold replication, peak memory of the origin", unit: "MiB", better: "less" },
  replicationMemoryFollower: { title: "cold replication, peak memory of the follower", unit: "MiB", better: "less" },
  liveP50: { title: "live latency, p50", unit: "ms", better: "less" },
  liveP99: { title: "live latency, p99", unit: "ms", better: "less" },
  verification: { title: "verification of a stored history", unit: "records/s", better: "more" },
  opening: { title: "opening", unit: "ms", better: "less" },
  diskOrigin: { title: "on disk at the origin", unit: "bytes/record", better: "less" },
  diskFollower: { title: "on disk at the follower", unit: "bytes/record", better: "less" },
} as const satisfies Readonly<Record<string, Kind>>;

export type FigureName = keyof typeof FIGURES;

/** One number that was measured once. */
export type Figure = {
  readonly figure: FigureName;
  readonly peer: PeerName;
  /** Records in the log, or appended. */
  readonly records: number;
  readonly run: number;
  readonly value: number;
};

/**
 * Collects figures and prints each as one line of JSON, with what the machine was like:
 *
 *     {"figure":"opening","peer":"entente","records":20000,"run":1,"value":41.2,"unit":"ms","load":0.4,"hashes":512000}
 */
export class Figures {
  readonly #all: Figure[] = [];

  get all(): readonly Figure[] {
    return this.#all;
  }

  add(figure: Figure, circumstances: Circumstances): void {
    this.#all.push(figure);
    const { unit } = FIGURES[figure.figure];
    console.log(JSON.stringify({ ...figure, value: rounded(figure.value), unit, ...circumstances }));
  }
}
