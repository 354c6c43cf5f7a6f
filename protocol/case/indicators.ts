import { dayOfTime, daysBetween } from "./day.ts";
import type { Case, Party } from "./fold.ts";
import type { CaseNode } from "./graph.ts";
import type { MeasureState } from "./measure.ts";
import type { RequestState } from "./request.ts";

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

type Measures = Map<string, Record<MeasureState["state"], number>>;

/** What is counted of one authority, case by case. */
type Counted = {
  readonly alerts: Map<string, number>;
  addressed: number;
  silent: number;
  readonly toAcknowledge: number[];
  readonly outcomes: Map<string, number>;
  readonly toFollowUp: number[];
  readonly requests: Map<string, number>;
  readonly toAnswer: number[];
  readonly tracing: Map<string, number>;
  readonly notTraced: Map<string, number>;
  readonly measures: Measures;
  readonly measureCategories: Map<string, number>;
};

/** Counts cases one by one and keeps none of them: only numbers, for each authority. */
export class IndicatorCount {
  readonly #counted = new Map<string, Counted>();
  #cases = 0;

  get cases(): number {
    return this.#cases;
  }

  add(one: TimedCase): void {
    this.#cases += 1;
    // Once for all, since one who asks thousands of ids would have each looked for in thousands of requests.
    const requests = Map.groupBy(one.case.requests, ({ to }) => to);
    const measures = Map.groupBy(one.case.measures, ({ entry }) => entry.author);
    for (const party of one.case.parties)
      count(this.#of(party.id), {
        ...one,
        party,
        requests: requests.get(party.id) ?? [],
        measures: measures.get(party.id) ?? [],
      });
  }

  /** Of every authority that has a part in the cases, by id. */
  get all(): readonly Indicators[] {
    return [...this.#counted]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([authority, counted]) => indicatorsOf(authority, counted));
  }

  #of(id: string): Counted {
    const counted = this.#counted.get(id) ?? nothing();
    this.#counted.set(id, counted);
    return counted;
  }
}

function nothing(): Counted {
  return {
    alerts: new Map(),
    addressed: 0,
    silent: 0,
    toAcknowledge: [],
    outcomes: new Map(),
    toFollowUp: [],
    requests: new Map(),
    toAnswer: [],
    tracing: new Map(),
    notTraced: new Map(),
    measures: new Map(),
    measureCategories: new Map(),
  };
}

/** What one authority has to do with one case. */
type Share = TimedCase & {
  readonly party: Party;
  /** To it. */
  readonly requests: readonly RequestState[];
  /** Reported by it. */
  readonly measures: readonly MeasureState[];
};

function count(counted: Counted, share: Share): void {
  const { case: folded, timeOf, party, requests, measures } = share;
  if (folded.root.author === party.id) tally(counted.alerts, folded.status);
  else {
    counted.addressed += 1;
    if (party.state === "silent") counted.silent += 1;
    if (party.followUp !== undefined) tally(counted.outcomes, party.followUp.record.body.outcome);
    counted.toAcknowledge.push(...daysToFirst(share, () => true));
    counted.toFollowUp.push(...daysToFirst(share, ({ record }) => record.type === "follow-up"));
  }
  for (const { request, answers, state } of requests) {
    tally(counted.requests, state);
    const answer = answers.find(({ record }) => record.body.outcome !== "more-information-needed");
    if (answer !== undefined) counted.toAnswer.push(daysFrom(timeOf(request), timeOf(answer)));
  }
  for (const { status, reason } of tracingsOf(share)) {
    tally(counted.tracing, status);
    if (status !== "traced") tally(counted.notTraced, reason ?? UNKNOWN);
  }
  for (const { measure, state } of measures) {
    const place = measure.operator ?? UNKNOWN;
    const seen = counted.measures.get(place) ?? nothingSeen();
    seen[state] += 1;
    counted.measures.set(place, seen);
    tally(counted.measureCategories, measure.category);
  }
}

function indicatorsOf(authority: string, counted: Counted): Indicators {
  return {
    authority,
    alerts: sorted(counted.alerts),
    addressed: counted.addressed,
    silent: counted.silent,
    toAcknowledge: days(counted.toAcknowledge),
    outcomes: sorted(counted.outcomes),
    toFollowUp: days(counted.toFollowUp),
    requests: sorted(counted.requests),
    toAnswer: days(counted.toAnswer),
    tracing: sorted(counted.tracing),
    notTraced: sorted(counted.notTraced),
    measures: Object.fromEntries(counted.measures),
    measureCategories: sorted(counted.measureCategories),
  };
}

/** What its last act that says something of it says. */
function tracingsOf({ case: { withdrawn }, party: { acts } }: Share): readonly { status: string; reason?: string }[] {
  const said = acts.findLast((node) => !withdrawn.has(node) && tracingOf(node) !== undefined);
  const tracing = said === undefined ? undefined : tracingOf(said);
  return tracing === undefined ? [] : [tracing];
}

function tracingOf({ record }: CaseNode): { status: string; reason?: string } | undefined {
  return "traceability" in record.body ? record.body.traceability : undefined;
}

function nothingSeen(): Record<MeasureState["state"], number> {
  return { works: 0, failed: 0, contested: 0, "not-verified": 0 };
}

function daysToFirst(
  { case: folded, timeOf, party: { acts } }: Share,
  counts: (node: CaseNode) => boolean,
): readonly number[] {
  const first = acts.find((node) => counts(node));
  return first === undefined ? [] : [daysFrom(timeOf(folded.root), timeOf(first))];
}

/** Times are claims: what seems to come before its cause counts as the same day. */
function daysFrom(from: number, until: number): number {
  return Math.max(0, daysBetween(dayOfTime(from), dayOfTime(until)));
}

function days(values: readonly number[]): Days {
  const ascending = [...values].sort((a, b) => a - b);
  return { count: ascending.length, median: quantile(ascending, 0.5), ninth: quantile(ascending, 0.9) };
}

/** The smallest value that at least such a share of them does not exceed. */
function quantile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? null;
}

function tally(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
