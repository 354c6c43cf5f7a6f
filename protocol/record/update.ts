import { amendment, type AmendmentBody } from "./amendment.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { summarize, textsItem } from "./summary.ts";

/** Something has changed since: it is true from now on. Only the author of an entry amends it; what is not said stays. */
export const update = defineRecord({
  name: "update",
  version: 1,
  description:
    "Something has changed since. What is said stands in the place of what was said before; what is not said stays.",
  body: amendment,
  positions: (said: AmendmentBody) => ({ "body.case": said.case, "body.of": said.of }),
  summary: (said: AmendmentBody) => summarize(textsItem(said.text)),
  terms: (said: AmendmentBody) => caseTerms(said.cases ?? []),
  example: {
    type: "update",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: {
      case: 0,
      of: 0,
      text: { en: "The recall has begun." },
      measures: [{ category: "recall", obligation: "voluntary", operator: "importer", entryIntoForce: "2020-03-16" }],
    },
  },
});
