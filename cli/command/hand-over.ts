import { defineAct } from "../desk/act.ts";
import { CliError } from "../cli-error.ts";
import { requireOwner } from "../desk/require-owner.ts";
import { idsOf } from "../desk/ids.ts";
import { parseNames } from "../names.ts";

export const handOver = defineAct({
  name: "hand-over",
  usage: "ENTRY",
  summary: "offer a case to another authority, or accept, refuse or take back an offer",
  description: [
    "ENTRY is any entry of the case with --offer NAME; else the offer. Who has a case keeps it until the other accepts.",
  ],
  options: {
    offer: { type: "string", value: "NAME", help: "offer it to this authority" },
    accept: { type: "boolean", help: "take the case over" },
    refuse: { type: "boolean", help: "do not take it; --text says why" },
    cancel: { type: "boolean", help: "take an own offer back" },
  },
  examples: ["entente hand-over nvwa.nl:12 --offer gacc.gov.cn", "entente hand-over nvwa.nl:18 --accept"],
  build: async ({ options, entry, position, client, found }) => {
    const replies = (["accept", "refuse", "cancel"] as const).filter((step) => options[step]);
    const [reply, more] = replies;
    if (more !== undefined || (reply === undefined) === (options.offer === undefined))
      throw new CliError("USAGE", "say one of --offer NAME, --accept, --refuse and --cancel", "entente help hand-over");
    if (reply !== undefined) return ["hand-over", { step: reply, offer: position(entry) }];
    await requireOwner(client, found);
    const [to = ""] = await idsOf(client, parseNames([options.offer ?? ""], "--offer"));
    return ["hand-over", { step: "offer", to }];
  },
});
