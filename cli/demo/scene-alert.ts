import { DemoError } from "./demo-error.ts";
import { untilHeld } from "./held.ts";
import { show } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** Publishes an alert with a picture for all and a section for one; gives the entry. */
export async function publishAlert(stage: Stage): Promise<string> {
  const { voice, toys, exporter, consumer } = stage;
  voice.heading("An alert, part of it for one authority only");
  voice.say(
    `A toy has lead in its paint. Everybody may see the alert and the photograph; who made and who imported the toy is for ${exporter.name} alone, which can go to the factory. First a look at who would see what:`,
  );
  const args = [
    ["publish", "samples/alert.json", "--to", `${exporter.name},${consumer.name}`],
    ["--attach", "picture=samples/photo.png"],
    ["--section", `traceability=samples/traceability.json@${exporter.name}`],
  ].flat();
  await show(stage, { who: toys, args: [...args, "--preview"] });
  voice.say("That is as it should be, so the same without --preview:");
  const entry = publishedEntry(await show(stage, { who: toys, args }));
  await untilHeld(entry, [exporter, consumer]);
  return entry;
}

/** The entry that `entente publish` names. */
export function publishedEntry(output: string): string {
  const entry = /^published: entry (\S+)$/m.exec(output)?.[1];
  if (entry === undefined) throw new DemoError("entente publish named no entry", output.split("\n"));
  return entry;
}
