import { defineAct } from "../desk/act.ts";
import { CliError } from "../cli-error.ts";
import { parseEntryText } from "../entry-text.ts";
import { MAX_RECORD_FILE } from "../limits.ts";
import { parseRecordJson } from "../../protocol/record/json.ts";
import { readTextFile } from "../read-file.ts";

export const resultAdd = defineAct({
  name: "result add",
  usage: "ENTRY",
  summary: "add a laboratory's results to a case",
  description: [
    "The file is a test report as JSON; entente template test-report prints an example. The report as a document is attached: --attach test-report=report.pdf. entente compare then says whether laboratories really differ.",
  ],
  options: {
    file: { type: "string", value: "FILE", required: true, help: "the test report as JSON" },
    request: { type: "string", value: "ENTRY", help: "the request that it answers" },
    supersedes: { type: "string", value: "ENTRY", help: "the own report that it amends or replaces" },
  },
  examples: [
    "entente result add nvwa.nl:12 --file report.json --attach test-report=report.pdf",
    "entente result add nvwa.nl:12 --file amended.json --supersedes nvwa.nl:14",
  ],
  build: async ({ options, position, world }) => {
    const { type, body, refs = [] } = parseRecordJson(await readTextFile(world, options.file, MAX_RECORD_FILE));
    if (type !== "test-report" || refs.length > 0)
      throw new CliError(
        "USAGE",
        `${options.file} is no test report without references`,
        "entente template test-report",
      );
    return [
      "test-report",
      {
        ...body,
        ...(options.request === undefined ? {} : { request: position(parseEntryText(options.request)) }),
        ...(options.supersedes === undefined ? {} : { supersedes: position(parseEntryText(options.supersedes)) }),
      },
    ];
  },
});
