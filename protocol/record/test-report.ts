import type { z } from "zod";
import { caseNumber, caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { determination } from "./determination.ts";
import { code, date, digestText, label, list, map, reference, texts } from "./fields.ts";
import { barcodeTerms } from "./gtin.ts";
import type { Summary } from "./summary.ts";
import { codeItem, nameItem, summarize } from "./summary.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./term.ts";
import { TEST_REPORT_EXAMPLE } from "./test-report-example.ts";

const accreditation = map({ body: label, number: label });

const laboratory = map({
  name: label,
  address: label.exactOptional(),
  country: code("country").exactOptional(),
  accreditation: accreditation.exactOptional(),
});

/** One item tested; determinations name it by `id`. */
const sample = map({
  id: label,
  description: texts.exactOptional(),
  condition: texts.exactOptional(),
  brand: label.exactOptional(),
  model: label.exactOptional(),
  barcode: label.exactOptional(),
  batch: label.exactOptional(),
  drawnAt: label.exactOptional(),
  drawnBy: label.exactOptional(),
  drawnOn: date.exactOptional(),
  received: date.exactOptional(),
  seal: label.exactOptional(),
});

/** ISO/IEC 17025:2017, 7.8.2.1, as far as a reader at another authority needs it; the report itself is another part. */
const body = map({
  number: label,
  issued: date,
  title: texts.exactOptional(),
  /** The reference to the report that this one amends or replaces (7.8.8), as position in `refs`. */
  supersedes: reference.exactOptional(),
  /** The alert of the case for which it was made, as position in `refs`. */
  case: reference.exactOptional(),
  /** The request that it answers, as position in `refs`. */
  request: reference.exactOptional(),
  cases: list(caseNumber).exactOptional(),
  laboratory,
  performedAt: label.exactOptional(),
  performed: map({ from: date, to: date }).exactOptional(),
  customer: label.exactOptional(),
  /** Who authorised it: a function, never a person's name. */
  authorisedBy: label.exactOptional(),
  samplingPlan: texts.exactOptional(),
  deviations: texts.exactOptional(),
  /** SHA-256 of the report as a document, to recognise a copy that came another way. */
  documentSha256: digestText.exactOptional(),
  samples: list(sample),
  determinations: list(determination),
  text: texts.exactOptional(),
})
  .superRefine((report, context) => {
    const ids = report.samples.map((item) => item.id);
    if (new Set(ids).size < ids.length)
      context.addIssue({ code: "custom", path: ["samples"], message: "two samples with one id" });
    report.determinations.forEach((item, index) => {
      if (!ids.includes(item.sample))
        context.addIssue({
          code: "custom",
          path: ["determinations", index, "sample"],
          message: "not the id of a sample",
        });
    });
  })
  .meta({ $comment: "No two samples have the same id; the sample of a determination is the id of one of them." });

export type TestReportBody = z.infer<typeof body>;

/** What a laboratory found, determination by determination. Field by field: `docs/spec/records.md`. */
export const testReport = defineRecord({
  name: "test-report",
  version: 1,
  description: "What a laboratory found, determination by determination.",
  body,
  positions: (report) => ({
    "body.supersedes": report.supersedes,
    "body.case": report.case,
    "body.request": report.request,
  }),
  summary: summaryOf,
  terms: termsOfReport,
  example: TEST_REPORT_EXAMPLE,
});

function summaryOf(report: TestReportBody): Summary {
  const verdicts = new Set(report.determinations.map((item) => item.verdict));
  return summarize(
    nameItem(report.number),
    nameItem(report.laboratory.name),
    ...new Set(report.determinations.map((item) => item.measurand.name)).values().map(nameItem),
    ...["fail", "inconclusive", "pass"]
      .filter((verdict) => verdicts.has(verdict))
      .map((verdict) => codeItem("verdict", verdict)),
  );
}

function termsOfReport(report: TestReportBody): readonly Term[] {
  const { determinations, samples } = report;
  return [
    ...caseTerms(report.cases ?? []),
    ...termsOf("report", [report.number]),
    ...termsOf("laboratory", [report.laboratory.name]),
    ...barcodeTerms(samples.flatMap((item) => item.barcode ?? [])),
    ...termsOf(
      "brand",
      samples.map((item) => item.brand),
    ),
    ...termsOf(
      "model",
      samples.map((item) => item.model),
    ),
    ...termsOf(
      "batch",
      samples.map((item) => item.batch),
    ),
    ...termsOf(
      "analyte",
      determinations.map((item) => item.measurand.name),
    ),
    ...termsOf(
      "cas",
      determinations.map((item) => item.measurand.cas),
    ),
    ...termsOf(
      "standard",
      determinations.flatMap((item) => [item.requirement?.standard, item.method.standard]),
    ),
  ];
}
