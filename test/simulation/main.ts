import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { type HistoryOptions, type HistoryResult, runHistory } from "./history.ts";
import { runYear } from "./year.ts";
import { yearAlerts } from "./year-alerts.ts";

/** Seeds between two lines of progress. */
const PROGRESS_SEEDS = 50;

const USAGE = `npm run simulate -- [--seeds N] [--from S] [--until-failure] [--faults KIND,KIND]
npm run simulate -- --seed S [--faults KIND,KIND]
npm run simulate -- --year …

Runs N histories of a federation (50), from seed S on (1), or replays one and shows what happens in it.
--year: instead of a minute of troubles a year of alerts, cases and erasures.
Kinds of faults: ${FAULT_KINDS.join(", ")}; the seed chooses some of them unless they are named.`;

const OPTIONS = {
  seeds: { type: "string", default: "50" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  faults: { type: "string" },
  "until-failure": { type: "boolean", default: false },
  year: { type: "boolean", default: false },
} as const;

/** Runs histories, one after the other; of one that fails it prints the seed. The last line is JSON. */
async function main(): Promise<void> {
  const began = Date.now();
  const { values } = parseArgs({ options: OPTIONS });
  const options = values.faults === undefined ? {} : { faults: values.faults.split(",").map(faultKind) };
  const run = values.year ? await years() : runHistory;
  const results: HistoryResult[] = [];
  if (values.seed !== undefined) {
    results.push(await run(numberOf(values.seed), { ...options, print: (line) => console.log(line) }));
    return finish(results, values, began);
  }
  const [from, count] = [numberOf(values.from), numberOf(values.seeds)];
  for (let seed = from; seed < from + count; seed++) {
    const result = await run(seed, options);
    results.push(result);
    if (result.violations.length > 0 && values["until-failure"]) break;
    if (results.length % PROGRESS_SEEDS === 0) progress(results, count, began);
  }
  finish(results, values, began);
}

function progress(results: readonly HistoryResult[], count: number, began: number): void {
  const seconds = (Date.now() - began) / 1000 / results.length;
  console.log(
    `${results.length} of ${count} histories, ${failed(results).length} failed, ${seconds.toFixed(2)} s each`,
  );
}

async function years(): Promise<typeof runHistory> {
  const alerts = await yearAlerts();
  return (seed: number, { print }: HistoryOptions = {}) =>
    runYear(seed, { alerts, ...(print === undefined ? {} : { print }) });
}

function finish(
  results: readonly HistoryResult[],
  { faults, year }: { readonly faults?: string | undefined; readonly year: boolean },
  began: number,
): void {
  const option = `${year ? " --year" : ""}${faults === undefined ? "" : ` --faults ${faults}`}`;
  for (const { seed, violations } of failed(results)) {
    console.log([`seed ${seed} failed; npm run simulate -- --seed ${seed}${option}`, ...violations].join("\n  "));
  }
  const sum = (count: (result: HistoryResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const summary = {
    schema: "entente/simulation/1",
    histories: results.length,
    failed: failed(results).map(({ seed }) => seed),
    steps: sum((result) => result.steps),
    entries: sum((result) => result.entries),
    virtualSeconds: Math.round(sum((result) => result.virtualMs) / 1000),
    seconds: Math.round((Date.now() - began) / 1000),
    digest: results.at(-1)?.digest,
  };
  console.log(JSON.stringify(summary));
  process.exitCode = summary.failed.length === 0 ? 0 : 1;
}

function failed(results: readonly HistoryResult[]): readonly HistoryResult[] {
  return results.filter(({ violations }) => violations.length > 0);
}

function numberOf(text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : misused();
}

function faultKind(text: string): FaultKind {
  return FAULT_KINDS.find((kind) => kind === text) ?? misused();
}

function misused(): never {
  console.error(USAGE);
  process.exit(2);
}

await main();
