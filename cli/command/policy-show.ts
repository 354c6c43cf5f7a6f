import { defineCommand } from "../command.ts";
import { LANGUAGE_OPTION, shownLanguage } from "../language.ts";
import { policyLines } from "../show/policy.ts";

export const policyShow = defineCommand({
  name: "policy show",
  usage: "",
  arguments: [0, 0],
  summary: "show who reads what by default, who is in the area, and on which grounds personal data may leave it",
  description: [
    "Without a policy nobody reads what nobody was named for, and personal data goes to nobody.",
    "With --json, policy is the file as it was set: entente policy show --json | jq .policy > policy.json",
  ],
  options: LANGUAGE_OPTION,
  examples: ["entente policy show", "entente policy show --json | jq .policy"],
  async run(context, _args, { lang }) {
    const language = await shownLanguage(context, lang);
    const status = await (await context.connect()).policy();
    context.print.result("entente/policy-status/1", status, () => policyLines(status, language));
  },
});
