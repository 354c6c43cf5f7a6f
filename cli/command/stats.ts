import { writeFile } from "node:fs/promises";
import type { AuthorityIndicators, IndicatorReport } from "../../node/case-types.ts";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";
import { startProgress } from "../progress.ts";
import { indicatorPage, periodText, sum } from "../stats/page.ts";
import { count, indent, table } from "../text.ts";

export const stats = defineCommand({
  name: "stats",
  usage: "",
  arguments: [0, 0],
  summary: "count what became of cases: for each authority, and in which time",
  description: [
    "Alerts, answers and their outcomes, days to acknowledge and to answer, supply chains followed and why not further, measures by place in the supply chain and whether they were seen to work. Cases count that began in the period.",
  ],
  options: {
    from: { type: "string", value: "YYYY-MM-DD", help: "cases that began on this day or later" },
    until: { type: "string", value: "YYYY-MM-DD", help: "and on this day or earlier" },
    csv: { type: "boolean", help: "as CSV: authority, indicator, key, value" },
    html: { type: "string", value: "FILE", help: "also as a page with plots, which stands alone" },
  },
  examples: ["entente stats --from 2026-01-01 --until 2026-06-30", "entente stats --html indicators.html"],
  async run({ world, connect, print }, _args, { from, until, csv, html }) {
    const client = await connect();
    const progress = startProgress(world, "counting");
    const period = {
      ...(from === undefined ? {} : { from: day("--from", from) }),
      ...(until === undefined ? {} : { until: day("--until", until) }),
    };
    const report = await client.indicators(period, (now) => progress.update(now));
    progress.end();
    if (html !== undefined) await writeFile(html, indicatorPage(report), { flag: "wx" }).catch(fileError(html));
    print.result("entente/stats/1", report, () => [
      ...(csv ? csvLines(report) : statsLines(report)),
      ...(html === undefined || csv ? [] : ["", `the page: ${html}`]),
    ]);
  },
});

function day(option: string, text: string): string {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text))
    throw new CliError("USAGE", `${option}: "${text}" is no day`, "write it like 2026-03-09");
  return text;
}

function statsLines(report: IndicatorReport): string[] {
  const { authorities, cases } = report;
  if (cases === 0) return ["no cases in that time"];
  return [
    `${count(cases, "case")}. ${periodText(report)}`,
    "",
    ...table(
      [
        "authority",
        "alerts",
        "addressed",
        "silent",
        "followed up",
        "days to act",
        "to follow up",
        "to answer",
        "measures",
      ],
      authorities.map((one) => [
        one.name,
        String(sum(one.alerts)),
        String(one.addressed),
        String(one.silent),
        String(sum(one.outcomes)),
        daysText(one.toAcknowledge),
        daysText(one.toFollowUp),
        daysText(one.toAnswer),
        String(sum(one.measureCategories)),
      ]),
    ),
    "days: the median, and in brackets what nine of ten do not exceed",
    ...authorities.flatMap(detailLines),
  ];
}

function detailLines({ name, outcomes, tracing, notTraced, measures }: AuthorityIndicators): string[] {
  const lines = [
    ...countLines("follow-up", outcomes, (code) => codeLabel("follow-up-outcome", code, "en")),
    ...countLines("tracing", tracing, (code) => codeLabel("traceability-status", code, "en")),
    ...countLines("not traced", notTraced, (code) => codeLabel("not-traced-reason", code, "en")),
    ...Object.entries(measures).map(
      ([place, states]) =>
        `measures at: ${codeLabel("chain-link", place, "en")}: ${sum(states)}, of which ${states.works} work, ${states.failed} do not, ${states["not-verified"]} not verified${states.contested > 0 ? `, ${states.contested} contested` : ""}`,
    ),
  ];
  return lines.length === 0 ? [] : ["", name, ...indent(lines)];
}

function countLines(what: string, counts: Readonly<Record<string, number>>, label: (code: string) => string): string[] {
  return Object.entries(counts).map(([code, number]) => `${what}: ${label(code)}: ${number}`);
}

function daysText({ median, ninth }: AuthorityIndicators["toAnswer"]): string {
  return median === null || ninth === null ? "–" : `${median} (${ninth})`;
}

/** One figure a row, so that a spreadsheet pivots it; names of authorities and codes have no character that needs quoting. */
function csvLines({ authorities }: IndicatorReport): string[] {
  const rows = authorities.flatMap(
    ({ name, addressed, silent, toAcknowledge, toFollowUp, toAnswer, measures, ...counts }) => [
      [name, "addressed", "", addressed],
      [name, "silent", "", silent],
      ...Object.entries({ toAcknowledge, toFollowUp, toAnswer }).flatMap(([key, { count: number, median, ninth }]) => [
        [name, key, "count", number],
        [name, key, "median", median ?? ""],
        [name, key, "ninth", ninth ?? ""],
      ]),
      ...Object.entries(counts).flatMap(([key, codes]) =>
        Object.entries(codes).map(([code, number]) => [name, key, code, number]),
      ),
      ...Object.entries(measures).flatMap(([place, states]) =>
        Object.entries(states).map(([state, number]) => [name, "measures", `${place} ${state}`, number]),
      ),
    ],
  );
  return [["authority", "indicator", "key", "value"], ...rows].map((row) => row.join(","));
}
