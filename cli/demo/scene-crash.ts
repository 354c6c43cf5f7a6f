import { untilHeld } from "./held.ts";
import { publishedEntry } from "./scene-alert.ts";
import { connected } from "./scene-trust.ts";
import { show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** An answer to the alert, and a crash the moment it was acknowledged; gives how long the node took to come back. */
export async function answerAndCrash(stage: Stage, alert: string): Promise<number> {
  const { voice, exporter, consumer, toys } = stage;
  voice.heading("An answer, and a crash");
  voice.say(`${exporter.name} found the factory and answers:`);
  const to = ["--to", `${toys.name},${consumer.name}`];
  const args = ["publish", "samples/follow-up.json", ...to, "--ref", alert];
  const answer = publishedEntry(await show(stage, { who: exporter, args }));
  await exporter.kill();
  voice.event(`At this very moment the process of ${exporter.name} is killed (kill -9).`);
  voice.say("What was called published is on the disk. The node is started again, nothing is repaired by hand:");
  const start = performance.now();
  voice.command(exporter, exporter.startArgs, " &");
  voice.output([(await exporter.start()).replace(/, socket.*/, ", …")]);
  const ms = performance.now() - start;
  await connected(exporter, 2);
  await untilHeld(answer, [toys, consumer]);
  voice.say(`Its own log and its copy of the log of ${toys.name} are whole, every hash and every signature:`);
  await showAll(
    stage,
    [exporter, toys].map(({ name }) => ({ who: exporter, args: ["verify", name], only: /^entries|^parts|verified:/ })),
  );
  voice.say(`And ${toys.name} has the answer:`);
  await show(stage, { who: toys, args: ["thread", alert] });
  return ms;
}
