import type { TestReportBody } from "../record/test-report.ts";
import type { DecisionRule, Limits } from "./decision-rule.ts";
import type { Determination } from "./determination.ts";

/** Where a result stands: the entry in text, and its place among the determinations there. */
export type Citation = { readonly entry: string; readonly position: number };

/** A test report as an entry of somebody's log. */
export type CitedReport = {
  readonly entry: string;
  readonly body: TestReportBody;
  /** Why it does not count, and the entry that says so: another report stands in its place, or its author took it back. */
  readonly setAside?: { readonly reason: "superseded" | "withdrawn"; readonly by: string };
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
  readonly cas?: string;
  readonly reason: "no-number" | "superseded" | "withdrawn" | "too-many";
  /** The entry that set its report aside. */
  readonly by?: string;
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
    if (setAside !== undefined || found.result === undefined) {
      const { name: analyte, cas } = found.measurand;
      const what = { citation, laboratory, analyte, ...(cas === undefined ? {} : { cas }) };
      leftOut.push({ ...what, ...(setAside ?? { reason: "no-number" }) });
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
