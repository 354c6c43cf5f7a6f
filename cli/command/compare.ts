import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AnalyteComparison, Comparison } from "../../protocol/statistics/comparison.ts";
import { compareReports } from "../../protocol/statistics/comparison.ts";
import { canonicalJson } from "../compare/canonical-json.ts";
import { gatherReports } from "../compare/gather.ts";
import { scaleOf } from "../compare/interval.ts";
import { svgPlot } from "../compare/svg-plot.ts";
import { terminalPlot } from "../compare/terminal-plot.ts";
import {
  analyteTitle,
  caveatTexts,
  citationText,
  judgementText,
  leftOutText,
  pairText,
  resultText,
  verdictText,
} from "../compare/words.ts";
import { defineCommand } from "../command.ts";
import { parseEntryText } from "../entry-text.ts";
import { EXIT } from "../exit-code.ts";
import { fileError } from "../fs-error.ts";
import { indent, table } from "../text.ts";

/** As many as a person names. */
const MAX_ENTRIES = 100;

export const compare = defineCommand({
  name: "compare",
  usage: "ENTRY…",
  arguments: [1, MAX_ENTRIES],
  summary: "say whether laboratories really differ",
  description: [
    "ENTRY is a test report, or an alert or another entry of a case: then all reports of the case are compared. For each analyte in each material: the results with their uncertainties, E_n of every two laboratories, and of three or more also z, z′ and ζ against what they have in common.",
    "What may not be compared (another method, standard, category, extraction, kind of unit) is refused, and why is said. The exit code is 1 where laboratories differ.",
  ],
  options: {
    analyte: { type: "string", value: "NAME|CAS", help: "only this one" },
    "any-material": { type: "boolean", help: "also across what they call the material tested" },
    out: {
      type: "string",
      value: "DIR",
      help: "write comparison.json and a plot per analyte (SVG) into this new directory",
    },
  },
  examples: ["entente compare nvwa.nl:12", "entente compare nvwa.nl:14 gacc.gov.cn:9 --analyte Lead --out comparison"],
  async run({ connect, print }, entries, options) {
    const reports = await gatherReports(await connect(), entries.map(parseEntryText));
    const comparison = compareReports(reports, { analyte: options.analyte, anyMaterial: options["any-material"] });
    if (options.out !== undefined) await writeAll(options.out, comparison);
    print.result("entente/comparison/1", comparison, () => [
      ...comparison.analytes.flatMap(analyteLines),
      ...(comparison.leftOut.length === 0 ? [] : ["", "not compared", ...indent(comparison.leftOut.map(leftOutText))]),
      ...(options.out === undefined ? [] : ["", `written to ${options.out}`]),
    ]);
    return comparison.analytes.some(({ verdict }) => verdict === "differ") ? EXIT.refused : EXIT.done;
  },
});

async function writeAll(directory: string, comparison: Comparison): Promise<void> {
  await mkdir(directory).catch(fileError(directory));
  await writeFile(join(directory, "comparison.json"), canonicalJson({ schema: "entente/comparison/1", ...comparison }));
  for (const [at, one] of comparison.analytes.entries()) {
    const scale = scaleOf(one);
    if (scale !== undefined)
      await writeFile(join(directory, `${at + 1}-${fileName(one.analyte)}.svg`), svgPlot(analyteTitle(one), scale));
  }
}

function fileName(analyte: string): string {
  return (
    analyte
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 40) || "analyte"
  );
}

function analyteLines(one: AnalyteComparison): string[] {
  const scale = scaleOf(one);
  return [
    "",
    analyteTitle(one),
    ...indent([
      verdictText(one),
      "",
      ...table(
        ["laboratory", "result", "against the limit", "cites"],
        one.results.map((result) => [
          result.determination.laboratory,
          resultText(result),
          judgementText(result),
          citationText(result.citation),
        ]),
      ),
      ...(scale === undefined ? [] : ["", ...terminalPlot(scale)]),
      ...pairLines(one),
      ...manyLines(one),
    ]),
  ];
}

function pairLines({ pairs }: AnalyteComparison): string[] {
  if (pairs.length === 0) return [];
  return [
    "",
    ...pairs.flatMap(({ between: [a, b], found }) => [
      `${citationText(a)} and ${citationText(b)} ${pairText(found)}`,
      ...indent(caveatTexts(found).map((text) => `note: ${text}`)),
    ]),
  ];
}

function manyLines({ many }: AnalyteComparison): string[] {
  if (many === undefined) return [];
  if (many.outcome === "refused")
    return [
      "",
      `no value that they have in common: ${[...new Set(many.refusals.map(({ reason }) => reason.replaceAll("-", " ")))].join(", ")}`,
    ];
  const { assigned, unit, laboratories } = many;
  return [
    "",
    `in common, by ${assigned.by}: ${assigned.value.text} ± ${assigned.U.text} ${unit} (of ${assigned.p})`,
    ...table(
      ["laboratory", "z", "z′", "ζ", "E_n"],
      laboratories.map((row) =>
        row.comparator === "="
          ? [
              row.laboratory,
              ...[row.z, row.zPrime, row.zeta, row.en].map((score) =>
                "absent" in score ? "–" : `${score.text} ${score.verdict}`,
              ),
            ]
          : [row.laboratory, row.verdict, "–", "–", "–"],
      ),
    ),
  ];
}
