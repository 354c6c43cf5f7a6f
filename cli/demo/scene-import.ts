import { DemoError } from "./demo-error.ts";
import { heldSize, untilHeld } from "./held.ts";
import { show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** Publishes the alerts of an export of the portal; gives how many. */
export async function importAlerts(stage: Stage, file: string): Promise<number> {
  const { voice, toys, exporter, consumer } = stage;
  voice.heading("An import");
  voice.say(
    `${toys.name} has alerts in the Safety Gate portal already, and publishes its export to both others. A row that is odd goes in all the same, and is named; one that makes no sense is left out, and named.`,
  );
  const to = ["--to", `${exporter.name},${consumer.name}`];
  const output = await show(stage, {
    who: toys,
    args: ["import", "safety-gate", file, ...to],
    withNotes: true,
    only: /^\d+ imported|^line \d|^entente|^hint/,
    // A bad row is left out, and the others go in.
    codes: [0, 1],
  });
  const alerts = Number(/^(\d+) imported/m.exec(output)?.[1] ?? 0);
  if (alerts === 0) throw new DemoError(`no alert was imported from ${file}`, output.split("\n"));
  voice.say("The others hold all of it a moment later, verified entry by entry against one signature:");
  await untilHeld(`${toys.name}:${(await heldSize(toys, toys.name)) - 1}`, [exporter, consumer]);
  await showAll(stage, [
    { who: exporter, args: ["logs"] },
    { who: consumer, args: ["list", "--type", "alert", "--limit", "3"] },
  ]);
  return alerts;
}
