import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { authority, code, map, reference } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  ...actFields,
  step: code("hand-over-step"),
  /** Of an offer: who is to have the case. */
  to: authority.exactOptional(),
  /** Of all other steps: the offer, as position in `refs`. */
  offer: reference.exactOptional(),
})
  .superRefine(({ step, to, offer }, context) => {
    if (step === "offer" && to === undefined)
      context.addIssue({ code: "custom", path: ["to"], message: "an offer says to whom" });
    if (["cancel", "accept", "refuse"].includes(step) && offer === undefined)
      context.addIssue({ code: "custom", path: ["offer"], message: "which offer is meant" });
  })
  .meta({ $comment: "With the step offer there is to; with cancel, accept and refuse there is offer." });

/** A case changes hands when one offers it and the other accepts. Regulation (EU) 2019/1020, article 22(4). */
export const handOver = defineRecord({
  name: "hand-over",
  version: 1,
  description: "A case changes hands when one offers it and the other accepts.",
  body,
  positions: (said) => ({ "body.case": said.case, "body.offer": said.offer }),
  summary: (said) => summarize(codeItem("hand-over-step", said.step), textsItem(said.text)),
  terms: (said) => caseTerms(said.cases ?? []),
  example: {
    type: "hand-over",
    version: 1,
    refs: ["nvwa.nl:12", "nvwa.nl:18"],
    body: { case: 0, step: "accept", offer: 1, text: { en: "The importer sits with us." } },
  },
});
