import { closingsOf } from "./closing.ts";
import type { Contest } from "./contest.ts";
import { type Duty, dutiesOf } from "./duty.ts";
import { type CaseEntry, type EntryKey } from "./entry.ts";
import { CaseGraph, type CaseNode, type RecordOf } from "./graph.ts";
import { type MeasureState, measuresOf } from "./measure.ts";
import { type ObjectionState, objectionsOf } from "./objection.ts";
import { type RequestState, requestsOf } from "./request.ts";
import { type Offer, handOversOf, isHeldBy, type Tenures } from "./tenure.ts";
import { withdrawalsOf } from "./withdrawal.ts";

/** What entries say of one case: docs/spec/case.md. Ids of authorities are in hex. */
export type Case = {
  readonly root: CaseNode;
  /** The newest version of the alert; two of its author's logs may have one each. */
  readonly alert: CaseNode<RecordOf<"alert">>;
  readonly graph: CaseGraph;
  readonly status: "open" | "closed" | "withdrawn";
  readonly owners: readonly string[];
  readonly offers: readonly Offer[];
  readonly requests: readonly RequestState[];
  readonly objections: readonly ObjectionState[];
  readonly measures: readonly MeasureState[];
  readonly closings: readonly CaseNode<RecordOf<"closing">>[];
  readonly contests: readonly Contest[];
  readonly withdrawn: ReadonlyMap<CaseNode, readonly CaseNode[]>;
  readonly duties: readonly Duty[];
  /** Everybody who did something, was named or may read the alert. */
  readonly parties: readonly Party[];
};

export type Party = {
  readonly id: string;
  /** `silent`: nothing was heard of it. `answered`: it has a follow-up with effect. */
  readonly state: "silent" | "heard" | "answered";
  /** Its last follow-up with effect. */
  readonly followUp: CaseNode<RecordOf<"follow-up">> | undefined;
  readonly acts: readonly CaseNode[];
};

/**
 * Folds the entries of one case, in any order. `addressees`: ids of those who may read the root, as far as is known here.
 * `undefined` while the alert with which the case began is not here.
 */
export function foldCase(
  root: EntryKey,
  entries: readonly CaseEntry[],
  addressees: readonly string[],
): Case | undefined {
  const graph = new CaseGraph(entries);
  const first = graph.nodes.find(({ key }) => key === root);
  if (first?.record.type !== "alert") return undefined;
  // An alert of another, which continues what that one did in the case, is an act like others.
  const versions = graph.of("alert").filter(({ author }) => author === first.author);
  const { withdrawn, contests: answersWithdrawn } = withdrawalsOf(graph);
  const hasEffect = (node: CaseNode): boolean => !withdrawn.has(node);
  const tenures = handOversOf(graph, first, hasEffect);
  const { last, offers, doubts } = tenures;
  const owners = [...new Set(last.map(({ author }) => author))].sort();
  const requests = requestsOf(graph, hasEffect);
  const objections = objectionsOf(graph, hasEffect);
  const measures = measuresOf(graph, hasEffect);
  const { standing, contests: closedAgainst } = closingsOf(graph, hasEffect, {
    tenures,
    requests,
    objections,
    measures,
  });
  const alert = versions.findLast(hasEffect) ?? versions.at(-1);
  if (alert === undefined) return undefined;
  const status = statusOf(graph, { versions, withdrawn, tenures }, standing.length > 0);
  const contests: readonly Contest[] = [
    ...(owners.length > 1 ? [{ kind: "owners", acts: last.map(({ from }) => from) } as const] : []),
    ...doubts.map(({ accept, cancel }) => ({ kind: "cancelled-and-accepted", acts: [accept, cancel] }) as const),
    ...answersWithdrawn,
    ...closedAgainst,
    ...measures
      .filter(({ state }) => state === "contested")
      .map(({ last: said }) => ({ kind: "verification", acts: said }) as const),
  ];
  const isSerious = alert.record.body.notification === "serious-risk";
  const others = addressees.filter((id) => id !== first.author);
  const duties = dutiesOf(graph, {
    status,
    root: first,
    isSerious,
    owners,
    addressees: others,
    requests,
    offers,
    objections,
    measures,
    hasEffect,
  });
  const parties = partiesOf(graph, hasEffect, [
    ...others,
    ...requests.map(({ to }) => to),
    ...offers.map(({ to }) => to),
  ]);
  return {
    root: first,
    alert,
    graph,
    status,
    owners,
    offers,
    requests,
    objections,
    measures,
    closings: standing,
    contests,
    withdrawn,
    duties,
    parties,
  };
}

type Standing = {
  readonly versions: readonly CaseNode[];
  readonly withdrawn: ReadonlyMap<CaseNode, readonly CaseNode[]>;
  readonly tenures: Tenures;
};

function statusOf(graph: CaseGraph, { versions, withdrawn, tenures }: Standing, isClosed: boolean): Case["status"] {
  const takenBack = versions.flatMap((version) => withdrawn.get(version) ?? []);
  // By who had the case then: that it was handed on since does not undo what was decided.
  const reopenings = graph.of("reopening").filter((node) => !withdrawn.has(node) && isHeldBy(graph, tenures, node));
  const isWithdrawn = takenBack.some((by) => !reopenings.some((reopening) => graph.follows(reopening, by)));
  if (isWithdrawn) return "withdrawn";
  return isClosed ? "closed" : "open";
}

function partiesOf(
  graph: CaseGraph,
  hasEffect: (node: CaseNode) => boolean,
  named: readonly string[],
): readonly Party[] {
  const actsOf = new Map<string, CaseNode[]>(named.map((id) => [id, []]));
  for (const node of graph.nodes) {
    const acts = actsOf.get(node.author);
    if (acts === undefined) actsOf.set(node.author, [node]);
    else acts.push(node);
  }
  const followUps = new Map(
    graph
      .of("follow-up")
      .filter(hasEffect)
      .map((node) => [node.author, node]),
  );
  return [...actsOf.keys()].sort().map((id) => {
    const acts = actsOf.get(id) ?? [];
    const followUp = followUps.get(id);
    if (followUp !== undefined) return { id, state: "answered", followUp, acts };
    return { id, state: acts.length > 0 ? "heard" : "silent", followUp, acts };
  });
}
