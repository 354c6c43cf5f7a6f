import { compareReports } from "../../protocol/statistics/comparison.ts";
import { CliError } from "../cli-error.ts";
import { gatherReports } from "../compare/gather.ts";
import { comparisonLines } from "../compare/lines.ts";
import { isUnicodeLocale } from "../compare/locale.ts";
import { writeComparison } from "../compare/write-comparison.ts";
import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { EXIT } from "../exit-code.ts";
import type { LocalClient } from "../local-client.ts";
import { startProgress } from "../progress.ts";

/** As many as a person names. */
const MAX_ENTRIES = 100;

/** Where the output is no terminal. */
const DEFAULT_WIDTH = 80;

const SCHEMA = "entente/comparison/1";

export const compare = defineCommand({
  name: "compare",
  usage: "[ENTRY…]",
  arguments: [0, MAX_ENTRIES],
  summary: "say whether laboratories really differ",
  description: [
    "ENTRY is a test report, or an alert or another entry of a case: then all reports of the case are compared. For each analyte in each material: the results with their uncertainties, E_n of every two laboratories, and of three or more also z, z′ and ζ against what they have in common.",
    "What may not be compared (another method, standard, clause, category, extraction, kind of unit) is refused, and why is said. A report that its own author replaced or took back does not count, and is named. What is not here does not count either: entente complete. The exit code is 1 where laboratories differ.",
  ],
  options: {
    key: {
      type: "string",
      multiple: true,
      value: "KIND=VALUE",
      help: "of a product: all reports here with this key, and of the cases of alerts with it: gtin=…, or brand=… and model=…",
    },
    analyte: { type: "string", value: "NAME|CAS", help: "only this one" },
    "any-material": { type: "boolean", help: "also across what they call the material tested" },
    out: {
      type: "string",
      value: "DIR",
      help: "write a page (index.html), a plot of each analyte (SVG) and comparison.json into this new directory",
    },
  },
  examples: [
    "entente compare nvwa.nl:12",
    "entente compare nvwa.nl:14 gacc.gov.cn:9 --analyte Lead",
    "entente compare nvwa.nl:12 --any-material --out comparison",
    "entente compare --key brand=Rattlesome --key model=RB-2",
  ],
  async run({ world, connect, print }, named, { key, analyte, "any-material": anyMaterial, out }) {
    if (named.length === 0 && key.length === 0)
      throw new CliError("USAGE", "nothing is named to be compared", "entente help compare");
    const client = await connect();
    const entries = [...named, ...(key.length === 0 ? [] : await entriesOf(client, key))];
    const progress = startProgress(world, "reading");
    const { reports, unread, contested } = await gatherReports(client, entries.map(parseEntryText), progress);
    progress.end();
    const comparison = { ...compareReports(reports, { analyte, anyMaterial }), unread };
    if (analyte !== undefined && comparison.analytes.length + comparison.leftOut.length === 0)
      throw new CliError("NOT_FOUND", `no report says anything of ${analyte}`, `entente compare ${entries.join(" ")}`);
    const cited = reports.map(({ entry }) => entry);
    if (out !== undefined) await writeComparison(out, SCHEMA, comparison, cited);
    print.result(SCHEMA, comparison, () => [
      ...comparisonLines(comparison, {
        width: world.stdoutColumns ?? DEFAULT_WIDTH,
        isUnicode: isUnicodeLocale(world.env),
      }),
      ...(out === undefined ? [] : ["", `written to ${out}: index.html, comparison.json and the plots`]),
    ]);
    if (contested.length > 0)
      print.note(`of a log with two histories (entente evidence list): ${contested.join(", ")}`);
    return comparison.analytes.some(({ verdict }) => verdict === "differ") ? EXIT.refused : EXIT.done;
  },
});

/** Reports on a product and alerts about it, whoever's they are. */
async function entriesOf(client: LocalClient, key: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const type of ["test-report", "alert"]) {
    const { entries, more } = await client.search({ q: "", type, kind: key, limit: MAX_ENTRIES });
    if (more)
      throw new CliError(
        "REFUSED",
        `more than ${MAX_ENTRIES} entries have ${key.join(" and ")}`,
        "name a narrower key",
      );
    found.push(...entries.map(({ entry }) => entry));
  }
  if (found.length === 0)
    throw new CliError(
      "NOT_FOUND",
      `no report and no alert has ${key.join(" and ")}`,
      "entente search --key KIND=VALUE",
    );
  return found;
}
