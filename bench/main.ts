import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import START_FLAGS from "../cli/start-flags.json" with { type: "json" };
import { Figures } from "./figures.ts";
import { type Options, readOptions } from "./options.ts";
import type { Peer, PeerName } from "./peers/peer.ts";
import { Run } from "./run.ts";
import { formatTable } from "./table.ts";
import { workloadDigest } from "./workload.ts";

/** On the same disk as the program, and not in a temporary directory: that may lie in memory. */
const WORK = join(import.meta.dirname, "work");
const HYPERCORE = new URL("./node_modules/hypercore", import.meta.url);

/**
 * Measures this program beside Hypercore 11 and Level, each role in a fresh process, two processes on loopback for
 * replication. Prints one line of JSON a figure, then a table of medians and ratios in Markdown.
 */
async function main(): Promise<void> {
  const options = readOptions();
  if (!options.alone && !existsSync(HYPERCORE)) {
    console.error("Hypercore is not installed: npm ci --prefix bench, or leave it out with --alone");
    process.exitCode = 1;
    return;
  }
  if (options.metrics.size > 1 || !options.metrics.has("search")) await measurePeers(options);
  // Last, since it takes as long as all others, and once, since it is compared with nothing that varies beside it.
  if (options.metrics.has("search")) measureSearch(options);
}

async function measurePeers(options: Options): Promise<void> {
  await introduce(options);
  const figures = new Figures();
  mkdirSync(WORK, { recursive: true });
  const work = mkdtempSync(join(WORK, "run-"));
  const end = (): void => rmSync(work, { recursive: true, force: true });
  process.once("SIGINT", () => {
    end();
    process.exit(130);
  });
  try {
    for (let run = 1; run <= options.runs; run++) {
      // Alternating, so that nobody always comes first on a machine that grows warm or busy.
      const peers = run % 2 === 1 ? peerNames(options) : peerNames(options).toReversed();
      await new Run(options, figures, work, run).measure(peers);
    }
  } finally {
    end();
  }
  console.log(`\n${formatTable(figures.all)}`);
}

/** The search index, and the lists of cases, in a process of their own that prints its figures itself. */
function measureSearch({ alerts }: Options): void {
  const program = join(import.meta.dirname, "search.ts");
  const args = [...START_FLAGS, program, "--alerts", String(alerts)];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

/** What the figures are of: the machine, the peers, the workload. */
async function introduce({ alone, sizes }: Options): Promise<void> {
  const peers: Peer[] = [(await import("./peers/entente.ts")).entente, (await import("./peers/level.ts")).level];
  if (!alone) peers.push((await import("./peers/hypercore.ts")).hypercore);
  const [cpu] = cpus();
  const machine = { cpu: `${cpus().length} × ${cpu?.model}`, memoryGiB: Math.round(totalmem() / 2 ** 30) };
  const about = Object.fromEntries(peers.map((peer) => [peer.name, peer.about]));
  const records = Math.max(...sizes);
  console.log(
    JSON.stringify({ node: process.version, ...machine, ...about, records, sha256: workloadDigest(records) }),
  );
}

function peerNames({ alone }: Options): readonly PeerName[] {
  return alone ? ["entente", "level"] : ["entente", "hypercore", "level"];
}

await main();
