import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { timelineLines } from "../show/case.ts";

export const caseTimeline = defineCommand({
  name: "case timeline",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show the acts of a case, each after what its author had seen",
  description: [
    "Between acts that could not know of each other the order means nothing. Times are claims of the owners of the logs.",
  ],
  options: {},
  examples: ["entente case timeline nvwa.nl:12"],
  async run({ connect, print }, [entry = ""]) {
    const found = await (await connect()).caseOf(parseEntryText(entry));
    print.result("entente/case-detail/1", found, () => timelineLines(found));
  },
});
