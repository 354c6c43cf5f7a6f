import { untilHeld } from "./held.ts";
import { publishedEntry } from "./scene-alert.ts";
import { CASE } from "./schemas.ts";
import { authoritiesOf, show, showAll } from "./stage.ts";
import type { Stage, Step } from "./stage.ts";
import { until } from "./until.ts";

/** From the alert to its end: asked, answered, verified at the border, closed, counted. */
export async function closeTheLoop(stage: Stage, alert: string): Promise<void> {
  const { voice, toys, exporter, consumer } = stage;
  voice.heading("The loop is closed");
  voice.say(`What waits at ${consumer.name}? Silence is a state, and nobody has to remember:`);
  await show(stage, { who: consumer, args: ["inbox"] });
  await act(stage, { who: consumer, args: ["follow-up", alert, "--outcome", "not-found"] });
  voice.say(`${toys.name} asks at the source, and is answered there:`);
  const question = "Where did the rest of the batch go?";
  const asking = ["request", alert, "--kind", "traceability", "--ask", exporter.name, "--question", question];
  const request = await act(stage, { who: toys, args: asking });
  const answering = ["answer", request, "--outcome", "complete", "--text", "Two more containers, held at the port."];
  await act(stage, { who: exporter, args: answering });
  voice.say(`Two laboratories measured the lead, with two results. Do they really differ?`);
  await act(stage, { who: toys, args: ["result", "add", alert, "--file", "samples/test-report-first.json"] });
  await show(stage, { who: exporter, args: ["compare", alert, "--analyte", "Lead"] });
  const measure = await exportBan(stage, alert);
  voice.say(`At the next consignments ${consumer.name} looks whether the ban works, and ${toys.name} closes the case:`);
  const looking = ["verify-measure", measure, "--result", "worked", "--method", "border-check"];
  await act(stage, { who: consumer, args: [...looking, "--checked", "3", "--found", "0"] });
  const closing = [
    "close",
    alert,
    "--outcome",
    "measures-verified",
    "--reason",
    "Nothing found in three consignments.",
  ];
  await act(stage, { who: toys, args: closing });
  voice.say("All three compute the same case from what they hold; no clock and no server decides it:");
  const only = /^(is|held by|hash) /;
  await showAll(
    stage,
    authoritiesOf(stage).map((who) => ({ who, args: ["case", "show", alert], only })),
  );
  await show(stage, { who: consumer, args: ["case", "timeline", alert] });
  voice.say("And it counts:");
  await show(stage, { who: toys, args: ["stats", "--from", new Date().toISOString().slice(0, 10)] });
}

/** Publishes, and waits until everybody has it. */
async function act(stage: Stage, step: Step): Promise<string> {
  const entry = publishedEntry(await show(stage, step));
  await untilHeld(
    entry,
    authoritiesOf(stage).filter((one) => one !== step.who),
  );
  return entry;
}

/** The entry of the exporter's follow-up with its first measure. */
async function exportBan({ consumer, exporter }: Stage, alert: string): Promise<string> {
  let found: string | undefined;
  await until(`${consumer.name} does not see the measure of ${exporter.name}`, async () => {
    const [detail] = await consumer.ask(CASE, "case", "show", alert);
    found = detail?.measures.find(({ by, index }) => by === exporter.name && index === 0)?.entry;
    return found !== undefined;
  });
  return found ?? "";
}
