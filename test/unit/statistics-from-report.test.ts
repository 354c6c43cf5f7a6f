import { describe, expect, it } from "vitest";
import { testReport } from "../../protocol/record/test-report.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";
import { compareReports } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";

const EXAMPLE = testReport.read(TEST_REPORT_EXAMPLE.body, 0).body;
const [LEAD, WHEEL] = EXAMPLE.determinations;
if (LEAD?.result === undefined || WHEEL === undefined) throw new Error("the example has two determinations");
const RESULT = LEAD.result;

type Found = (typeof EXAMPLE.determinations)[number];

function report(entry: string, laboratory: string, change: Partial<Found> = {}): CitedReport {
  return {
    entry,
    body: { ...EXAMPLE, laboratory: { name: laboratory }, determinations: [{ ...(LEAD as Found), ...change }] },
  };
}

const ALL = { anyMaterial: false } as const;
const value = (text: string, unit = "mg/kg"): Partial<Found> => ({ result: { ...RESULT, value: text, unit } });

function verdicts(...reports: readonly CitedReport[]): readonly string[] {
  return compareReports(reports, ALL).analytes.map(({ verdict }) => verdict);
}

describe("laboratories compared from their reports", () => {
  it.each<[string, Partial<Found>, string]>([
    ["near", value("430"), "agree"],
    ["far", value("980"), "differ"],
    ["in another unit of the same kind", value("0.043", "g/100 g"), "agree"],
    ["without an uncertainty", { uncertainty: undefined } as unknown as Partial<Found>, "inconclusive"],
    ["below a limit", { result: { comparator: "<", value: "500", unit: "mg/kg" } }, "compatible"],
    ["by another method", { method: { standard: "ISO 8124-3" } }, "refused"],
    ["by another extraction", { method: { ...LEAD?.method, preparation: "Total digestion" } }, "refused"],
    ["in a unit of another kind", value("430", "mg/l"), "refused"],
  ])("%s", (_what, change, verdict) => {
    const other = report("b.example:4", "B", change);
    expect(verdicts(report("a.example:4", "A"), other)).toEqual([verdict]);
  });

  it("the order of the reports has no influence on a byte", () => {
    const reports = ["A", "B", "C", "D"].map((name, at) =>
      report(`${name.toLowerCase()}.example:4`, name, value(String(400 + 9 * at))),
    );
    const text = JSON.stringify(compareReports(reports, ALL));
    expect(JSON.stringify(compareReports(reports.toReversed(), ALL))).toBe(text);
    const [one] = compareReports(reports, ALL).analytes;
    expect(one?.pairs).toHaveLength(6);
    expect(one?.many).toMatchObject({ outcome: "compared", assigned: { p: 4 } });
  });

  it("another material is another group, unless a person says that it is the same", () => {
    const reports = [report("a.example:4", "A"), report("b.example:4", "B", { material: "red coating" })];
    expect(verdicts(...reports)).toEqual(["one-laboratory", "one-laboratory"]);
    expect(compareReports(reports, { anyMaterial: true }).analytes.map(({ verdict }) => verdict)).toEqual(["agree"]);
  });

  it("names what does not count, and why", () => {
    const reports: CitedReport[] = [
      { entry: "a.example:4", body: EXAMPLE },
      { ...report("a.example:5", "A"), setAside: "superseded" },
      { ...report("b.example:5", "B"), setAside: "withdrawn" },
    ];
    const { analytes, leftOut } = compareReports(reports, ALL);
    expect(analytes.map(({ verdict }) => verdict)).toEqual(["one-laboratory"]);
    expect(leftOut.map(({ citation, reason }) => [citation.entry, citation.position, reason])).toEqual([
      ["a.example:4", 1, "no-number"],
      ["a.example:5", 0, "superseded"],
      ["b.example:5", 0, "withdrawn"],
    ]);
  });

  it("judges each result under the rule that its report names", () => {
    const limit = { kind: "maximum", value: "420", unit: "mg/kg", source: "a test" };
    const judged = (change: Partial<Found>): unknown =>
      compareReports([report("a.example:4", "A", { limit, ...change })], ALL).analytes[0]?.results[0]?.judgement;
    expect(judged({ decisionRule: "simple-acceptance" })).toMatchObject({ verdict: "pass" });
    expect(judged({ decisionRule: "guard-band" })).toMatchObject({ verdict: "inconclusive", reason: "in-guard-band" });
    expect(judged({ decisionRule: "guard-band", guardBand: "5" })).toMatchObject({ verdict: "pass" });
    expect(judged({ limit: { ...limit, kind: "minimum" } })).toMatchObject({ verdict: "fail" });
  });

  it("finds an analyte by name or CAS number", () => {
    const reports = [
      report("a.example:4", "A"),
      report("b.example:4", "B", { measurand: { name: "LEAD ", cas: "7439-92-1" } }),
    ];
    for (const analyte of ["lead", "7439-92-1"])
      expect(compareReports(reports, { ...ALL, analyte }).analytes).toHaveLength(1);
    expect(compareReports(reports, { ...ALL, analyte: "Cadmium" }).analytes).toEqual([]);
  });
});
