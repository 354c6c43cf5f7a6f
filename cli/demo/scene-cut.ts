import { publishedEntry } from "./scene-alert.ts";
import { sameSize } from "./scene-import.ts";
import { ENTRY, PEER } from "./schemas.ts";
import { show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

/** A test report while one authority is cut off; gives how long it took to catch up. */
export async function reportAndCut(stage: Stage, alert: string): Promise<number> {
  const { voice, exporter, consumer, toys, line } = stage;
  voice.heading("A test report, and a cut line");
  line.cut();
  voice.event(`The line of ${consumer.name} is cut.`);
  await until(`${consumer.name} does not notice that its line is cut`, async () => {
    const peers = await consumer.ask(PEER, "peer", "list");
    return peers.every(({ state }) => state !== "connected") ? true : undefined;
  });
  await show(stage, { who: consumer, args: ["peer", "list"] });
  voice.say(`Meanwhile ${exporter.name} had the toy tested, and publishes the report:`);
  const to = ["--to", `${toys.name},${consumer.name}`];
  const args = ["publish", "samples/test-report.json", ...to, "--ref", alert];
  const report = publishedEntry(await show(stage, { who: exporter, args }));
  await sameSize(exporter, [toys]);
  voice.say(`${toys.name} has the whole story, ${consumer.name} only what came before:`);
  await showAll(
    stage,
    [toys, consumer].map((who) => ({ who, args: ["thread", alert] })),
  );
  await line.restore();
  voice.event("The line is mended. Nobody does anything.");
  const { ms } = await until(`${consumer.name} does not hold ${report}`, async () => {
    const thread = await consumer.ask(ENTRY, "thread", alert);
    return thread.find(({ entry, parts }) => entry === report && parts.every((part) => part === "held"));
  });
  voice.say(`${(ms / 1000).toFixed(1)} seconds later:`);
  await show(stage, { who: consumer, args: ["thread", alert] });
  return ms;
}
