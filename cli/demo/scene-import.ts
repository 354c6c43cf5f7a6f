import type { Authority } from "./authority.ts";
import { DemoError } from "./demo-error.ts";
import { LOG } from "./schemas.ts";
import { show, showAll } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

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
    only: /^\d+ imported|^line \d/,
    // A bad row is left out, and the others go in.
    codes: [0, 1],
  });
  const alerts = Number(/^(\d+) imported/m.exec(output)?.[1] ?? 0);
  if (alerts === 0) throw new DemoError(`no alert was imported from ${file}`, output.split("\n"));
  voice.say("The others hold all of it a moment later, verified entry by entry against one signature:");
  await sameSize(toys, [exporter, consumer]);
  await showAll(stage, [
    { who: exporter, args: ["logs"] },
    { who: consumer, args: ["list", "--type", "alert", "--limit", "3"] },
  ]);
  return alerts;
}

/** Waits until others hold all of an authority's log, with every part for them; gives its size and the milliseconds. */
export async function sameSize(
  owner: Authority,
  followers: readonly Authority[],
): Promise<{ readonly size: number; readonly ms: number }> {
  const size = await logSize(owner, owner);
  const waits = followers.map((follower) =>
    until(`${follower.name} does not hold ${size} entries of ${owner.name}`, async () =>
      (await logSize(follower, owner)) >= size ? true : undefined,
    ),
  );
  const ms = (await Promise.all(waits)).map((wait) => wait.ms);
  return { size, ms: Math.max(...ms) };
}

/** Entries that `who` holds of a log; 0 while a part of them is missing. */
async function logSize(who: Authority, owner: Authority): Promise<number> {
  const log = (await who.ask(LOG, "logs")).find(({ name }) => name === owner.name);
  return log === undefined || log.missingParts > 0 ? 0 : log.size;
}
