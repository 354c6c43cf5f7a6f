import { untilHeld } from "./held.ts";
import { publishedEntry } from "./scene-alert.ts";
import { PEER } from "./schemas.ts";
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
    return peers.every(({ state }) => state !== "connected");
  });
  await show(stage, { who: consumer, args: ["peer", "list"] });
  voice.say(`Meanwhile ${exporter.name} had the toy tested, and publishes the report:`);
  const args = ["result", "add", alert, "--file", "samples/test-report.json"];
  const report = publishedEntry(await show(stage, { who: exporter, args }));
  await untilHeld(report, [toys]);
  voice.say(`${toys.name} has the whole story, ${consumer.name} only what came before:`);
  await showAll(
    stage,
    [toys, consumer].map((who) => ({ who, args: ["thread", alert] })),
  );
  await line.restore();
  voice.event("The line is mended. Nobody does anything.");
  const start = performance.now();
  await untilHeld(report, [consumer]);
  const ms = performance.now() - start;
  voice.say(`${(ms / 1000).toFixed(1)} seconds later:`);
  await show(stage, { who: consumer, args: ["thread", alert] });
  return ms;
}
