import { nearestWord } from "../../protocol/nearest-word.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { CODE_TABLES, type CodeTable } from "../../protocol/record/codes/tables.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { table } from "../text.ts";

const TABLES = Object.keys(CODE_TABLES).filter(isTable);

export const codes = defineCommand({
  name: "codes",
  usage: "[TABLE]",
  arguments: [0, 1],
  summary: "list the codes that a field or an option takes, with what they mean",
  description: [
    "Without TABLE, the tables. A record holds codes, which every reader sees in a language of his own; an error about one names its table.",
  ],
  options: { ...LANGUAGE_OPTION },
  examples: ["entente codes measure-category", "entente codes follow-up-outcome --lang nl"],
  async run(context, [name], { lang }) {
    const { print } = context;
    if (name === undefined) {
      const items = TABLES.map((one) => ({ table: one, codes: CODE_TABLES[one].length }));
      print.list("entente/code-table/1", items, () =>
        table(
          ["table", "codes"],
          items.map((item) => [item.table, String(item.codes)]),
        ),
      );
      return;
    }
    if (!isTable(name)) throw noTable(name);
    const language = await shownLanguage(context, lang);
    const items = CODE_TABLES[name].map((code) => ({ table: name, code, label: codeLabel(name, code, language) }));
    print.list("entente/code/1", items, () =>
      table(
        ["code", "means"],
        items.map(({ code, label }) => [code, label]),
      ),
    );
  },
});

function isTable(name: string): name is CodeTable {
  return Object.hasOwn(CODE_TABLES, name);
}

function noTable(name: string): CliError {
  const near = nearestWord(name, TABLES);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  return new CliError("NOT_FOUND", `there is no table of codes ${name}${meant}`, "entente codes");
}
