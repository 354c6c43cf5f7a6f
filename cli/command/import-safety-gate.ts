import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { importAlerts } from "../import/import-alerts.ts";
import { readSafetyGateFile } from "../import/safety-gate-file.ts";
import { parseNames } from "../names.ts";
import { startProgress } from "../progress.ts";
import { importSummary, problemLine } from "../show/import.ts";

/** Warnings that are shown to a person one by one; the rest is counted. */
const SHOWN_WARNINGS = 10;

export const importSafetyGate = defineCommand({
  name: "import safety-gate",
  usage: "FILE",
  arguments: [1, 1],
  summary: "publish the alerts of an export or a weekly report of the Safety Gate portal",
  description: [
    "FILE is an export of the portal, saved as CSV in UTF-8, or a weekly report as the portal gives it in XML; what begins with < is XML, whatever its name.",
    "Alerts are recognised by their number, from whichever kind of file they came: what is already published is left out, what changed becomes an update that refers to the first. So an import may be repeated, and goes on where it was interrupted. A bad alert is reported with its line and column or element, and the others go in; the exit code is then 1.",
  ],
  options: {
    to: {
      type: "string",
      multiple: true,
      required: true,
      value: "NAME,NAME",
      help: "authorities that may read the alerts",
    },
  },
  examples: [
    "entente import safety-gate alerts.csv --to anses.fr,baua.de",
    "entente import safety-gate week-09.xml --to anses.fr,baua.de",
  ],
  async run({ world, connect, print }, [file = ""], options) {
    const to = parseNames(options.to, "--to");
    const client = await connect();
    const interrupted = world.heedInterrupts();
    const progress = startProgress(world, "import");
    const summary = await importAlerts({
      client,
      rows: readSafetyGateFile(file),
      to,
      interrupted,
      onRow: (rows) => progress.update({ done: rows, total: null, what: "rows" }),
      onProblem: (problem) => {
        progress.end();
        print.note(problemLine(problem));
      },
    });
    progress.end();
    if (!print.isJson) print.note(...summary.warnings.slice(0, SHOWN_WARNINGS).map(problemLine));
    print.result("entente/import/1", summary, () => importSummary(summary, SHOWN_WARNINGS));
    return summary.rejected.length === 0 && !summary.interrupted ? EXIT.done : EXIT.refused;
  },
});
