import { policyProblems } from "../../protocol/policy/policy.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { readPolicyJson } from "../policy-file.ts";

export const policyCheck = defineCommand({
  name: "policy check",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "say whether a file is a policy, and all that is wrong with it",
  description: [
    'Nothing needs to run, and nothing is changed. An example: {"schema": "entente/policy/1", "area": {"name": "EU/EEA", "authorities": ["anses.fr", "baua.de"]}, "sections": {"product": "followers", "traceability": "addressees", "commercial": "nobody", "personal": "addressees"}, "grounds": [{"ground": "gdpr-49-1-d", "authorities": ["gacc.gov.cn"]}]}. Every key is described in docs/spec/policy.md, and how to come to a policy in docs/operations.md.',
  ],
  options: {},
  examples: ["entente policy check policy.json"],
  async run({ world, print }, [file = ""]) {
    const problems = policyProblems(await readPolicyJson(world, file));
    print.result("entente/policy-check/1", { file, ok: problems.length === 0, problems }, () =>
      problems.length === 0
        ? [`${file} is a policy; entente policy set ${file} puts it into force`]
        : problems.map(({ path, reason }) => `${file}: ${path === "" ? "" : `${path}: `}${reason}`),
    );
    return problems.length === 0 ? EXIT.done : EXIT.refused;
  },
});
