import { defineCommand } from "../command.ts";
import { formatTime, table } from "../text.ts";

export const peerPending = defineCommand({
  name: "peer pending",
  usage: "",
  arguments: [0, 0],
  summary: "list authorities that asked for contact and are not trusted",
  description: [
    "What stands here is what strangers say of themselves. To trust one, get its charter file and call it at a number from the official directory: entente help peer add.",
  ],
  options: {},
  examples: ["entente peer pending"],
  async run({ connect, print }) {
    const pending = await (await connect()).pendingPeers();
    print.list("entente/pending-peer/1", pending, () => {
      if (pending.length === 0) return ["nobody is waiting"];
      const rows = pending.map((peer) => [
        `${peer.name}${peer.trustedBefore ? " (removed here)" : ""}`,
        peer.fingerprint,
        peer.address,
        String(peer.attempts),
        formatTime(peer.lastSeen),
      ]);
      return table(["says it is", "fingerprint", "from", "attempts", "last"], rows);
    });
  },
});
