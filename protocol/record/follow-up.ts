import type { z } from "zod";
import { tracing } from "./case-fields.ts";
import { caseNumber, caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, date, list, map, reference, texts } from "./fields.ts";
import { FOLLOW_UP_EXAMPLE } from "./follow-up-example.ts";
import { measure } from "./measure.ts";
import { riskAssessment } from "./risk.ts";
import type { Summary } from "./summary.ts";
import { codeItem, nameItem, summarize, textsItem } from "./summary.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./term.ts";

/** Delegated Regulation (EU) 2024/3173, Annex I, 2.3 and 5.1. */
const body = map({
  /** The reference to the entry that is answered, as position in `refs`. */
  answers: reference,
  /** The alert with which the case began, where that is not what is answered, as position in `refs`. */
  case: reference.exactOptional(),
  outcome: code("follow-up-outcome"),
  /** Why no measure was taken. */
  reason: texts.exactOptional(),
  cases: list(caseNumber).exactOptional(),
  date: date.exactOptional(),
  /** Where in the supply chain the product was looked for or found. */
  places: list(code("chain-link")).exactOptional(),
  measures: list(measure).exactOptional(),
  traceability: tracing.exactOptional(),
  /** One's own assessment, where it differs from the notifier's (Annex I, 2.3). */
  risk: map({ level: code("risk-level"), assessment: riskAssessment }).exactOptional(),
  text: texts.exactOptional(),
})
  .superRefine((followUp, context) => {
    if (followUp.outcome === "no-measure" && followUp.reason === undefined) {
      context.addIssue({ code: "custom", path: ["reason"], message: "who takes no measure says why" });
    }
    if (followUp.outcome === "measure-taken" && followUp.measures === undefined) {
      context.addIssue({ code: "custom", path: ["measures"], message: "who took a measure says which" });
    }
  })
  .meta({ $comment: "With the outcome no-measure there is a reason, with measure-taken there are measures." });

export type FollowUpBody = z.infer<typeof body>;

/** What another authority found and did about an alert. Field by field: `docs/spec/records.md`. */
export const followUp = defineRecord({
  name: "follow-up",
  version: 1,
  description: "What another authority found and did about an alert.",
  body,
  positions: (said) => ({ "body.answers": said.answers, "body.case": said.case }),
  summary: summaryOf,
  terms: termsOfFollowUp,
  example: FOLLOW_UP_EXAMPLE,
});

function summaryOf(answer: FollowUpBody): Summary {
  return summarize(
    codeItem("follow-up-outcome", answer.outcome),
    ...(answer.measures ?? []).map((taken) => codeItem("measure-category", taken.category)),
    ...(answer.places ?? []).map((place) => codeItem("chain-link", place)),
    codeItem("traceability-status", answer.traceability?.status),
    nameItem(answer.cases?.[0]?.number),
    textsItem(answer.reason ?? answer.text),
  );
}

function termsOfFollowUp(answer: FollowUpBody): readonly Term[] {
  return [
    ...caseTerms(answer.cases ?? []),
    ...termsOf("outcome", [answer.outcome]),
    ...termsOf(
      "measure",
      (answer.measures ?? []).map((taken) => taken.category),
    ),
  ];
}
