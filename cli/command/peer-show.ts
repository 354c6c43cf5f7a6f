import { defineCommand } from "../command.ts";
import { CONTESTED } from "../show/contested.ts";
import { mutualTrust } from "../show/peer.ts";
import { fields, formatTime, orDash } from "../text.ts";

export const peerShow = defineCommand({
  name: "peer show",
  usage: "NAME|ID",
  arguments: [1, 1],
  summary: "show one trusted authority with its charter",
  description: ["At least 8 digits of its id do for the name."],
  options: {},
  examples: ["entente peer show baua.de", "entente peer show 1e0f92aa"],
  async run({ connect, print }, [name = ""]) {
    const peer = await (await connect()).peer(name);
    print.result("entente/peer-detail/1", peer, () => [
      `${peer.name}: ${peer.title}`,
      ...fields([
        ["country", peer.country],
        ["id", peer.id],
        ["fingerprint", peer.fingerprint],
        ["addresses", orDash(peer.addresses.join(", "))],
        ["entries", `${peer.held} held of ${peer.seen} seen`],
        ["last seen", peer.lastSeen === null ? "never" : formatTime(peer.lastSeen)],
        ...(peer.contested ? [["contested", CONTESTED] as const] : []),
      ]),
      mutualTrust(peer),
      "",
      ...peer.charter.split("\n"),
    ]);
  },
});
