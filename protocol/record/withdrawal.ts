import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, map, reference } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  ...actFields,
  /** What is withdrawn, as position in `refs`: an entry of the same author. */
  of: reference,
  reason: code("withdrawal-reason"),
  /** Of a duplicate: the entry that stands, as position in `refs`. */
  insteadOf: reference.exactOptional(),
});

/** Its author takes an entry back: it stays in the log and has no effect any more. */
export const withdrawal = defineRecord({
  name: "withdrawal",
  version: 1,
  description: "Its author takes an entry back: it stays in the log and has no effect any more.",
  body,
  positions: (taken) => ({ "body.case": taken.case, "body.of": taken.of, "body.insteadOf": taken.insteadOf }),
  summary: (taken) => summarize(codeItem("withdrawal-reason", taken.reason), textsItem(taken.text)),
  terms: (taken) => caseTerms(taken.cases ?? []),
  example: {
    type: "withdrawal",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: { case: 0, of: 0, reason: "wrong-product", text: { en: "The sample was of another model." } },
  },
});
