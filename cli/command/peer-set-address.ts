import { defineCommand } from "../command.ts";
import { mutualTrust } from "../show/peer.ts";
import { waitForAnswer } from "../wait-for-answer.ts";

export const peerSetAddress = defineCommand({
  name: "peer set-address",
  usage: "NAME|ID ADDRESS…",
  arguments: [2, 33],
  summary: "say where a trusted authority is reached",
  description: [
    "Takes the place of all addresses that were known. Who answers there must still prove to be that authority. Says what it was before, and whether it is reached.",
  ],
  options: {},
  examples: [
    "entente peer set-address baua.de entente.baua.de:4001",
    "entente peer set-address baua.de /ip4/192.0.2.8/tcp/4001 /dns4/entente.baua.de/tcp/4001",
  ],
  async run({ connect, print }, [name = "", ...addresses]) {
    const client = await connect();
    const { addresses: before, state } = await client.peer(name);
    const peer = await waitForAnswer(client, await client.setPeerAddresses(name, addresses));
    print.result("entente/peer/1", { ...peer, before }, () => [
      `${peer.name} was looked for at ${before.join(", ") || "no address"}`,
      `from now on at ${peer.addresses.join(", ")}`,
      mutualTrust(peer),
      ...(state === "connected" ? ["that connection stays: the address is for the next one"] : []),
    ]);
  },
});
