import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { parseNames } from "../names.ts";
import { confirm, requireTerminal } from "../prompt.ts";

export const grant = defineCommand({
  name: "grant",
  usage: "TO[,TO...] --like NAME",
  arguments: [1, 1],
  summary: "open what was addressed so far to one authority to others",
  description: [
    "For a member who joined late, or a successor: it gets to read everything that this authority addressed to NAME until now, attachments too. What is published later is addressed as always. A grant cannot be taken back from who has read.",
    "To somebody outside the area of the policy (entente policy show) no personal data is opened: entries that have some for the same readers stay closed and are listed.",
    "Only this node serves a grant, unless an approver key signs it (--approve): then also authorities that can read both, for a member who cannot reach this node.",
  ],
  options: {
    like: { type: "string", value: "NAME", required: true, help: "the authority whose reading it gets" },
    approve: { type: "boolean", help: "sign it with this node's approver key, so that relays serve it too" },
    preview: { type: "boolean", help: "only show how much it would open" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: ["entente grant ptac.lv --like baua.de --preview", "entente grant ptac.lv --like baua.de --approve"],
  async run({ world, connect, print }, [names = ""], options) {
    const client = await connect();
    const input = { to: parseNames([names], "TO"), like: options.like, approved: options.approve };
    const shown = await client.grant({ ...input, preview: true });
    if (shown.leftOut.length > 0)
      print.note(
        `left out, since they have personal data and not all of ${shown.to.join(", ")} are in the area: ${shown.leftOut.join(", ")}`,
      );
    const what = `${shown.entries} entries, addressed to ${shown.audiences} audiences with ${shown.like} in them`;
    if (options.preview || shown.audiences === 0) {
      print.result("entente/grant/1", shown, () => [
        shown.audiences === 0
          ? `nothing${shown.leftOut.length > 0 ? " else" : ""} was addressed to ${shown.like} that ${shown.to.join(", ")} could not read`
          : `${shown.to.join(", ")} would get to read ${what}`,
      ]);
      return;
    }
    if (!options.yes) {
      const terminal = requireTerminal(world.terminal, "a grant asks first", "--yes does it without asking");
      if (!(await confirm(terminal, `Let ${shown.to.join(", ")} read ${what}?`)))
        throw new CliError("REFUSED", "nothing was changed");
    }
    const done = await client.grant({ ...input, preview: false });
    print.result("entente/grant/1", done, () => [
      `${done.to.join(", ")} may read ${what}: ${done.granted.map((entry) => `entry ${entry}`).join(", ")}`,
    ]);
  },
});
