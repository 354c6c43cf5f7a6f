import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { confirm, requireTerminal } from "../prompt.ts";
import { publishedText } from "../show/published.ts";

export const peerRemove = defineCommand({
  name: "peer remove",
  usage: "NAME|ID",
  arguments: [1, 1],
  summary: "trust an authority no longer",
  description: [
    "Its connections end at once and it gets nothing new. What it has already been given it keeps, and what it published stays here and is shown.",
  ],
  options: { yes: { type: "boolean", help: "do not ask" } },
  examples: ["entente peer remove baua.de"],
  async run({ world, connect, print }, [name = ""], { yes }) {
    const client = await connect();
    const peer = await client.peer(name);
    if (!yes) {
      const terminal = requireTerminal(world.terminal, "removing a peer asks first", "--yes does it without asking");
      const isSure = await confirm(terminal, `Trust ${peer.name} (${peer.title}) no longer?`);
      if (!isSure) throw new CliError("REFUSED", "nothing was changed");
    }
    const removed = await client.removePeer(peer.id);
    print.result("entente/peer-removed/1", { name: peer.name, id: peer.id, ...removed }, () => [
      `${peer.name} is trusted no longer; the new list of followers is ${publishedText(removed.followers)}`,
    ]);
  },
});
