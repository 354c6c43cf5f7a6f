import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { entryLine } from "../show/entry.ts";

export const thread = defineCommand({
  name: "thread",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show an entry with everything held here that refers to it, directly or not",
  description: [
    "Whatever entry of a thread is named, it begins with the one that started it. Answers stand below what they answer.",
  ],
  options: LANGUAGE_OPTION,
  examples: ["entente thread nvwa.nl:12"],
  async run(context, [entry = ""], { lang }) {
    const { connect, print } = context;
    const language = await shownLanguage(context, lang);
    const nodes = await (await connect()).thread(parseEntryText(entry), language);
    const items = nodes.map(({ depth, entry: summary }) => ({ depth, ...summary }));
    print.list("entente/thread-entry/1", items, () =>
      items.map((item) => `${"  ".repeat(item.depth)}${entryLine(item)}`),
    );
  },
});
