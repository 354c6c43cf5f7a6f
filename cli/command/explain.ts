import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { shownLanguage } from "../language.ts";
import { deliveryLines } from "../show/delivery.ts";

export const explain = defineCommand({
  name: "explain",
  usage: "ENTRY AUTHORITY",
  arguments: [2, 2],
  summary: "say step by step what happened to an entry on its way to an authority",
  description: [
    "Whether it was addressed to it, may be given to it, arrived and was answered, each with the evidence that is here: entries, cosignatures, receipts. AUTHORITY may be this one.",
    "At the end it says of each part whether that authority may read it, and of an own record why: by name, by the policy, by a grant.",
    "An authority that is not reached may have an entry all the same, through another; its cosignature and receipt come back that way.",
  ],
  options: {},
  examples: ["entente explain nvwa.nl:12 baua.de"],
  async run(context, [entry = "", authority = ""]) {
    const delivery = await (await context.connect()).explain(parseEntryText(entry), authority);
    const language = await shownLanguage(context, undefined);
    context.print.result("entente/explain/1", delivery, () => deliveryLines(delivery, language));
  },
});
