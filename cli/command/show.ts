import type { EntryDetail } from "../../node/service.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { parseEntryText } from "../entry-text.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { entryDetail } from "../show/entry.ts";

/** How to open what is attached. */
function fetchLines({ entry, details }: EntryDetail, command: Context["command"]): string[] {
  const first = details.find(({ part, state }) => part > 0 && state === "held");
  return first === undefined ? [] : ["", `save its parts as files: ${command(`entente fetch ${entry} --out DIR`)}`];
}

export const show = defineCommand({
  name: "show",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show one entry: what it says, its parts, who may read them, who witnessed it",
  description: [],
  options: LANGUAGE_OPTION,
  examples: [
    "entente show nvwa.nl:12",
    "entente show nvwa.nl:12 --lang de",
    "entente show nvwa.nl:12 --json | jq .body.product",
  ],
  async run(context, [entry = ""], { lang }) {
    const language = await shownLanguage(context, lang);
    const client = await context.connect();
    const detail = await client.show(parseEntryText(entry), language);
    const logs = context.print.isJson ? [] : await client.logs();
    const names = new Map(logs.map(({ id, name }) => [id, name]));
    context.print.result("entente/entry-detail/1", detail, () => [
      ...entryDetail(detail, { language, names }),
      ...fetchLines(detail, context.command),
    ]);
  },
});
