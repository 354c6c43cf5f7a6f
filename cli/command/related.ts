import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { behindLines } from "../show/behind.ts";
import { relatedLines } from "../show/related.ts";
import { parseLimit } from "./search.ts";

const DEFAULT_LIMIT = 50;

export const related = defineCommand({
  name: "related",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show entries of whatever authority that share barcode, batch, model, operator or the like",
  description: [
    "Each stands once, under what ties it most, the strongest first: the same barcode before the same batch, model and brand, before the same operator, before model and brand. Behind a key stands in how many entries it is: the fewer, the more it says.",
    "With --json, after the last entry stands an object of schema entente/search/1.",
  ],
  options: {
    limit: { type: "string", value: "N", help: `at most so many, 1 to 200; ${DEFAULT_LIMIT} when left out` },
    ...LANGUAGE_OPTION,
  },
  examples: ["entente related nvwa.nl:12"],
  async run(context, [entry = ""], { limit, lang }) {
    const { connect, print } = context;
    const language = await shownLanguage(context, lang);
    const query = { limit: parseLimit(limit ?? String(DEFAULT_LIMIT), "related"), lang: language };
    const { entries, more, behind } = await (await connect()).related(parseEntryText(entry), query);
    const items = entries.map(({ tie, shared, entry: summary }) => ({ tie, shared, ...summary }));
    print.list("entente/related/1", items, () =>
      entries.length === 0 ? ["nothing shares a key with it"] : relatedLines(entries),
    );
    if (print.isJson) print.result("entente/search/1", { found: entries.length, more, behind }, () => []);
    else {
      if (more) print.note("there is more: --limit");
      print.note(...behindLines(behind));
    }
  },
});
