import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { confirm, requireTerminal } from "../prompt.ts";
import { count } from "../text.ts";
import type { SigningDecision, Status } from "../../node/service.ts";
import { statusLines } from "./status.ts";

export const settle = defineCommand({
  name: "settle",
  usage: "--alone | --take-back",
  arguments: [0, 0],
  summary: "decide how a node goes on that does not sign",
  description: [
    "After a start the node asks its peers how far its own log was, since a restored copy that signs makes a second history, and that is seen by everybody and cannot be taken back. `entente status` says what it waits for.",
    "--take-back: this directory was put back from a backup, its heads file too, and peers hold entries that were signed after it. They are fetched and checked; look at them with `entente list`, then let the node sign with --alone.",
    "--alone: sign without waiting for the peers that are away. Refused where somebody holds more of this log than this node; only --alone --fork signs all the same, beside the entries that they hold.",
  ],
  options: {
    alone: { type: "boolean", help: "without the peers" },
    "take-back": { type: "boolean", help: "take back the entries that peers hold" },
    fork: { type: "boolean", help: "with --alone: make a second history" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: ["entente settle --take-back", "entente settle --alone"],
  async run({ world, connect, print }, _args, options) {
    const decision = decisionOf(options.alone === true, options["take-back"] === true, options.fork === true);
    const client = await connect();
    const before = await client.status();
    if (!options.yes) {
      const terminal = requireTerminal(world.terminal, "settling asks first", "--yes does it without asking");
      if (!(await confirm(terminal, question(decision, before))))
        throw new CliError("REFUSED", "nothing was changed", "entente status");
    }
    const now = await client.settle(decision);
    print.result("entente/status/1", now, () => statusLines(now));
  },
});

function decisionOf(alone: boolean, takeBack: boolean, fork: boolean): SigningDecision {
  if (alone === takeBack || (fork && !alone))
    throw new CliError("USAGE", "settle needs --alone or --take-back", "entente help settle");
  if (takeBack) return "take-back";
  return fork ? "fork" : "alone";
}

function question(decision: SigningDecision, { signing: { ahead }, log }: Status): string {
  switch (decision) {
    case "take-back":
      return ahead === null
        ? "Was this data directory put back from a backup?"
        : `${ahead.peer} holds ${count(ahead.size, "entry", "entries")} of this log, this node ${log.size}. Was this data directory put back from a backup?`;
    case "fork":
      return "Sign a second history, which everybody sees and nobody can take back?";
    case "alone":
      return "Is this data directory the newest there is, and no restored copy?";
  }
}
