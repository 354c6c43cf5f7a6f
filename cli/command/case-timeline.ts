import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { timelineLines } from "../show/case.ts";

export const caseTimeline = defineCommand({
  name: "case timeline",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show the acts of a case, each after what its author had seen",
  description: [
    "Between acts that could not know of each other the order means nothing. Times are claims of the owners of the logs.",
  ],
  options: LANGUAGE_OPTION,
  examples: ["entente case timeline nvwa.nl:12"],
  async run(context, [entry = ""], { lang }) {
    const { connect, print } = context;
    const found = await (await connect()).caseOf(parseEntryText(entry), await shownLanguage(context, lang));
    print.result("entente/case-detail/1", found, () => timelineLines(found));
  },
});
