import { defineCommand } from "../command.ts";

export const peerSetAddress = defineCommand({
  name: "peer set-address",
  usage: "NAME|ID ADDRESS…",
  arguments: [2, 33],
  summary: "say where a trusted authority is reached",
  description: [
    "Takes the place of all addresses that were known. Who answers there must still prove to be that authority.",
  ],
  options: {},
  examples: ["entente peer set-address baua.de /dns4/entente.baua.de/tcp/4001"],
  async run({ connect, print }, [name = "", ...addresses]) {
    const peer = await (await connect()).setPeerAddresses(name, addresses);
    print.result("entente/peer/1", peer, () => [`${peer.name} is looked for at ${peer.addresses.join(", ")}`]);
  },
});
