import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { confirm, requireTerminal } from "../prompt.ts";
import { statusLines } from "./status.ts";

export const settle = defineCommand({
  name: "settle",
  usage: "--alone",
  arguments: [0, 0],
  summary: "let the node sign although not enough peers have answered",
  description: [
    "After a start the node asks its peers how far its own log was, since a restored copy that signs makes a second history, and that is seen by everybody and cannot be taken back. Decide this only if you know that the data directory is the newest there is.",
  ],
  options: {
    alone: { type: "boolean", help: "without the peers; required" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: ["entente settle --alone"],
  async run({ world, connect, print }, _args, { alone, yes }) {
    if (!alone) throw new CliError("USAGE", "settle needs --alone", "entente help settle");
    const client = await connect();
    if (!yes) {
      const terminal = requireTerminal(world.terminal, "settling alone asks first", "--yes does it without asking");
      const isSure = await confirm(terminal, "Is this data directory the newest there is, and no restored copy?");
      if (!isSure) throw new CliError("REFUSED", "nothing was changed");
    }
    const now = await client.settleAlone();
    print.result("entente/status/1", now, () => statusLines(now));
  },
});
