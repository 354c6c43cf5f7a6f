import { defineCommand } from "../command.ts";
import { logTable } from "../show/log.ts";

export const logs = defineCommand({
  name: "logs",
  usage: "",
  arguments: [0, 0],
  summary: "list the logs that this node holds: its own, and mirrors",
  description: [],
  options: {},
  examples: ["entente logs", "entente logs --json | jq -r 'select(.missingParts > 0) | .name'"],
  async run({ connect, print }) {
    const held = await (await connect()).logs();
    print.list("entente/log/1", held, () => logTable(held));
  },
});
