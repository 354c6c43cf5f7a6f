import { join } from "node:path";
import { authoritiesOf, show } from "./stage.ts";
import type { Stage } from "./stage.ts";

const COMMAND = join(import.meta.dirname, "..", "entente.cjs");

/** Without the wires of the demonstration, which end with it. */
export async function straightenWires(stage: Stage): Promise<void> {
  const { voice, consumer, toys, exporter } = stage;
  voice.say(`Since all of this is to be kept: ${consumer.name} and the others reach each other directly from now on.`);
  for (const other of [toys, exporter]) {
    await show(stage, { who: consumer, args: ["peer", "set-address", other.name, other.address] });
    await show(stage, { who: other, args: ["peer", "set-address", consumer.name, consumer.address] });
  }
}

/** How to go on with what was left. */
export function howToGoOn(stage: Stage): string[] {
  return [
    `Everything was left in ${stage.dir}, and nothing is running. To go on:`,
    "",
    `    cd ${stage.dir}`,
    `    alias entente=${COMMAND}`,
    ...authoritiesOf(stage).map(
      ({ name, startArgs }) =>
        `    ENTENTE_DATA=$PWD/${name}/data entente ${startArgs.join(" ")} 2>>${name}/node.log &`,
    ),
    "",
    `    export ENTENTE_DATA=$PWD/${stage.toys.name}/data     # whose desk you sit at`,
    "    entente status",
    "    entente list",
    "",
    `When you have had enough: entente stop at each desk, and rm -r ${stage.dir}`,
  ];
}
