import type { Command } from "../command.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { parseNames } from "../names.ts";
import { startProgress } from "../progress.ts";
import { importSummary, problemLine } from "../show/import.ts";
import { importAlerts } from "./import-alerts.ts";
import type { ImportLine } from "./import-line.ts";

/** Warnings that are shown to a person one by one; the rest is counted. */
const SHOWN_WARNINGS = 10;

/** What tells one import from another. */
type ImportFace = {
  readonly name: string;
  readonly summary: string;
  /** What FILE may be. */
  readonly files: string;
  readonly examples: readonly string[];
  readonly read: (path: string) => AsyncIterable<ImportLine>;
};

/** A command that publishes the alerts of a file of another system. */
export function importCommand({ name, summary, files, examples, read }: ImportFace): Command {
  return defineCommand({
    name,
    usage: "FILE",
    arguments: [1, 1],
    summary,
    description: [
      files,
      "Alerts are recognised by their number, from whichever kind of file they came: what is already published is left out, what changed becomes an update that refers to the first. So an import may be repeated, and goes on where it was interrupted. A bad alert is reported with its line and what is wrong in it, and the others go in; the exit code is then 1.",
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
    examples,
    async run({ world, connect, print }, [file = ""], options) {
      const to = parseNames(options.to, "--to");
      const client = await connect();
      const interrupted = world.heedInterrupts();
      const progress = startProgress(world, "import");
      const done = await importAlerts({
        client,
        rows: read(file),
        to,
        interrupted,
        onRow: (rows) => progress.update({ done: rows, total: null, what: "alerts" }),
        onProblem: (problem) => {
          progress.end();
          print.note(problemLine(problem));
        },
      });
      progress.end();
      if (!print.isJson) print.note(...done.warnings.slice(0, SHOWN_WARNINGS).map(problemLine));
      print.result("entente/import/1", done, () => importSummary(done, SHOWN_WARNINGS));
      return done.rejected.length === 0 && !done.interrupted ? EXIT.done : EXIT.refused;
    },
  });
}
