import { readCpscFile } from "../import/cpsc-file.ts";
import { importCommand } from "../import/import-command.ts";

export const importCpsc = importCommand({
  name: "import cpsc",
  summary: "publish recalls of the Consumer Product Safety Commission of the United States as alerts",
  files:
    "FILE is what the Commission's API gives in JSON, or the list of recalls on its website as CSV; what begins with a bracket or brace is JSON, whatever its name.",
  examples: ["entente import cpsc recalls.json --to anses.fr,baua.de", "entente import cpsc recalls.csv --to baua.de"],
  read: readCpscFile,
});
