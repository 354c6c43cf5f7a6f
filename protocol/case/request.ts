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
  const given = graph.of("answer").filter(hasEffect);
  return graph
    .of("request")
    .filter(hasEffect)
    .flatMap((request) =>
      [...new Set(request.record.body.to)].map((to) => {
        const answers = given.filter((one) => one.author === to && graph.at(one, one.record.body.request) === request);
        return { request, to, answers, state: stateOf(graph, request, answers.at(-1)) };
      }),
    );
}

function stateOf(graph: CaseGraph, request: CaseNode, last: Answer | undefined): RequestState["state"] {
  switch (last?.record.body.outcome) {
    case undefined:
      return "open";
    case "refused":
    case "partial":
      return last.record.body.outcome;
    case "more-information-needed":
      return isTakenUp(graph, request.author, last) ? "open" : "question";
    default:
      return "answered";
  }
}

/** Whether an authority has done anything since it saw `node`. */
export function isTakenUp(graph: CaseGraph, author: string, node: CaseNode): boolean {
  return graph.nodes.some((other) => other.author === author && graph.follows(other, node));
}
