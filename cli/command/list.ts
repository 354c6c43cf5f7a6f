import type { ListQuery, Status } from "../../node/service.ts";
import { parseDecimal } from "../../protocol/decimal.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { entryTable } from "../show/entry.ts";
import { leftOutLines } from "../show/left-out.ts";
import { count } from "../text.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

export const list = defineCommand({
  name: "list",
  usage: "",
  arguments: [0, 0],
  summary: "list entries, newest first",
  description: [
    "Where there are more, the last line says how to go on; with --json it is an object of schema entente/more/1.",
  ],
  options: {
    log: { type: "string", value: "NAME|ID", help: "only of this authority" },
    type: { type: "string", value: "TYPE", help: "only records of this type" },
    limit: { type: "string", value: "N", help: `at most so many, 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} when left out` },
    before: { type: "string", value: "CURSOR", help: "go on where an earlier list ended" },
    ...LANGUAGE_OPTION,
  },
  examples: ["entente list", "entente list --log nvwa.nl --type alert --limit 200"],
  async run(context, _args, options) {
    const { connect, print } = context;
    const lang = await shownLanguage(context, options.lang);
    const client = await connect();
    const { entries, next } = await client.list({ ...toQuery(options), lang });
    print.list("entente/entry/1", entries, () => (entries.length === 0 ? ["no entries"] : entryTable(entries)));
    // Of one type other records are left out too, and that was asked for.
    if (!print.isJson && options.type === undefined) print.note(...leftOutLines(entries));
    if (!print.isJson && options.before === undefined) print.note(...queuedLines(await client.status()));
    if (next === null) return;
    if (print.isJson) print.result("entente/more/1", { next }, () => []);
    else print.note(`more: entente list --before ${next}`);
  },
});

/** What was published and is no entry yet, which people look for here. */
function queuedLines({ name, signing }: Status): readonly string[] {
  if (signing.queued === 0) return [];
  return [`${count(signing.queued, "record")} of ${name} queued, kept safely until the node may sign: entente status`];
}

type Options = {
  readonly log: string | undefined;
  readonly type: string | undefined;
  readonly limit: string | undefined;
  readonly before: string | undefined;
};

function toQuery({ log, type, limit, before }: Options): ListQuery {
  return {
    limit: parseLimit(limit ?? String(DEFAULT_LIMIT)),
    ...(log === undefined ? {} : { log }),
    ...(type === undefined ? {} : { type }),
    ...(before === undefined ? {} : { before }),
  };
}

function parseLimit(text: string): number {
  const limit = parseDecimal(text) ?? 0;
  if (limit < 1 || limit > MAX_LIMIT)
    throw new CliError("USAGE", `--limit: "${text}" is no number from 1 to ${MAX_LIMIT}`, "entente help list");
  return limit;
}
