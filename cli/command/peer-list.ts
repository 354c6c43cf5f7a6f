import { defineCommand } from "../command.ts";
import { peerTable } from "../show/peer.ts";

export const peerList = defineCommand({
  name: "peer list",
  usage: "",
  arguments: [0, 0],
  summary: "list the authorities that this one trusts",
  description: [],
  options: {},
  examples: ["entente peer list"],
  async run({ connect, print }) {
    const peers = await (await connect()).peers();
    print.list("entente/peer/1", peers, () =>
      peers.length === 0 ? ["no peers: entente peer add FILE"] : peerTable(peers),
    );
  },
});
