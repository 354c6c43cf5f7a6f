import { actFields, tracing } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, list, map, reference, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  ...actFields,
  /** The request that is answered, as position in `refs`. */
  request: reference,
  outcome: code("answer-outcome"),
  /** Why it is refused. */
  reason: code("refusal-reason").exactOptional(),
  /** What must be known first: the clock of the request stops until its author has said it. */
  question: texts.exactOptional(),
  traceability: tracing.exactOptional(),
  /** Test reports and other entries that answer it. */
  entries: list(reference).exactOptional(),
})
  .superRefine((answer, context) => {
    if (answer.outcome === "refused" && answer.reason === undefined)
      context.addIssue({ code: "custom", path: ["reason"], message: "who refuses says why" });
    if (answer.outcome === "more-information-needed" && answer.question === undefined)
      context.addIssue({ code: "custom", path: ["question"], message: "who needs more information says which" });
  })
  .meta({ $comment: "With the outcome refused there is a reason, with more-information-needed a question." });

/** What one authority answers to a request of another. Regulation (EU) 2019/1020, article 22(2) to (5). */
export const answer = defineRecord({
  name: "answer",
  version: 1,
  description: "What one authority answers to a request of another.",
  body,
  positions: (given) => ({
    "body.case": given.case,
    "body.request": given.request,
    ...Object.fromEntries((given.entries ?? []).map((at, index) => [`body.entries[${index}]`, at])),
  }),
  summary: (given) =>
    summarize(
      codeItem("answer-outcome", given.outcome),
      codeItem("refusal-reason", given.reason),
      codeItem("traceability-status", given.traceability?.status),
      textsItem(given.question ?? given.text),
    ),
  terms: (given) => caseTerms(given.cases ?? []),
  example: {
    type: "answer",
    version: 1,
    refs: ["nvwa.nl:12", "nvwa.nl:15"],
    body: {
      case: 0,
      request: 1,
      outcome: "complete",
      traceability: { status: "traced", chain: [{ link: "manufacturer", country: "CN" }] },
      text: { en: "The factory is found; its batches of March are held." },
    },
  },
});
