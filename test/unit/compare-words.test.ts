import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { comparisonLines } from "../../cli/compare/lines.ts";
import { isUnicodeLocale } from "../../cli/compare/locale.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseRecordJson } from "../../protocol/record/json.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import { compareReports } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import { type Found, reportOf, valueOf } from "../support/report.ts";

const ROOT = join(import.meta.dirname, "..", "..");

function linesOf(reports: readonly CitedReport[], width = 100): readonly string[] {
  const comparison = { ...compareReports(reports, { anyMaterial: false }), unread: [] };
  return comparisonLines(comparison, { width, isUnicode: true }).map((line) => line.trimEnd());
}

describe("why two results may not be compared", () => {
  const method = { standard: "EN 71-3", preparation: "Migration" };
  const requirement = { standard: "EN 71-3", clause: "4.2", category: "III" };
  const result = (unit: string): Partial<Found> => ({ result: { comparator: "=", value: "412", unit } });

  it.each<[string, Partial<Found>, Partial<Found>, string]>([
    [
      "method",
      { method },
      { method: { ...method, standard: "ISO 8124-3" } },
      "another method (“EN 71-3” and “ISO 8124-3”)",
    ],
    [
      "extraction",
      { method },
      { method: { ...method, preparation: "Total digestion" } },
      "another extraction (“Migration” and “Total digestion”)",
    ],
    [
      "standard",
      { requirement },
      { requirement: { ...requirement, standard: "ASTM F963" } },
      "another standard (“EN 71-3” and “ASTM F963”)",
    ],
    ["clause", { requirement }, { requirement: { ...requirement, clause: "4.3" } }, "another clause (“4.2” and “4.3”)"],
    [
      "category",
      { requirement },
      { requirement: { ...requirement, category: "I" } },
      "another category of material (“III” and “I”)",
    ],
    ["unit-dimension", result("mg/kg"), result("mg/l"), "a unit of another kind (“mg/kg” and “mg/l”)"],
    ["unknown-unit", result("mg/kg"), result("drops"), "a unit that is not known (“drops” and “mg/kg”)"],
  ])("%s, with both texts", (reason, first, second, words) => {
    const reports = [reportOf("nvwa.nl:4", "A", first), reportOf("gacc.gov.cn:4", "B", second)];
    const [one] = compareReports(reports, { anyMaterial: false }).analytes;
    expect(one?.verdict).toBe("refused");
    expect(one?.pairs[0]?.found).toMatchObject({ verdict: "refused", refusals: [{ reason }] });
    expect(linesOf(reports)).toContain("  They may not be compared.");
    expect(linesOf(reports)).toContain(`    may not be compared: ${words}`);
  });

  it("analyte: two names, of which one has no CAS number", () => {
    const cas = "7439-92-1";
    const reports = [
      reportOf("nvwa.nl:4", "A", { measurand: { name: "Blei", cas } }),
      reportOf("nvwa.nl:5", "B", { measurand: { name: "Lead", cas } }),
      reportOf("nvwa.nl:6", "C", { measurand: { name: "Lead" } }),
    ];
    expect(linesOf(reports)).toContain("    may not be compared: another analyte (“Blei” and “Lead”)");
    expect(linesOf(reports)[1]).toMatch(/^ {2}The laboratories agree: .* 1 pair of 3 may not be compared\.$/);
  });

  it("all reasons at once", () => {
    const reports = [
      reportOf("nvwa.nl:4", "A", { method, ...result("mg/kg") }),
      reportOf("nvwa.nl:5", "B", { method: { standard: "ISO 8124-3", preparation: "Digestion" }, ...result("mg/l") }),
    ];
    expect(linesOf(reports)).toContain(
      "    may not be compared: another method (“EN 71-3” and “ISO 8124-3”); another extraction (“Migration” and “Digestion”); a unit of another kind (“mg/kg” and “mg/l”)",
    );
  });
});

