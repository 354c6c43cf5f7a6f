import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { RECORD_TYPE_NAMES, recordExample } from "../record-example.ts";

export const template = defineCommand({
  name: "template",
  usage: "TYPE",
  arguments: [1, 1],
  summary: "print an example of a record, to be changed and published",
  description: [
    `Types are ${RECORD_TYPE_NAMES.join(", ")}. The acts of a case are easier with the commands of their own: entente follow-up, entente answer …`,
  ],
  options: {},
  examples: ["entente template alert > alert.json"],
  async run({ print }, [type = ""]) {
    const lines = recordExample(type);
    if (lines === undefined)
      throw new CliError("NOT_FOUND", `there is no type of record ${type}`, "entente help template");
    await Promise.resolve(print.result("entente/template/1", { type, text: lines.join("\n") }, () => lines));
  },
});
