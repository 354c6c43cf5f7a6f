import type { Contest } from "./contest.ts";
import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";
import type { MeasureState } from "./measure.ts";
import type { ObjectionState } from "./objection.ts";
import type { RequestState } from "./request.ts";
import { isHeldBy, type Tenures } from "./tenure.ts";

export type Closings = {
  /** Closings that stand. */
  readonly standing: readonly CaseNode<RecordOf<"closing">>[];
  readonly contests: readonly Contest[];
};

type Duties = {
  readonly tenures: Tenures;
  readonly requests: readonly RequestState[];
  readonly measures: readonly MeasureState[];
  readonly objections: readonly ObjectionState[];
};

/** docs/spec/case.md, "Closing". */
export function closingsOf(graph: CaseGraph, hasEffect: (node: CaseNode) => boolean, duties: Duties): Closings {
  const reopenings = graph.of("reopening").filter(hasEffect);
  const standing = graph
    .of("closing")
    .filter((node) => hasEffect(node) && isHeldBy(graph, duties.tenures, node))
    .filter((node) => !reopenings.some((reopening) => graph.follows(reopening, node)));
  const takenOver = duties.tenures.all.filter(({ before }) => before !== undefined).map(({ from }) => from);
  // A later closing by who had seen both settles it. (A reopening that had would have undone the closing.)
  const against = [...new Set([...openActs(duties), ...reopenings, ...takenOver])].map((act) => ({
    act,
    isSettled: graph.seenByAny(standing.filter((later) => graph.follows(later, act))),
  }));
  const acceptances: ReadonlySet<CaseNode> = new Set(takenOver);
  const contests = standing.flatMap((closing) => {
    const acts = against
      .filter(({ act }) => !acceptances.has(act) || act.author !== closing.author)
      .filter(({ act, isSettled }) => graph.areConcurrent(closing, act) && !isSettled(closing))
      .map(({ act }) => act);
    const objected = duties.objections
      .filter(({ to, isOpen }) => to === closing && isOpen)
      .map(({ objection }) => objection);
    return [
      ...(acts.length === 0 ? [] : [{ kind: "closed-against", acts: [closing, ...acts] } as const]),
      ...(objected.length === 0 ? [] : [{ kind: "objection", acts: [closing, ...objected] } as const]),
    ];
  });
  return { standing, contests };
}

function openActs({ requests, measures, objections }: Duties): readonly CaseNode[] {
  return [
    ...requests.filter(({ state }) => state === "open" || state === "question").map(({ request }) => request),
    ...measures.flatMap(({ verifications }) => verifications.filter(({ record }) => record.body.result === "failed")),
    ...objections.filter(({ isOpen }) => isOpen).map(({ objection }) => objection),
  ];
}
