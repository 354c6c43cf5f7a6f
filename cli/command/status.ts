import type { Status } from "../../node/service.ts";
import { defineCommand } from "../command.ts";
import { logFields } from "../show/log.ts";
import { peerTable } from "../show/peer.ts";
import { count, fields, formatTime, indent } from "../text.ts";

export const status = defineCommand({
  name: "status",
  usage: "",
  arguments: [0, 0],
  summary: "show how the node does: its log, its peers, what a person should look at",
  description: ["Exit code 4 says that no node is running."],
  options: {},
  examples: ["entente status", "entente status --json | jq .signing"],
  async run({ connect, print }) {
    const now = await (await connect()).status();
    print.result("entente/status/1", now, () => statusLines(now));
  },
});

/** For people; `settle` shows it too. */
export function statusLines(now: Status): string[] {
  const { name, title, log, peers, pending } = now;
  return [
    `${name}: ${title}`,
    ...fields([
      ["id", now.id],
      ["fingerprint", now.fingerprint],
      ["running since", `${formatTime(now.startedAt)}, version ${now.version}`],
      ["listening", now.listening.join(", ")],
      ["signing", signingText(now)],
    ]),
    "",
    "own log",
    ...indent(logFields(log)),
    "",
    peers.length === 0 ? "no peers: entente peer add FILE" : "peers",
    ...indent(peers.length === 0 ? [] : peerTable(peers)),
    ...(pending === 0
      ? []
      : [
          "",
          `${count(pending, "authority", "authorities")} whom this node does not trust asked for contact: entente peer pending`,
        ]),
  ];
}

function signingText({ signing: { state, reason, queued } }: Status): string {
  const waiting = queued === 0 ? "" : `; ${count(queued, "record")} waiting, kept safely`;
  switch (state) {
    case "ready":
      return "yes";
    case "asking":
      return `not yet: asking peers how far this log was${waiting} (entente settle --alone goes on without them)`;
    case "held":
      return `stopped: ${reason ?? "a person must decide"}${waiting}`;
  }
}
