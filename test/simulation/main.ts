import { parseArgs } from "node:util";
import { type HistoryResult, runHistory } from "./history.ts";

/** Seeds between two lines of progress. */
const PROGRESS_SEEDS = 50;

const USAGE = "npm run simulate -- [--seeds N] [--from S] [--until-failure]   or   npm run simulate -- --seed S";

/** Runs histories, one after the other; of one that fails it prints the seed. The last line is JSON. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: "string" }, from: { type: "string" }, seed: { type: "string" }, "until-failure": { type: "boolean" } } });
  if (values.seed !== undefined) return finish([await runHistory(numberOf(values.seed), (line) => console.log(line))], 0);
  const from = numberOf(values.from ?? "1");
  const count = numberOf(values.seeds ?? "50");
  const began = Date.now();
  const results: HistoryResult[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const result = await runHistory(seed);
    results.push(result);
    for (const violation of result.violations) console.log(`seed ${seed}: ${violation}`);
    if (values["until-failure"] === true && result.violations.length > 0) break;
    if (results.length % PROGRESS_SEEDS === 0) console.log(`${results.length} of ${count} histories, ${failed(results).length} failed, ${((Date.now() - began) / 1000 / results.length).toFixed(2)} s each`);
  }
  finish(results, Date.now() - began);
}

function finish(results: readonly HistoryResult[], ms: number): void {
  for (const { seed, violations } of failed(results)) console.log(`seed ${seed} failed: ${violations[0]}\n  npm run simulate -- --seed ${seed}`);
  const sum = (count: (result: HistoryResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  const summary = {
    schema: "entente/simulation/1",
    histories: results.length,
    failed: failed(results).map(({ seed }) => seed),
    steps: sum((result) => result.steps),
    entries: sum((result) => result.entries),
    virtualSeconds: Math.round(sum((result) => result.virtualMs) / 1000),
    seconds: Math.round(ms / 1000),
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
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(USAGE);
  process.exit(2);
}

await main();
