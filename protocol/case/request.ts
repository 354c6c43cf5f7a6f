import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";

type Answer = CaseNode<RecordOf<"answer">>;

/** How a request stands with one of those that it names: docs/spec/case.md, "Requests". */
export type RequestState = {
  readonly request: CaseNode<RecordOf<"request">>;
  readonly to: string;
  readonly state: "open" | "question" | "answered" | "partial" | "refused";
  /** Its answers, the last one last. */
  readonly answers: readonly Answer[];
};

export function requestsOf(graph: CaseGraph, hasEffect: (node: CaseNode) => boolean): readonly RequestState[] {
  const given = answersOf(graph, hasEffect);
  return graph
    .of("request")
    .filter(hasEffect)
    .flatMap((request) =>
      [...new Set(request.record.body.to)].map((to) => {
        const answers = given.get(request)?.get(to) ?? [];
        return { request, to, answers, state: stateOf(graph, request, answers.at(-1)) };
      }),
    );
}

/** By request, then by who answers; in the order of showing, in which one authority's acts follow each other. */
function answersOf(
  graph: CaseGraph,
  hasEffect: (node: CaseNode) => boolean,
): ReadonlyMap<CaseNode, ReadonlyMap<string, readonly Answer[]>> {
  const found = new Map<CaseNode, Map<string, Answer[]>>();
  for (const answer of graph.of("answer").filter(hasEffect)) {
    const request = graph.at(answer, answer.record.body.request);
    if (request === undefined) continue;
    const ofRequest = found.get(request) ?? new Map<string, Answer[]>();
    const own = ofRequest.get(answer.author) ?? [];
    own.push(answer);
    found.set(request, ofRequest.set(answer.author, own));
  }
  return found;
}

function stateOf(graph: CaseGraph, request: CaseNode, last: Answer | undefined): RequestState["state"] {
  switch (last?.record.body.outcome) {
    case undefined:
      return "open";
    case "refused":
    case "partial":
      return last.record.body.outcome;
    case "more-information-needed":
      return graph.isTakenUp(request.author, last) ? "open" : "question";
    default:
      return "answered";
  }
}
