import type { CaseQuery } from "../../node/case-types.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { wholeNumber } from "../desk/whole-number.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { FOLDING, patiently } from "../patience.ts";
import { caseTable } from "../show/case.ts";

const STATUSES = ["open", "closed", "withdrawn"] as const;

export const caseList = defineCommand({
  name: "case list",
  usage: "",
  arguments: [0, 0],
  summary: "list cases, those in which something happened last first",
  description: ["A case is an alert with everything that authorities did about it, as far as it is here."],
  options: {
    status: { type: "string", value: STATUSES.join("|"), help: "only these" },
    limit: { type: "string", value: "NUMBER", help: "at the most; without it, 50" },
    ...LANGUAGE_OPTION,
  },
  examples: ["entente case list --status open"],
  async run(context, _args, { status, limit, lang }) {
    const { connect, print, world } = context;
    const query: CaseQuery = {
      mine: false,
      lang: await shownLanguage(context, lang),
      limit: wholeNumber("--limit", limit ?? "50"),
      ...(status === undefined ? {} : { status: parseStatus(status) }),
    };
    const client = await connect();
    const { cases, total } = await patiently(world, FOLDING, client.cases(query));
    print.list("entente/case/1", cases, () => caseTable(cases, total - cases.length));
  },
});

function parseStatus(text: string): (typeof STATUSES)[number] {
  const status = STATUSES.find((one) => one === text);
  if (status === undefined)
    throw new CliError("USAGE", `--status: "${text}" is none of ${STATUSES.join(", ")}`, "entente help case list");
  return status;
}
