import { importCommand } from "../import/import-command.ts";
import { readSafetyGateFile } from "../import/safety-gate-file.ts";

export const importSafetyGate = importCommand({
  name: "import safety-gate",
  summary: "publish the alerts of an export or a weekly report of the Safety Gate portal",
  files:
    "FILE is an export of the portal, saved as CSV in UTF-8, or a weekly report as the portal gives it in XML; what begins with < is XML, whatever its name. Or a notification that entente notification wrote.",
  examples: [
    "entente import safety-gate alerts.csv --to anses.fr,baua.de",
    "entente import safety-gate week-09.xml --to anses.fr,baua.de",
  ],
  read: readSafetyGateFile,
});
