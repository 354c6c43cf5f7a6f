import type { Contest } from "./contest.ts";
import type { CaseGraph, CaseNode } from "./graph.ts";

export type Withdrawals = {
  /** Entry → the withdrawals that took it back. */
  readonly withdrawn: ReadonlyMap<CaseNode, readonly CaseNode[]>;
  readonly contests: readonly Contest[];
};

/** What authors took back: docs/spec/case.md, "Withdrawal". */
export function withdrawalsOf(graph: CaseGraph): Withdrawals {
  const withdrawn = new Map<CaseNode, CaseNode[]>();
  for (const node of graph.of("withdrawal")) {
    const of = graph.at(node, node.record.body.of);
    if (of === undefined || of.author !== node.author || of.record.type === "withdrawal") continue;
    withdrawn.set(of, [...(withdrawn.get(of) ?? []), node]);
  }
  const standing = graph.nodes.filter((node) => !withdrawn.has(node));
  const contests = standing.flatMap((act) => {
    const of = graph.at(act, answeredPosition(act));
    const acts = of === undefined ? [] : (withdrawn.get(of) ?? []).filter((one) => graph.areConcurrent(act, one));
    return acts.length === 0 ? [] : [{ kind: "answers-withdrawn", acts: [act, ...acts] } as const];
  });
  return { withdrawn, contests };
}

function answeredPosition({ record }: CaseNode): number | undefined {
  if (record.type === "follow-up") return record.body.answers;
  if (record.type === "answer") return record.body.request;
  if (record.type === "verification") return record.body.measure.entry;
  return record.type === "objection" ? record.body.to : undefined;
}
