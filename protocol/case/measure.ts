import type { z } from "zod";
import type { measure } from "../record/measure.ts";
import type { CaseGraph, CaseNode, RecordOf } from "./graph.ts";

type Verification = CaseNode<RecordOf<"verification">>;

export type Measure = z.infer<typeof measure>;

/** A measure that stands, with what was seen of it. */
export type MeasureState = {
  /** What reports it, and its place among the measures there. */
  readonly entry: CaseNode;
  readonly index: number;
  readonly measure: Measure;
  readonly verifications: readonly Verification[];
  readonly state: "works" | "failed" | "contested" | "not-verified";
};

/** All measures of a case: docs/spec/case.md, "Measures". */
export function measuresOf(graph: CaseGraph, hasEffect: (node: CaseNode) => boolean): readonly MeasureState[] {
  const verifications = graph.of("verification").filter(hasEffect);
  const reports = graph.nodes.filter((node) => hasEffect(node) && listed(node) !== undefined);
  const versions = graph.of("alert").filter(hasEffect);
  // A new version of an alert stands in the place of the one before, whole.
  const replaced = new Set<CaseNode | undefined>(versions.map((node) => graph.at(node, node.record.body.updates)));
  return reports
    .filter((node) => !replaced.has(node) && !isAmended(graph, reports, node))
    .flatMap((entry) =>
      (listed(entry) ?? []).map((one, index) => {
        const about = verifications.filter(
          (seen) =>
            seen.record.body.measure.index === index && graph.at(seen, seen.record.body.measure.entry) === entry,
        );
        const last = about.filter((seen) => !about.some((other) => graph.follows(other, seen)));
        return { entry, index, measure: one, verifications: about, state: stateOf(last) };
      }),
    );
}

function listed({ record }: CaseNode): readonly Measure[] | undefined {
  const { type } = record;
  if (type === "alert" || type === "follow-up" || type === "update" || type === "correction")
    return record.body.measures;
  return undefined;
}

/** Whether a later amendment of the same thing lists other measures. */
function isAmended(graph: CaseGraph, reports: readonly CaseNode[], node: CaseNode): boolean {
  const subject = subjectOf(graph, node);
  return reports.some(
    (other) =>
      isAmendment(other) &&
      other.author === node.author &&
      subjectOf(graph, other) === subject &&
      graph.follows(other, node),
  );
}

function isAmendment({ record }: CaseNode): boolean {
  return record.type === "update" || record.type === "correction";
}

/** What an amendment amends, else the entry itself. */
function subjectOf(graph: CaseGraph, node: CaseNode): CaseNode | undefined {
  const { record } = node;
  return record.type === "update" || record.type === "correction" ? graph.at(node, record.body.of) : node;
}

function stateOf(last: readonly Verification[]): MeasureState["state"] {
  const results = new Set(last.map(({ record }) => record.body.result));
  if (results.has("worked")) return results.has("failed") ? "contested" : "works";
  return results.has("failed") ? "failed" : "not-verified";
}
