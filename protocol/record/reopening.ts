import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, map, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({ ...actFields, reason: code("reopening-reason"), finding: texts });

/** There is something to do again: it undoes the closings that its author had seen. */
export const reopening = defineRecord({
  name: "reopening",
  version: 1,
  description: "There is something to do again: it undoes the closings that its author had seen.",
  body,
  positions: (said) => ({ "body.case": said.case }),
  summary: (said) => summarize(codeItem("reopening-reason", said.reason), textsItem(said.finding)),
  terms: (said) => caseTerms(said.cases ?? []),
  example: {
    type: "reopening",
    version: 1,
    refs: ["nvwa.nl:12", "nvwa.nl:25"],
    body: { case: 0, reason: "new-finding", finding: { en: "The toy is sold again, by another shop." } },
  },
});
