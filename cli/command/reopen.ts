import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";

export const reopen = defineAct({
  name: "reopen",
  usage: "ENTRY",
  summary: "reopen a case: there is something to do again",
  description: ["It undoes the closings that this node has seen."],
  options: {
    reason: { type: "string", value: "CODE", help: `why: ${codesOf("reopening-reason")}`, required: true },
    finding: { type: "string", value: "TEXT", help: "what was found", required: true },
  },
  examples: ['entente reopen nvwa.nl:12 --reason new-finding --finding "Sold again, by another shop."'],
  build: async ({ options, texts }) => ["reopening", { reason: options.reason, finding: texts(options.finding) }],
});
