import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { entryDetail } from "../show/entry.ts";

export const show = defineCommand({
  name: "show",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "show one entry: what it says, its parts, who may read them, who witnessed it",
  description: [],
  options: {},
  examples: ["entente show nvwa.nl:12", "entente show nvwa.nl:12 --json | jq .body.product"],
  async run({ connect, print }, [entry = ""]) {
    const detail = await (await connect()).show(parseEntryText(entry));
    print.result("entente/entry-detail/1", detail, () => entryDetail(detail));
  },
});
