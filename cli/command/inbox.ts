import { defineCommand } from "../command.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { FOLDING, patiently } from "../patience.ts";
import { inboxLines } from "../show/case.ts";
import { wholeNumber } from "../desk/whole-number.ts";

export const inbox = defineCommand({
  name: "inbox",
  usage: "",
  arguments: [0, 0],
  summary: "show what waits for this authority, what is due first",
  description: [
    "One line for each entry about which something is owed; the commands that do it stand below. Silence is a state: an alert waits here until somebody has answered it. Days are working days in this authority's calendar; what is due by agreement and by what law, docs/spec/case.md says.",
  ],
  options: {
    limit: { type: "string", value: "NUMBER", help: "cases at the most; without it, 50" },
    ...LANGUAGE_OPTION,
  },
  examples: ["entente inbox"],
  async run(context, _args, options) {
    const { connect, print, command, world } = context;
    const lang = await shownLanguage(context, options.lang);
    const query = { mine: true, limit: wholeNumber("--limit", options.limit ?? "50"), lang };
    const client = await connect();
    const { cases, total } = await patiently(world, FOLDING, client.cases(query));
    const items = cases.flatMap(({ duties, ...rest }) =>
      duties
        .filter(({ mine }) => mine)
        .map((duty) => ({
          ...duty,
          case: rest.case,
          title: rest.title,
          status: rest.status,
          contested: rest.contested,
        })),
    );
    print.list("entente/inbox-item/1", items, () => inboxLines(items, total - cases.length, command));
  },
});
