import { MAX_COMPARED_PAIRWISE } from "../limits.ts";
import { comparable, comparableKey } from "./comparable.ts";
import { compareMany, type Many } from "./compare-many.ts";
import { type Judgement, judge } from "./decision-rule.ts";
import { compareDeterminations } from "./determination.ts";
import { foldText } from "./fold-text.ts";
import { type CitedReport, type CitedResult, type Citation, type LeftOut, resultsOf } from "./from-report.ts";
import { compareTwo, type Pairwise } from "./pairwise.ts";
import { compareEntries } from "./standing.ts";

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
  /** What three laboratories or more have in common, once for those of each kind that may be compared with each other. */
  readonly consensus: readonly { readonly of: readonly Citation[]; readonly found: Many }[];
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
const MIN_CONSENSUS = 3;

/**
 * What laboratories found, analyte by analyte: docs/spec/statistics.md, "From test reports". The order in which reports are
 * handed in has no influence.
 */
export function compareReports(reports: readonly CitedReport[], options: ComparisonOptions): Comparison {
  const read = reports.map(resultsOf);
  const results = read.flatMap((one) => one.results);
  const names = namesOf(results);
  const wanted = results.filter(({ determination }) => isWanted(determination, names, options.analyte));
  const groups = [...Map.groupBy(wanted, (one) => groupOf(one, names, options.anyMaterial)).values()];
  const tooMany = groups.filter(({ length }) => length > MAX_COMPARED_PAIRWISE).flat();
  const leftOut = read.flatMap((one) => one.leftOut).filter((one) => isWanted(one, names, options.analyte));
  return {
    analytes: groups
      .filter(({ length }) => length <= MAX_COMPARED_PAIRWISE)
      .map((group) => compareAnalyte(group.toSorted(compareResults), options.anyMaterial))
      .sort(compareAnalytes),
    leftOut: [...leftOut, ...tooMany.map(leftOutOf)].sort((a, b) => compareCitations(a.citation, b.citation)),
  };
}

function compareAnalyte(results: readonly CitedResult[], anyMaterial: boolean): AnalyteComparison {
  const pairs = results.flatMap((a, at) =>
    results
      .slice(at + 1)
      .filter((b) => b.determination.laboratory !== a.determination.laboratory)
      .map((b) => ({
        between: [a.citation, b.citation] as const,
        found: compareTwo(a.determination, b.determination),
      })),
  );
  const [first] = results;
  const cas = results.find(({ determination }) => determination.cas !== undefined)?.determination.cas;
  return {
    analyte: first?.determination.analyte ?? "",
    ...(cas === undefined ? {} : { cas }),
    ...(first?.material === undefined || anyMaterial ? {} : { material: first.material }),
    verdict: verdictOf(pairs.map(({ found }) => found)),
    results: results.map((one) =>
      one.limits === undefined ? one : { ...one, judgement: judge(one.determination, one.limits, one.rule) },
    ),
    pairs,
    consensus: alike(results)
      .filter(hasConsensus)
      .map((of) => ({
        of: of.map(({ citation }) => citation),
        found: compareMany(of.map(({ determination }) => determination)),
      })),
  };
}

/** All of them, if all may be compared with each other; else those of each kind by themselves. */
function alike(results: readonly CitedResult[]): readonly (readonly CitedResult[])[] {
  return comparable(results.map(({ determination }) => determination)).refusals.length === 0
    ? [results]
    : [...Map.groupBy(results, ({ determination }) => comparableKey(determination)).values()];
}

function hasConsensus(results: readonly CitedResult[]): boolean {
  return new Set(results.map(({ determination }) => determination.laboratory)).size >= MIN_CONSENSUS;
}

/** Two that differ are enough for laboratories to differ; what could not be compared says nothing beside what could. */
function verdictOf(found: readonly Pairwise[]): AnalyteVerdict {
  const verdicts = new Set(found.map(({ verdict }) => verdict));
  const order = ["differ", "inconclusive", "compatible", "agree", "refused"] as const;
  return order.find((verdict) => verdicts.has(verdict)) ?? "one-laboratory";
}

type Analyte = { readonly analyte: string; readonly cas?: string };

/** By name, the CAS number that it stands beside, where that is always the same one. */
function namesOf(results: readonly CitedResult[]): ReadonlyMap<string, string> {
  const numbers = new Map<string, Set<string>>();
  for (const { determination } of results) {
    if (determination.cas === undefined) continue;
    const name = foldText(determination.analyte);
    numbers.set(name, (numbers.get(name) ?? new Set()).add(determination.cas));
  }
  return new Map(
    [...numbers].flatMap(([name, [only = "", ...more]]) => (more.length === 0 ? [[name, only] as const] : [])),
  );
}

/** The CAS number, since names are in many languages; where there is none, that of the same name elsewhere, else the name. */
function analyteKey({ analyte, cas }: Analyte, names: ReadonlyMap<string, string>): string {
  const name = foldText(analyte);
  return cas ?? names.get(name) ?? name;
}

function isWanted(one: Analyte, names: ReadonlyMap<string, string>, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const name = foldText(wanted);
  return [foldText(one.analyte), analyteKey(one, names)].some((key) => key === name || key === names.get(name));
}

function groupOf(
  { determination, material }: CitedResult,
  names: ReadonlyMap<string, string>,
  anyMaterial: boolean,
): string {
  return JSON.stringify([analyteKey(determination, names), anyMaterial ? "" : foldText(material)]);
}

function leftOutOf({ citation, determination: { laboratory, analyte, cas } }: CitedResult): LeftOut {
  return { citation, laboratory, analyte, ...(cas === undefined ? {} : { cas }), reason: "too-many" };
}

/** By what people read: two of one name and material have different CAS numbers. */
function compareAnalytes(a: AnalyteComparison, b: AnalyteComparison): number {
  return (
    compareText(foldText(a.analyte), foldText(b.analyte)) ||
    compareText(foldText(a.material), foldText(b.material)) ||
    compareText(a.cas ?? "", b.cas ?? "")
  );
}

function compareResults(a: CitedResult, b: CitedResult): number {
  return compareDeterminations(a.determination, b.determination) || compareCitations(a.citation, b.citation);
}

function compareCitations(a: Citation, b: Citation): number {
  return compareEntries(a.entry, b.entry) || a.position - b.position;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
