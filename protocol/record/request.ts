import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { authority, code, date, label, list, map, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  ...actFields,
  kind: code("request-kind"),
  /** Who is asked. */
  to: list(authority),
  question: texts,
  /** By when; without it what the law or the agreement says. */
  due: date.exactOptional(),
  /** "Regulation (EU) 2019/1020, article 22". */
  legalBasis: label.exactOptional(),
});

/** A question to other authorities, which stays open until each has answered. */
export const request = defineRecord({
  name: "request",
  version: 1,
  description: "A question to other authorities, which stays open until each has answered.",
  body,
  positions: (asked) => ({ "body.case": asked.case }),
  summary: (asked) => summarize(codeItem("request-kind", asked.kind), textsItem(asked.question)),
  terms: (asked) => caseTerms(asked.cases ?? []),
  example: {
    type: "request",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: {
      case: 0,
      kind: "traceability",
      to: ["5b3b2a2f0d4f4f7e8f6f0f4a1f6f4cf6f1a0f7e5d4c3b2a19080706050403020"],
      question: { en: "Which factory made batch 0317, and where did the rest of it go?" },
      due: "2020-04-09",
    },
  },
});
