import { testReport } from "../../protocol/record/test-report.ts";
import { TEST_REPORT_EXAMPLE } from "../../protocol/record/test-report-example.ts";
import type { CitedReport } from "../../protocol/statistics/from-report.ts";

const EXAMPLE = testReport.read(TEST_REPORT_EXAMPLE.body, 0).body;

export type Found = (typeof EXAMPLE.determinations)[number];

/** A report of one laboratory with one determination: the example's lead, with the parts that matter given. */
export function reportOf(entry: string, laboratory: string, change: Partial<Found> = {}): CitedReport {
  const [lead] = EXAMPLE.determinations;
  if (lead === undefined) throw new Error("the example has a determination");
  return { entry, body: { ...EXAMPLE, laboratory: { name: laboratory }, determinations: [{ ...lead, ...change }] } };
}

/** `412`, `<0.5`, with U at k = 2 where it is given. */
export function valueOf(text: string, U?: string, unit = "mg/kg"): Partial<Found> {
  const comparator = text.startsWith("<") ? "<" : text.startsWith(">") ? ">" : "=";
  const result = { comparator, value: text.replace(/^[<>]/, ""), unit } as const;
  return U === undefined ? { result } : { result, uncertainty: { U, k: "2" } };
}
