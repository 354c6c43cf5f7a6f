import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";
import { parseEntryText } from "../entry-text.ts";

export const withdraw = defineAct({
  name: "withdraw",
  usage: "ENTRY",
  summary: "take an own entry back: it stays in the log and has no effect any more",
  description: ["To make its content unreadable as well, erase it."],
  options: {
    reason: { type: "string", value: "CODE", help: `why: ${codesOf("withdrawal-reason")}`, required: true },
    instead: { type: "string", value: "ENTRY", help: "of a duplicate: the entry that stands" },
  },
  examples: ['entente withdraw nvwa.nl:12 --reason wrong-product --text "The sample was of another model."'],
  build: async ({ options, entry, position }) => [
    "withdrawal",
    {
      of: position(entry),
      reason: options.reason,
      ...(options.instead === undefined ? {} : { insteadOf: position(parseEntryText(options.instead)) }),
    },
  ],
});