describe("in words", () => {
  it.each<[string, readonly [string, string?][], string]>([
    [
      "agree",
      [
        ["412", "45"],
        ["371", "37"],
      ],
      "agree: E_n = 0.704 (difference 41 mg/kg, combined U 58.258 mg/kg at k = 2)",
    ],
    [
      "differ",
      [
        ["412", "45"],
        ["980", "90"],
      ],
      "differ: E_n = -5.64 (difference -568 mg/kg, combined U 100.623 mg/kg at k = 2)",
    ],
    ["compatible", [["<0.5"], ["<1"]], "compatible: both are below what they can measure"],
    [
      "inconclusive",
      [
        ["412", "0"],
        ["411", "0"],
      ],
      "inconclusive: both state an uncertainty of zero",
    ],
  ])("%s", (verdict, values, words) => {
    const reports = values.map(([text, U], at) => reportOf(`nvwa.nl:${at}`, `Lab ${at}`, valueOf(text, U)));
    expect(compareReports(reports, { anyMaterial: false }).analytes[0]?.verdict).toBe(verdict);
    expect(linesOf(reports)).toContain(`    ${words}`);
  });

  it("what each result is under its limit, and where its laboratory says something else", () => {
    const limit = { kind: "maximum", value: "23", unit: "mg/kg", source: "a test" };
    const lines = linesOf([
      reportOf("nvwa.nl:1", "A", { ...valueOf("22", "3"), limit, decisionRule: "guard-band", verdict: "pass" }),
      reportOf("nvwa.nl:2", "B", {
        ...valueOf("22", "3"),
        limit,
        decisionRule: "guard-band",
        guardBand: "0.5",
        verdict: "pass",
      }),
      reportOf("nvwa.nl:3", "C", { ...valueOf("24", "3"), limit, verdict: "fail" }),
    ]);
    expect(lines).toContain("  They do not all stand alike under the limit.");
    const table = lines.join("\n");
    expect(table).toContain("inconclusive: at most 23 mg/kg, guard band U; the laboratory says pass");
    expect(table).toContain("pass: at most 23 mg/kg, guard band 0.5 mg/kg ");
    expect(table).toContain("fail: at most 23 mg/kg ");
  });

  it("of many pairs those that do not agree, and how many do", () => {
    const values = ["400", "401", "402", "403", "404", "980"];
    const lines = linesOf(values.map((value, at) => reportOf(`nvwa.nl:${at}`, `Lab ${at}`, valueOf(value, "45"))));
    expect(lines.filter((line) => line.startsWith("    differ: "))).toHaveLength(5);
    expect(lines.filter((line) => line.startsWith("    agree: "))).toEqual([]);
    expect(lines).toContain("  10 pairs of 15 agree");
  });

  it("what may be the same material under two names", () => {
    const reports = [reportOf("nvwa.nl:1", "A"), reportOf("nvwa.nl:2", "B", { material: "red coating" })];
    expect(linesOf(reports).at(-1)).toContain("--any-material compares them");
    expect(linesOf(reports.slice(0, 1)).at(-1)).not.toContain("--any-material");
  });
});

it.each([
  [{ LANG: "nl_NL.UTF-8" }, true],
  [{ LANG: "nl_NL.utf8" }, true],
  [{ LANG: "nl_NL.UTF-8", LC_ALL: "C" }, false],
  [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, true],
  [{ LANG: "nl_NL@euro" }, false],
  [{ LC_ALL: "", LANG: "C.UTF-8" }, true],
  [{}, false],
])("a terminal with %j: Unicode %s", (env, isUnicode) => {
  expect(isUnicodeLocale(env)).toBe(isUnicode);
});

it("the example of docs/spec/statistics.md", () => {
  const page = readFileSync(join(ROOT, "docs/spec/statistics.md"), "utf8");
  const [, example = ""] = /### Example\n[^]*?```\n([^]*?)```/.exec(page) ?? [];
  const sample = (entry: string, file: string): CitedReport => {
    const { body } = parseRecordJson(readFileSync(join(ROOT, "samples", file), "utf8"));
    if (!isMap(body)) throw new Error("a record has a body");
    return { entry, body: testReport.read(body, 0).body };
  };
  const reports = [sample("nvwa.nl:3", "test-report-first.json"), sample("gacc.gov.cn:4", "test-report.json")];
  expect(`${linesOf(reports).join("\n")}\n`).toBe(example);
});
