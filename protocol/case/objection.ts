import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";

export type ObjectionState = {
  readonly objection: CaseNode<RecordOf<"objection">>;
  readonly to: CaseNode;
  readonly isOpen: boolean;
};

/** docs/spec/case.md, "Objections": open until who is objected to has done something since. */
export function objectionsOf(graph: CaseGraph, hasEffect: (node: CaseNode) => boolean): readonly ObjectionState[] {
  return graph
    .of("objection")
    .filter(hasEffect)
    .flatMap((objection) => {
      const to = graph.at(objection, objection.record.body.to);
      if (to === undefined || !hasEffect(to)) return [];
      return [{ objection, to, isOpen: !graph.isTakenUp(to.author, objection) }];
    });
}
