import { parseArgs } from "node:util";

export const METRICS = ["append", "single", "replication", "live", "verify", "open", "search"] as const;
export type Metric = (typeof METRICS)[number];

export type Options = {
  readonly runs: number;
  /** Numbers of records for append, replication, verification and opening. */
  readonly sizes: readonly number[];
  readonly singles: number;
  readonly liveAppends: number;
  /** Alerts among which is searched. */
  readonly alerts: number;
  readonly metrics: ReadonlySet<Metric>;
  /** Ours alone, without Hypercore. */
  readonly alone: boolean;
  /** Directory for CPU profiles of everything that is measured. */
  readonly profile: string | undefined;
  /** Seconds to wait for a quiet machine before each measurement. */
  readonly patience: number;
};

const QUICK = { sizes: [2_000], singles: 200, liveAppends: 50, alerts: 2_000, patience: 0 };
const FULL = { sizes: [20_000, 100_000], singles: 2_000, liveAppends: 500, alerts: 100_000, patience: 8 };

const USAGE = `npm run bench -- [--quick] [--runs N] [--only ${METRICS.join(",")}] [--alone] [--profile DIR]`;

export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      runs: { type: "string" },
      only: { type: "string" },
      alone: { type: "boolean", default: false },
      profile: { type: "string" },
    },
  });
  const { quick, alone, profile } = values;
  const runs = Number(values.runs ?? (quick ? 1 : 3));
  const named = values.only?.split(",") ?? METRICS;
  const metrics = new Set(METRICS.filter((metric) => named.includes(metric)));
  if (!Number.isSafeInteger(runs) || runs < 1 || metrics.size !== named.length) throw new RangeError(USAGE);
  return quick ? { runs, metrics, alone, profile, ...QUICK } : { runs, metrics, alone, profile, ...FULL };
}
