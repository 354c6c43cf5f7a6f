import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, map, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({ ...actFields, outcome: code("closing-outcome"), reason: texts });

/** Who has the case says that nothing more is to be done. */
export const closing = defineRecord({
  name: "closing",
  version: 1,
  description: "Who has the case says that nothing more is to be done.",
  body,
  positions: (said) => ({ "body.case": said.case }),
  summary: (said) => summarize(codeItem("closing-outcome", said.outcome), textsItem(said.reason)),
  terms: (said) => caseTerms(said.cases ?? []),
  example: {
    type: "closing",
    version: 1,
    refs: ["nvwa.nl:12", "gacc.example:7", "nvwa.nl:23"],
    body: {
      case: 0,
      outcome: "measures-verified",
      reason: { en: "Three consignments since: no lead above the limit." },
    },
  },
});
