import { compareMany, type Many } from "./compare-many.ts";
import { type Judgement, judge } from "./decision-rule.ts";
import { compareDeterminations } from "./determination.ts";
import { type CitedReport, type CitedResult, type Citation, type LeftOut, resultsOf } from "./from-report.ts";
import { compareTwo, type Pairwise } from "./pairwise.ts";

/** Whether laboratories really differ about one analyte in one material. */
export type AnalyteVerdict = "agree" | "differ" | "compatible" | "inconclusive" | "refused" | "one-laboratory";

export type AnalyteComparison = {
  readonly analyte: string;
  readonly cas?: string;
  readonly material?: string;
  readonly verdict: AnalyteVerdict;
  /** In the order of the laboratories' names. */
  readonly results: readonly (CitedResult & { readonly judgement?: Judgement })[];
  /** Every two results of different laboratories. */
  readonly pairs: readonly { readonly between: readonly [Citation, Citation]; readonly found: Pairwise }[];
  /** Of three laboratories or more. */
  readonly many?: Many;
};

export type Comparison = {
  readonly analytes: readonly AnalyteComparison[];
  /** Results that could not be compared, each with the reason. */
  readonly leftOut: readonly LeftOut[];
};

export type ComparisonOptions = {
  /** Only this analyte, by its name or CAS number. */
  readonly analyte?: string | undefined;
  /** Compares across what laboratories call the material: they may mean the same. */
  readonly anyMaterial: boolean;
};

/** Fewer are a pair. */
const MIN_MANY = 3;

/**
 * What laboratories found, analyte by analyte: docs/spec/statistics.md, "From test reports". The order in which reports are
 * handed in has no influence. Throws `StatisticsError` for more laboratories than are compared at once.
 */
export function compareReports(reports: readonly CitedReport[], options: ComparisonOptions): Comparison {
  const read = reports.map(resultsOf);
  const wanted = read.flatMap(({ results }) => results).filter((one) => isWanted(one, options.analyte));
  const groups = Map.groupBy(wanted, (one) => groupOf(one, options.anyMaterial));
  return {
    analytes: [...groups]
      .sort(([a], [b]) => compareText(a, b))
      .map(([, results]) => compareAnalyte(results.toSorted(compareResults), options.anyMaterial)),
    leftOut: read.flatMap(({ leftOut }) => leftOut).sort((a, b) => compareCitations(a.citation, b.citation)),
  };
}

function compareAnalyte(results: readonly CitedResult[], anyMaterial: boolean): AnalyteComparison {
  const [first] = results;
  const pairs = results.flatMap((a, at) =>
    results
      .slice(at + 1)
      .filter((b) => b.determination.laboratory !== a.determination.laboratory)
      .map((b) => ({
        between: [a.citation, b.citation] as const,
        found: compareTwo(a.determination, b.determination),
      })),
  );
  const laboratories = new Set(results.map(({ determination }) => determination.laboratory));
  const many =
    laboratories.size < MIN_MANY ? undefined : compareMany(results.map(({ determination }) => determination));
  return {
    analyte: first?.determination.analyte ?? "",
    ...(first?.determination.cas === undefined ? {} : { cas: first.determination.cas }),
    ...(first?.material === undefined || anyMaterial ? {} : { material: first.material }),
    verdict: verdictOf(pairs.map(({ found }) => found)),
    results: results.map((one) =>
      one.limits === undefined ? one : { ...one, judgement: judge(one.determination, one.limits, one.rule) },
    ),
    pairs,
    ...(many === undefined ? {} : { many }),
  };
}

/** Two that differ are enough for laboratories to differ; what could not be compared says nothing beside what could. */
function verdictOf(found: readonly Pairwise[]): AnalyteVerdict {
  const verdicts = new Set(found.map(({ verdict }) => verdict));
  const order = ["differ", "inconclusive", "compatible", "agree", "refused"] as const;
  return order.find((verdict) => verdicts.has(verdict)) ?? "one-laboratory";
}

function isWanted({ determination: { analyte, cas } }: CitedResult, wanted: string | undefined): boolean {
  return wanted === undefined || cas === wanted || normal(analyte) === normal(wanted);
}

/** By CAS number where there is one: names are written in many ways. */
function groupOf({ determination: { analyte, cas }, material }: CitedResult, anyMaterial: boolean): string {
  return JSON.stringify([cas ?? normal(analyte), anyMaterial ? "" : normal(material ?? "")]);
}

function normal(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

function compareResults(a: CitedResult, b: CitedResult): number {
  return compareDeterminations(a.determination, b.determination) || compareCitations(a.citation, b.citation);
}

function compareCitations(a: Citation, b: Citation): number {
  return compareText(a.entry, b.entry) || a.position - b.position;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
