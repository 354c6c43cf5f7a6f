import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { caseLines } from "../show/case.ts";

export const caseShow = defineCommand({
  name: "case show",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show a case: who did what, what is known, done and owed",
  description: ["ENTRY is the alert or any entry of its case."],
  options: LANGUAGE_OPTION,
  examples: ["entente case show nvwa.nl:12"],
  async run(context, [entry = ""], { lang }) {
    const { connect, print } = context;
    const language = await shownLanguage(context, lang);
    const found = await (await connect()).caseOf(parseEntryText(entry), language);
    print.result("entente/case-detail/1", found, () => caseLines(found, language));
  },
});
