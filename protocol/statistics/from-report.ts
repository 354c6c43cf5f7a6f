import type { TestReportBody } from "../record/test-report.ts";
import type { DecisionRule, Limits } from "./decision-rule.ts";
import type { Determination } from "./determination.ts";

/** Where a result stands: the entry in text, and its place among the determinations there. */
export type Citation = { readonly entry: string; readonly position: number };

/** A test report as an entry of somebody's log. */
export type CitedReport = {
  readonly entry: string;
  readonly body: TestReportBody;
  /** Why it does not count: another report stands in its place, or its author took it back. */
  readonly setAside?: "superseded" | "withdrawn";
};

/** A result that can be compared. */
export type CitedResult = {
  readonly citation: Citation;
  readonly report: string;
  readonly sample: string;
  /** The part tested. */
  readonly material?: string;
  readonly determination: Determination;
  readonly limits?: Limits & { readonly source: string };
  readonly rule: DecisionRule;
  /** What the laboratory says itself. */
  readonly stated?: string;
};

/** One that cannot, and why. */
export type LeftOut = {
  readonly citation: Citation;
  readonly laboratory: string;
  readonly analyte: string;
  readonly reason: "no-number" | "superseded" | "withdrawn";
};

/** What a report holds for a comparison: docs/spec/statistics.md, "From test reports". Nothing is dropped without being named. */
export function resultsOf({ entry, body, setAside }: CitedReport): {
  readonly results: readonly CitedResult[];
  readonly leftOut: readonly LeftOut[];
} {
  const results: CitedResult[] = [];
  const leftOut: LeftOut[] = [];
  for (const [position, found] of body.determinations.entries()) {
    const citation = { entry, position };
    const laboratory = found.externalProvider ?? body.laboratory.name;
    const reason = setAside ?? (found.result === undefined ? "no-number" : undefined);
    if (reason !== undefined || found.result === undefined) {
      leftOut.push({ citation, laboratory, analyte: found.measurand.name, reason: reason ?? "no-number" });
      continue;
    }
    results.push({
      citation,
      report: body.number,
      sample: found.sample,
      ...(found.material === undefined ? {} : { material: found.material }),
      determination: determinationOf(found, found.result, laboratory),
      ...(found.limit === undefined ? {} : { limits: limitsOf(found.limit) }),
      rule: ruleOf(found),
      ...(found.verdict === undefined ? {} : { stated: found.verdict }),
    });
  }
  return { results, leftOut };
}

type Found = TestReportBody["determinations"][number];

function determinationOf(found: Found, result: NonNullable<Found["result"]>, laboratory: string): Determination {
  const { measurand, method, requirement, uncertainty, loq } = found;
  return {
    laboratory,
    analyte: measurand.name,
    comparator: result.comparator,
    value: result.value,
    unit: result.unit,
    ...(measurand.cas === undefined ? {} : { cas: measurand.cas }),
    ...(uncertainty === undefined ? {} : { U: uncertainty.U, k: uncertainty.k }),
    ...(uncertainty?.coverageProbability === undefined ? {} : { coverageProbability: uncertainty.coverageProbability }),
    ...(loq === undefined ? {} : { loq }),
    ...(method.standard === undefined ? {} : { method: method.standard }),
    ...(method.edition === undefined ? {} : { edition: method.edition }),
    ...(method.preparation === undefined ? {} : { extraction: method.preparation }),
    ...(requirement === undefined ? {} : { standard: requirement.standard }),
    ...(requirement?.clause === undefined ? {} : { clause: requirement.clause }),
    ...(requirement?.category === undefined ? {} : { category: requirement.category }),
  };
}

function limitsOf({ kind, value, unit, source }: NonNullable<Found["limit"]>): Limits & { readonly source: string } {
  return { ...(kind === "minimum" ? { lower: value } : { upper: value }), unit, source };
}

/** A rule that is not known is judged as the simple one, which is said with the judgement. */
function ruleOf({ decisionRule, guardBand }: Found): DecisionRule {
  if (decisionRule !== "guard-band") return { rule: "simple-acceptance" };
  return guardBand === undefined ? { rule: "guard-band" } : { rule: "guard-band", width: guardBand };
}
