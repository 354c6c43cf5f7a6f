import { amendment, type AmendmentBody } from "./amendment.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { summarize, textsItem } from "./summary.ts";

/** Something was wrong when it was written. Only the author of an entry amends it; what is not said stays. */
export const correction = defineRecord({
  name: "correction",
  version: 1,
  description:
    "Something was wrong when it was written. What is said stands in the place of what was said before; what is not said stays.",
  body: amendment,
  positions: (said: AmendmentBody) => ({ "body.case": said.case, "body.of": said.of }),
  summary: (said: AmendmentBody) => summarize(textsItem(said.text)),
  terms: (said: AmendmentBody) => caseTerms(said.cases ?? []),
  example: {
    type: "correction",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: { case: 0, of: 0, text: { en: "The batch is 0317, not 0713." }, product: { batches: ["0317"] } },
  },
});
