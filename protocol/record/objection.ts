import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, map, reference, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  ...actFields,
  /** What is objected to, as position in `refs`. */
  to: reference,
  ground: code("objection-ground"),
  reason: texts,
});

/** Another authority does not agree; it stays open until the author of what it objects to has acted on it. */
export const objection = defineRecord({
  name: "objection",
  version: 1,
  description:
    "Another authority does not agree; it stays open until the author of what it objects to has acted on it.",
  body,
  positions: (said) => ({ "body.case": said.case, "body.to": said.to }),
  summary: (said) => summarize(codeItem("objection-ground", said.ground), textsItem(said.reason)),
  terms: (said) => caseTerms(said.cases ?? []),
  example: {
    type: "objection",
    version: 1,
    refs: ["nvwa.nl:12", "nvwa.nl:25"],
    body: { case: 0, to: 1, ground: "open-duty", reason: { en: "Our re-test is not done." } },
  },
});
