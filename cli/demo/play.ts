import { count, formatBytes } from "../text.ts";
import { howToGoOn, straightenWires } from "./keep.ts";
import type { Processes } from "./processes.ts";
import { publishAlert } from "./scene-alert.ts";
import { begin } from "./scene-begin.ts";
import { answerAndCrash } from "./scene-crash.ts";
import { reportAndCut } from "./scene-cut.ts";
import { importAlerts } from "./scene-import.ts";
import { closeTheLoop } from "./scene-loop.ts";
import { prove } from "./scene-proof.ts";
import { compareSight } from "./scene-sight.ts";
import { trust } from "./scene-trust.ts";
import { setUp } from "./set-up.ts";

export type PlayOptions = { readonly dataFile: string; readonly keep: boolean };

/** Plays the whole demonstration in the empty directory `dir`. */
export async function play(dir: string, processes: Processes, { dataFile, keep }: PlayOptions): Promise<void> {
  const start = performance.now();
  const stage = await setUp(dir, processes);
  const { voice, toys, exporter, consumer } = stage;
  voice.say(
    `Three market-surveillance authorities exchange alerts: ${toys.name} in the Netherlands, ${exporter.name} in China, ${consumer.name} in Latvia. They are invented, as are all products, firms and numbers. All three run on this machine, each as its own process with its own directory, and nothing leaves it. Every command below is run as it stands; … stands for lines that are left out.`,
  );
  const identities = await begin(stage);
  await trust(stage, identities);
  const alerts = await importAlerts(stage, dataFile);
  const alert = await publishAlert(stage);
  const search = await compareSight(stage, alert);
  const restartMs = await answerAndCrash(stage, alert);
  const catchUpMs = await reportAndCut(stage, alert);
  await closeTheLoop(stage, alert);
  if (keep) await straightenWires(stage);
  const proof = await prove(stage, alert, identities);
  voice.heading("In short");
  voice.lines([
    "",
    `  trust       6 decisions, both sides of 3 pairs; 1 signed log for each authority, held by all 3`,
    `  exchange    ${count(alerts, "imported alert")}, 1 alert with 2 parts, 2 test reports, 6 acts of a case: at all 3`,
    `  loop        found, answered at the source, verified at the border, closed: the same case at all 3`,
    `  secrecy     no confidential text in ${count(search.files, "file")} (${formatBytes(search.bytes)}) of ${consumer.name}`,
    `  crash       killed with kill -9, ready again after ${seconds(restartMs)}, nothing lost`,
    `  cut line    caught up ${seconds(catchUpMs)} after it was mended`,
    `  proof       ${count(proof.files, "file")}, ${formatBytes(proof.bytes)}, verified with no node running; one flipped bit is noticed`,
    `  time        ${seconds(performance.now() - start)}, ${count(processes.count, "process", "processes")}`,
    "",
    ...(keep ? howToGoOn(stage) : ["Nothing is left running or behind; npm run demo -- --keep leaves it all."]),
  ]);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
