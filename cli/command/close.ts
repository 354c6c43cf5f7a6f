import { defineAct } from "../desk/act.ts";
import { requireOwner } from "../desk/require-owner.ts";
import { codesOf } from "../desk/codes.ts";

export const close = defineAct({
  name: "close",
  usage: "ENTRY",
  summary: "close a case: nothing more is to be done",
  description: ["Only who has the case closes it. Others may object with entente object; entente reopen undoes it."],
  options: {
    outcome: { type: "string", value: "CODE", help: `what came of it: ${codesOf("closing-outcome")}`, required: true },
    reason: { type: "string", value: "TEXT", help: "why nothing more is to be done", required: true },
  },
  examples: [
    'entente close nvwa.nl:12 --outcome measures-verified --reason "Three consignments since: no lead above the limit."',
  ],
  build: async ({ options, found, client, texts }) => {
    await requireOwner(client, found);
    return ["closing", { outcome: options.outcome, reason: texts(options.reason) }];
  },
});
