import type { Completeness } from "../../node/service.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import type { LocalClient } from "../local-client.ts";
import { startProgress } from "../progress.ts";
import { completenessLines } from "../show/completeness.ts";
import type { World } from "../world.ts";

export const complete = defineCommand({
  name: "complete",
  usage: "[LOG]",
  arguments: [0, 1],
  summary: "say whether everything addressed to this authority is here",
  description: [
    "Of one log, or of all that are followed: up to which checkpoint, who confirmed it and when, how many parts are addressed to this authority, and of those that are missing who was asked and answered what.",
    "✓ stands only where the owner of the log is in contact and has confirmed the checkpoint. ~ means complete so far: nothing is known to be missing, and why there may be more is named. ? means that nothing has come. The exit code is 0 only if all of them have ✓.",
  ],
  options: {},
  examples: [
    "entente complete",
    "entente complete nvwa.nl",
    "entente complete --json | jq -r 'select(.complete | not) | .log'",
  ],
  async run({ world, connect, print }, [log]) {
    const client = await connect();
    const reports = log === undefined ? await ofFollowed(world, client) : [await ofOne(world, client, log)];
    print.list("entente/complete/1", reports, () => reports.flatMap(completenessLines));
    return reports.every((report) => report.complete) ? EXIT.done : EXIT.refused;
  },
});

async function ofFollowed(world: World, client: LocalClient): Promise<readonly Completeness[]> {
  const reports: Completeness[] = [];
  for (const { name } of await client.logs()) reports.push(await ofOne(world, client, name));
  return reports.filter(({ followed }) => followed);
}

async function ofOne(world: World, client: LocalClient, log: string): Promise<Completeness> {
  const progress = startProgress(world, `counting ${log}`);
  const report = await client.completeness(log, (now) => progress.update(now));
  progress.end();
  return report;
}
