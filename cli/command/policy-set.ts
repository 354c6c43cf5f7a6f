import { policyProblems } from "../../protocol/policy/policy.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { shownLanguage } from "../language.ts";
import { readPolicyJson } from "../policy-file.ts";
import { leftLines, policyLines } from "../show/policy.ts";

export const policySet = defineCommand({
  name: "policy set",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "put a policy into force, in the place of the one before",
  description: [
    "It holds from now on, for all who publish here, by whatever way: commands, drafts, imports, the local API. What was published stays as it is addressed.",
    "Who is no longer in the area keeps what it was given; the entries with personal data that are still open to it are listed, so that they can be erased.",
  ],
  options: {},
  examples: ["entente policy set policy.json"],
  async run(context, [file = ""]) {
    const value = await readPolicyJson(context.world, file);
    const [problem] = policyProblems(value);
    if (problem !== undefined)
      throw new CliError(
        "FILE",
        `${file}: ${problem.path === "" ? "" : `${problem.path}: `}${problem.reason}`,
        `entente policy check ${file} names all that is wrong`,
      );
    const done = await (await context.connect()).setPolicy(value);
    const language = await shownLanguage(context, undefined);
    context.print.result("entente/policy-set/1", done, () => [
      "this policy is in force",
      "",
      ...policyLines(done, language),
      ...leftLines(done.left),
    ]);
  },
});
