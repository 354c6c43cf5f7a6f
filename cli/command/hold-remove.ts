import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { confirm, requireTerminal } from "../prompt.ts";

export const holdRemove = defineCommand({
  name: "hold remove",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "end a legal hold: what its owner erased meanwhile is deleted",
  description: [],
  options: { yes: { type: "boolean", help: "do not ask" } },
  examples: ["entente hold remove nvwa.nl:12"],
  async run({ world, connect, print }, [entry = ""], { yes }) {
    const client = await connect();
    if (!yes) {
      const terminal = requireTerminal(world.terminal, "ending a hold asks first", "--yes does it without asking");
      if (!(await confirm(terminal, `End the legal hold on ${entry}? What was erased of it is then deleted.`)))
        throw new CliError("REFUSED", "nothing was changed");
    }
    await client.removeHold(entry);
    print.result("entente/hold-removed/1", { entry }, () => [`${entry} is no longer under legal hold`]);
  },
});
