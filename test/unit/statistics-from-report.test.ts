import { describe, expect, it } from "vitest";
import { testReport } from "../../protocol/record/test-report.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";
import { compareReports } from "../../protocol/statistics/comparison.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";
import { type HeldReport, standingOf } from "../../protocol/statistics/standing.ts";

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
    expect(one?.consensus).toMatchObject([{ found: { outcome: "compared", assigned: { p: 4 } } }]);
  });

  it("another material is another group, unless a person says that it is the same", () => {
    const reports = [report("a.example:4", "A"), report("b.example:4", "B", { material: "red coating" })];
    expect(verdicts(...reports)).toEqual(["one-laboratory", "one-laboratory"]);
    expect(compareReports(reports, { anyMaterial: true }).analytes.map(({ verdict }) => verdict)).toEqual(["agree"]);
  });

  it("names what does not count, and why", () => {
    const reports: CitedReport[] = [
      { entry: "a.example:4", body: EXAMPLE },
      { ...report("a.example:5", "A"), setAside: { reason: "superseded", by: "a.example:4" } },
      { ...report("b.example:5", "B"), setAside: { reason: "withdrawn", by: "b.example:6" } },
    ];
    const { analytes, leftOut } = compareReports(reports, ALL);
    expect(analytes.map(({ verdict }) => verdict)).toEqual(["one-laboratory"]);
    expect(leftOut.map(({ citation, reason, by }) => [citation.entry, citation.position, reason, by])).toEqual([
      ["a.example:4", 1, "no-number", undefined],
      ["a.example:5", 0, "superseded", "a.example:4"],
      ["b.example:5", 0, "withdrawn", "b.example:6"],
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

  it("names the analyte of which too many results are here, and compares the others", () => {
    const many = Array.from({ length: 101 }, (_, at) => report(`a.example:${at}`, `Laboratory ${at}`));
    const other = report("b.example:4", "B", { measurand: { name: "Cadmium" } });
    const { analytes, leftOut } = compareReports([...many, other], ALL);
    expect(analytes.map(({ analyte }) => analyte)).toEqual(["Cadmium"]);
    expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(new Set(["too-many"]));
    expect(leftOut.map(({ citation }) => citation.entry)).toEqual(many.map(({ entry }) => entry));
    expect(compareReports(many.slice(1), ALL).analytes[0]?.pairs).toHaveLength(4950);
  });

  it("takes a name without a CAS number for the number beside which it stands elsewhere, if that is one alone", () => {
    const named = (name: string, cas?: string): Partial<Found> => ({
      measurand: { name, ...(cas === undefined ? {} : { cas }) },
    });
    const [lead, other] = ["7439-92-1", "7440-43-9"];
    const groups = (...measurands: readonly Partial<Found>[]): readonly unknown[] =>
      compareReports(
        measurands.map((measurand, at) => report(`a.example:${at}`, `Laboratory ${at}`, measurand)),
        ALL,
      ).analytes.map(({ cas, results }) => [cas, results.length]);
    expect(groups(named("Lead", lead), named("lead"))).toEqual([[lead, 2]]);
    expect(groups(named("Lead", lead), named("Blei", lead))).toEqual([[lead, 2]]);
    expect(groups(named("Lead", lead), named("Lead", other), named("Lead"))).toEqual([
      [undefined, 1],
      [lead, 1],
      [other, 1],
    ]);
  });

  it("forms a value of those that may be compared, for each kind by itself", () => {
    const other = { method: { standard: "ISO 8124-3" } };
    const reports = ["A", "B", "C"].map((name, at) => report(`a.example:${at}`, name, value(`${400 + 5 * at}`)));
    const others = ["D", "E", "F"].map((name, at) =>
      report(`b.example:${at}`, name, { ...value(`${90 + at}`), ...other }),
    );
    const [one] = compareReports([...reports, ...others], ALL).analytes;
    expect(
      one?.consensus.map(({ of, found }) => [of.length, "assigned" in found && found.assigned.value.text]),
    ).toEqual([
      [3, "405.000"],
      [3, "91.0000"],
    ]);
    expect(one?.verdict).toBe("agree");
    expect(one?.pairs.filter(({ found }) => found.verdict === "refused")).toHaveLength(9);
  });
});

describe("which reports count", () => {
  const held = (entry: string, supersedes?: string): HeldReport => ({
    entry,
    body: EXAMPLE,
    ...(supersedes === undefined ? {} : { supersedes }),
  });
  const aside = (...args: Parameters<typeof standingOf>): unknown =>
    standingOf(...args).map(({ setAside }) => setAside?.by ?? null);

  it("not one that its author replaced or took back", () => {
    expect(aside([held("a.example:4"), held("a.example:9", "a.example:4")], [])).toEqual(["a.example:9", null]);
    expect(aside([held("a.example:4")], [{ entry: "a.example:9", of: "a.example:4" }])).toEqual(["a.example:9"]);
    // Of a later epoch of the same log.
    expect(aside([held("a.example:4")], [{ entry: "a.example/2:1", of: "a.example:4" }])).toEqual(["a.example/2:1"]);
  });

  it("one that somebody else would make disappear", () => {
    expect(aside([held("a.example:4"), held("b.example:9", "a.example:4")], [])).toEqual([null, null]);
    expect(aside([held("a.example:4")], [{ entry: "b.example:9", of: "a.example:4" }])).toEqual([null]);
    expect(aside([held("a.example:4", "a.example:4")], [])).toEqual([null]);
  });

  it("one whose replacement was taken back", () => {
    const reports = [held("a.example:4"), held("a.example:9", "a.example:4")];
    expect(aside(reports, [{ entry: "a.example:10", of: "a.example:9" }])).toEqual([null, "a.example:10"]);
  });

  it("the first of several that say so is named, whatever their order", () => {
    const taken = ["a.example:10", "a.example:9"].map((entry) => ({ entry, of: "a.example:4" }));
    expect(aside([held("a.example:4")], taken)).toEqual(["a.example:9"]);
    expect(aside([held("a.example:4")], taken.toReversed())).toEqual(["a.example:9"]);
  });
});
