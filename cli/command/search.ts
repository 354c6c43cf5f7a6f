import { parseDecimal } from "../../protocol/decimal.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { behindLines } from "../show/behind.ts";
import { entryTable } from "../show/entry.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** Words on one command line. */
const MAX_WORDS = 20;

export const search = defineCommand({
  name: "search",
  usage: "[WORD…]",
  arguments: [0, MAX_WORDS],
  summary: "find entries by words and exact keys, the best first",
  description: [
    'All words must be there, whatever their letter case and accents. An argument of several words, or "words in quotation marks", is found where they stand next to each other; a star behind a word finds what begins so. Chinese, Japanese, Korean and Thai are found by any characters that follow each other.',
    "A key is found however it is written: --key gtin='5 709386 484552', --key batch=LOT-0520. Kinds are barcode, batch, brand, case, category, customs-code, gtin, model, operator and the others of docs/spec/search.md.",
    "With --json, after the last entry stands an object of schema entente/search/1.",
  ],
  options: {
    type: { type: "string", value: "TYPE", help: "only records of this type" },
    log: { type: "string", value: "NAME|ID", help: "only of this authority" },
    key: { type: "string", multiple: true, value: "KIND=VALUE", help: "with this exact key; all of several" },
    limit: { type: "string", value: "N", help: `at most so many, 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} when left out` },
    ...LANGUAGE_OPTION,
  },
  examples: [
    "entente search rattle choking",
    "entente search 'small parts' toy* --type alert --log nvwa.nl",
    "entente search 玩具",
    "entente search --key gtin=5709386484552 --key batch=0520",
  ],
  async run(context, words, { type, log, key, limit, lang }) {
    const { connect, print } = context;
    if (words.length + key.length === 0 && type === undefined && log === undefined)
      throw new CliError("USAGE", "nothing is searched for", "give words, --type, --log or --key");
    const language = await shownLanguage(context, lang);
    const { entries, more, behind } = await (
      await connect()
    ).search({
      q: words.map(asPhrase).join(" "),
      kind: key,
      limit: parseLimit(limit ?? String(DEFAULT_LIMIT), "search"),
      lang: language,
      ...(type === undefined ? {} : { type }),
      ...(log === undefined ? {} : { from: log }),
    });
    print.list("entente/entry/1", entries, () => (entries.length === 0 ? ["nothing found"] : entryTable(entries)));
    if (print.isJson) print.result("entente/search/1", { found: entries.length, more, behind }, () => []);
    else {
      if (more) print.note("there is more: add words, or --limit");
      print.note(...behindLines(behind));
    }
  },
});

/** The shell has taken away the quotation marks of several words in one argument. */
function asPhrase(word: string): string {
  return /\s/.test(word) && !word.includes('"') ? `"${word}"` : word;
}

export function parseLimit(text: string, command: string): number {
  const limit = parseDecimal(text) ?? 0;
  if (limit < 1 || limit > MAX_LIMIT)
    throw new CliError("USAGE", `--limit: "${text}" is no number from 1 to ${MAX_LIMIT}`, `entente help ${command}`);
  return limit;
}
