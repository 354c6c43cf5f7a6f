import { dayOfTime, daysBetween } from "./day.ts";
import type { Case } from "./fold.ts";
import type { CaseNode } from "./graph.ts";
import type { MeasureState } from "./measure.ts";

/** What the coded field of a table holds where nothing is stated. */
const UNKNOWN = "unknown";

/** Counts by a code. */
export type Counts = Readonly<Record<string, number>>;

/** Days from one act to another: how many there are, the median, and nine of ten. */
export type Days = { readonly count: number; readonly median: number | null; readonly ninth: number | null };

/** What one authority did in the cases that began in a period: docs/spec/case.md, "Indicators". */
export type Indicators = {
  /** Id of the authority, in hex. */
  readonly authority: string;
  /** Alerts of its own, by what became of their cases. */
  readonly alerts: Counts;
  /** Cases of others in which it was addressed or acted. */
  readonly addressed: number;
  /** Those of them in which nothing was heard of it. */
  readonly silent: number;
  /** Days from the alert to its first act. */
  readonly toAcknowledge: Days;
  /** Its follow-ups that stand, one for each case, by outcome. */
  readonly outcomes: Counts;
  /** Days from the alert to its first follow-up. */
  readonly toFollowUp: Days;
  /** Requests to it, by how they stand. */
  readonly requests: Counts;
  /** Days from a request to the first answer that is not a question. */
  readonly toAnswer: Days;
  /** How far it followed supply chains, and why not further. */
  readonly tracing: Counts;
  readonly notTraced: Counts;
  /** Measures that it took, by place in the supply chain and what was seen of them. */
  readonly measures: Readonly<Record<string, Readonly<Record<MeasureState["state"], number>>>>;
  readonly measureCategories: Counts;
};

/** A case with the times of its entries, in seconds since 1970. */
export type TimedCase = { readonly case: Case; readonly timeOf: (node: CaseNode) => number };

/** Of every authority that has a part in the cases, by id. */
export function indicatorsOf(cases: readonly TimedCase[]): readonly Indicators[] {
  const ids = new Set(cases.flatMap((one) => one.case.parties.map(({ id }) => id)));
  return [...ids].sort().map((id) => indicatorsOfOne(id, cases));
}

function indicatorsOfOne(id: string, all: readonly TimedCase[]): Indicators {
  const own = all.filter((one) => one.case.root.author === id);
  const others = all.filter((one) => one.case.root.author !== id && one.case.parties.some((party) => party.id === id));
  const parties = others.flatMap(({ case: folded }) => folded.parties.filter((party) => party.id === id));
  const requests = all.flatMap(({ case: folded, timeOf }) =>
    folded.requests.filter(({ to }) => to === id).map((request) => ({ ...request, timeOf })),
  );
  const measures = all.flatMap(({ case: folded }) => folded.measures.filter(({ entry }) => entry.author === id));
  const traced = all.flatMap(({ case: folded }) => tracingsOf(folded, id));
  return {
    authority: id,
    alerts: tally(own.map(({ case: folded }) => folded.status)),
    addressed: others.length,
    silent: parties.filter(({ state }) => state === "silent").length,
    toAcknowledge: days(others.flatMap((one) => daysToFirst(one, id, () => true))),
    outcomes: tally(parties.flatMap(({ followUp }) => followUp?.record.body.outcome ?? [])),
    toFollowUp: days(others.flatMap((one) => daysToFirst(one, id, ({ record }) => record.type === "follow-up"))),
    requests: tally(requests.map(({ state }) => state)),
    toAnswer: days(
      requests.flatMap(({ request, answers, timeOf }) => {
        const answer = answers.find(({ record }) => record.body.outcome !== "more-information-needed");
        return answer === undefined ? [] : [daysFrom(timeOf(request), timeOf(answer))];
      }),
    ),
    tracing: tally(traced.map(({ status }) => status)),
    notTraced: tally(traced.flatMap(({ status, reason }) => (status === "traced" ? [] : [reason ?? UNKNOWN]))),
    measures: measuresByPlace(measures),
    measureCategories: tally(measures.map(({ measure }) => measure.category)),
  };
}

/** What its last act that says something of it says, in each case. */
function tracingsOf({ graph, withdrawn }: Case, id: string): readonly { status: string; reason?: string }[] {
  const said = graph.nodes.findLast(
    (node) => node.author === id && !withdrawn.has(node) && tracingOf(node) !== undefined,
  );
  const tracing = said === undefined ? undefined : tracingOf(said);
  return tracing === undefined ? [] : [tracing];
}

function tracingOf({ record }: CaseNode): { status: string; reason?: string } | undefined {
  return "traceability" in record.body ? record.body.traceability : undefined;
}

function measuresByPlace(measures: readonly MeasureState[]): Indicators["measures"] {
  const byPlace: Record<string, Record<MeasureState["state"], number>> = {};
  for (const { measure, state } of measures) {
    const place = (byPlace[measure.operator ?? UNKNOWN] ??= { works: 0, failed: 0, contested: 0, "not-verified": 0 });
    place[state] += 1;
  }
  return byPlace;
}

function daysToFirst(
  { case: folded, timeOf }: TimedCase,
  id: string,
  counts: (node: CaseNode) => boolean,
): readonly number[] {
  const first = folded.graph.nodes.find((node) => node.author === id && counts(node));
  return first === undefined ? [] : [daysFrom(timeOf(folded.root), timeOf(first))];
}

/** Times are claims: what seems to come before its cause counts as the same day. */
function daysFrom(from: number, until: number): number {
  return Math.max(0, daysBetween(dayOfTime(from), dayOfTime(until)));
}

function days(values: readonly number[]): Days {
  const sorted = [...values].sort((a, b) => a - b);
  return { count: sorted.length, median: quantile(sorted, 0.5), ninth: quantile(sorted, 0.9) };
}

/** The smallest value that at least such a share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function tally(codes: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const code of [...codes].sort()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
