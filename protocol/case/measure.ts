import type { z } from "zod";
import type { measure } from "../record/measure.ts";
import { type EntryKey, entryKey } from "./entry.ts";
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
  /** Those that no other of the same measure follows. */
  readonly last: readonly Verification[];
  readonly state: "works" | "failed" | "contested" | "not-verified";
};

/** All measures of a case: docs/spec/case.md, "Measures". */
export function measuresOf(graph: CaseGraph, hasEffect: (node: CaseNode) => boolean): readonly MeasureState[] {
  const verified = verificationsOf(graph, hasEffect);
  const reports = graph.nodes.filter((node) => hasEffect(node) && listed(node) !== undefined);
  const versions = graph.of("alert").filter(hasEffect);
  // A new version of an alert stands in the place of the one before, whole.
  const replaced = new Set<CaseNode | undefined>(versions.map((node) => graph.at(node, node.record.body.updates)));
  const lastAmendment = amendmentsOf(graph, reports);
  return reports
    .filter((node) => !replaced.has(node) && !isAmended(graph, lastAmendment(node), node))
    .flatMap((entry) =>
      (listed(entry) ?? []).map((one, index) => {
        const about = verified.get(entry)?.get(index) ?? [];
        const last = about.filter((seen) => !about.some((other) => graph.follows(other, seen)));
        return { entry, index, measure: one, verifications: about, last, state: stateOf(last) };
      }),
    );
}

/** By the entry that reports the measure, and its place there. */
function verificationsOf(
  graph: CaseGraph,
  hasEffect: (node: CaseNode) => boolean,
): ReadonlyMap<CaseNode, ReadonlyMap<number, readonly Verification[]>> {
  const found = new Map<CaseNode, Map<number, Verification[]>>();
  for (const node of graph.of("verification").filter(hasEffect)) {
    const { measure: about } = node.record.body;
    const entry = graph.at(node, about.entry);
    if (entry === undefined) continue;
    const ofEntry = found.get(entry) ?? new Map<number, Verification[]>();
    const ofMeasure = ofEntry.get(about.index) ?? [];
    ofMeasure.push(node);
    found.set(entry, ofEntry.set(about.index, ofMeasure));
  }
  return found;
}

function listed({ record }: CaseNode): readonly Measure[] | undefined {
  const { type } = record;
  if (type === "alert" || type === "follow-up" || type === "update" || type === "correction")
    return record.body.measures;
  return undefined;
}

/** The last amendment by the same author of what an entry says or amends: one author's acts all follow each other. */
function amendmentsOf(graph: CaseGraph, reports: readonly CaseNode[]): (node: CaseNode) => CaseNode | undefined {
  const subjects = subjectsOf(graph);
  const key = (node: CaseNode): string => `${node.author} ${subjects.get(node) ?? node.key}`;
  const last = new Map(reports.filter(isAmendment).map((node) => [key(node), node]));
  return (node) => last.get(key(node));
}

function isAmended(graph: CaseGraph, last: CaseNode | undefined, node: CaseNode): boolean {
  return last !== undefined && graph.follows(last, node);
}

function isAmendment({ record }: CaseNode): boolean {
  return record.type === "update" || record.type === "correction";
}

/** What amendments amend, by its key, which also tells apart what is not here: of an amendment, what that one amends. */
function subjectsOf(graph: CaseGraph): ReadonlyMap<CaseNode, EntryKey> {
  const subjects = new Map<CaseNode, EntryKey>();
  for (const node of graph.nodes) {
    const { record } = node;
    if (record.type !== "update" && record.type !== "correction") continue;
    const of = graph.at(node, record.body.of);
    const ref = record.refs[record.body.of];
    const key = of?.key ?? (ref === undefined ? node.key : entryKey(ref));
    subjects.set(node, (of === undefined ? undefined : subjects.get(of)) ?? key);
  }
  return subjects;
}

function stateOf(last: readonly Verification[]): MeasureState["state"] {
  const results = new Set(last.map(({ record }) => record.body.result));
  if (results.has("worked")) return results.has("failed") ? "contested" : "works";
  return results.has("failed") ? "failed" : "not-verified";
}
