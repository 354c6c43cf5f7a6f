import { join } from "node:path";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { loadSettings, problemText } from "../load-settings.ts";

export const configCheck = defineCommand({
  name: "config check",
  usage: "",
  arguments: [0, 0],
  summary: "say whether the settings in config.json are valid, and all that is wrong with them",
  description: ["Nothing needs to run, and nothing is changed. The settings are described in docs/operations.md."],
  options: {},
  examples: ["entente config check"],
  async run({ dataDir, print }) {
    const file = join(dataDir, "config.json");
    const { problems = [] } = await loadSettings(dataDir);
    const faults = problems.map(({ path, reason }) => ({ path, reason }));
    print.result("entente/config-check/1", { file, ok: faults.length === 0, problems: faults }, () =>
      faults.length === 0 ? [`${file} is valid`] : problems.map((problem) => `${file}: ${problemText(problem)}`),
    );
    return faults.length === 0 ? EXIT.done : EXIT.refused;
  },
});
