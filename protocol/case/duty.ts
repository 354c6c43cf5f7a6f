import type { CaseGraph, CaseNode } from "./graph.ts";
import type { MeasureState } from "./measure.ts";
import type { ObjectionState } from "./objection.ts";
import type { RequestState } from "./request.ts";
import type { Offer } from "./tenure.ts";

export type DutyKind =
  | "acknowledge"
  | "follow-up"
  | "answer"
  | "say-more"
  | "decide-offer"
  | "answer-objection"
  | "act-again"
  | "verify";

/** What somebody owes, and the entry by which it came to be owed. */
export type Duty = { readonly kind: DutyKind; readonly who: string; readonly about: CaseNode };

export type Owing = {
  readonly status: "open" | "closed" | "withdrawn";
  readonly root: CaseNode;
  readonly isSerious: boolean;
  readonly owners: readonly string[];
  /** Ids of those who may read the root, as far as is known here. */
  readonly addressees: readonly string[];
  readonly requests: readonly RequestState[];
  readonly offers: readonly Offer[];
  readonly objections: readonly ObjectionState[];
  readonly measures: readonly MeasureState[];
  readonly hasEffect: (node: CaseNode) => boolean;
};

const OWED_WHEN_WITHDRAWN: readonly DutyKind[] = ["decide-offer", "answer-objection"];
const NOT_OWED_WHEN_CLOSED: readonly DutyKind[] = ["acknowledge", "follow-up", "verify"];

/** docs/spec/case.md, "What is owed". */
export function dutiesOf(graph: CaseGraph, owing: Owing): readonly Duty[] {
  const { status, root, isSerious, owners, addressees, requests, offers, objections, measures } = owing;
  const heard = new Set(graph.nodes.map(({ author }) => author));
  const silent = addressees.filter((who) => !heard.has(who));
  const followers = new Set(
    graph
      .of("follow-up")
      .filter(owing.hasEffect)
      .map(({ author }) => author),
  );
  const unanswered = addressees.filter((who) => who !== root.author && !followers.has(who));
  // Several measures of one entry are verified in one go.
  const unverified = new Set(measures.filter(({ state }) => state === "not-verified").map(({ entry }) => entry));
  const all: readonly Duty[] = [
    ...silent.map((who) => ({ kind: "acknowledge", who, about: root }) as const),
    ...(isSerious ? unanswered : []).map((who) => ({ kind: "follow-up", who, about: root }) as const),
    ...requests
      .filter(({ state }) => state === "open")
      .map(({ request, to }) => ({ kind: "answer", who: to, about: request }) as const),
    ...requests
      .filter(({ state }) => state === "question")
      .map(
        ({ request, answers }) =>
          ({ kind: "say-more", who: request.author, about: answers.at(-1) ?? request }) as const,
      ),
    ...offers
      .filter(({ state }) => state === "open")
      .map(({ node, to }) => ({ kind: "decide-offer", who: to, about: node }) as const),
    ...objections
      .filter(({ isOpen }) => isOpen)
      .map(({ objection, to }) => ({ kind: "answer-objection", who: to.author, about: objection }) as const),
    ...toActAgain(graph, measures),
    ...[...unverified].flatMap((entry) => owners.map((who) => ({ kind: "verify", who, about: entry }) as const)),
  ];
  const owed = all.filter(({ kind }) => {
    if (status === "withdrawn") return OWED_WHEN_WITHDRAWN.includes(kind);
    return status === "open" || !NOT_OWED_WHEN_CLOSED.includes(kind);
  });
  return unique(owed);
}

function toActAgain(graph: CaseGraph, measures: readonly MeasureState[]): readonly Duty[] {
  const entries = new Map<string, Set<CaseNode>>();
  for (const { entry } of measures) entries.set(entry.author, (entries.get(entry.author) ?? new Set()).add(entry));
  const isDone = new Map([...entries].map(([author, own]) => [author, graph.seenByAny([...own])]));
  return measures
    .filter(({ state }) => state === "failed")
    .flatMap(({ entry: { author }, last }) =>
      last
        .filter((node) => node.record.body.result === "failed" && isDone.get(author)?.(node) !== true)
        .map((failed) => ({ kind: "act-again", who: author, about: failed }) as const),
    );
}

/** One verification may tell of several measures that failed. */
function unique(duties: readonly Duty[]): readonly Duty[] {
  const seen = new Map(duties.map((duty) => [`${duty.kind} ${duty.who} ${duty.about.key}`, duty]));
  return [...seen.values()];
}
