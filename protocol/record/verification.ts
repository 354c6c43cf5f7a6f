import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { code, integer, map, reference } from "./fields.ts";
import { MAX_RECORD_LIST } from "../limits.ts";
import { codeItem, summarize } from "./summary.ts";

const count = integer(0, Number.MAX_SAFE_INTEGER);

const body = map({
  ...actFields,
  /** The measure: `entry` is the position in `refs` of what reports it, `index` its place among the measures there. */
  measure: map({ entry: reference, index: integer(0, MAX_RECORD_LIST - 1) }),
  result: code("verification-result"),
  method: code("verification-method"),
  /** Where in the supply chain it was looked at. */
  place: code("chain-link").exactOptional(),
  /** Items, shops, consignments or offers looked at, and how many of them were still dangerous. */
  checked: count.exactOptional(),
  found: count.exactOptional(),
})
  .superRefine(({ checked, found }, context) => {
    if (found !== undefined && (checked === undefined || found > checked))
      context.addIssue({ code: "custom", path: ["found"], message: "more than were checked" });
  })
  .meta({ $comment: "There is found only with checked, and it is not above it." });

/** Whether a measure worked. Regulation (EU) 2019/1020, article 11(7)(b), makes that a duty. */
export const verification = defineRecord({
  name: "verification",
  version: 1,
  description: "Whether a measure worked.",
  body,
  positions: (seen) => ({ "body.case": seen.case, "body.measure.entry": seen.measure.entry }),
  summary: (seen) =>
    summarize(
      codeItem("verification-result", seen.result),
      codeItem("verification-method", seen.method),
      codeItem("chain-link", seen.place),
    ),
  terms: (seen) => caseTerms(seen.cases ?? []),
  example: {
    type: "verification",
    version: 1,
    refs: ["nvwa.nl:12", "gacc.example:7"],
    body: {
      case: 0,
      measure: { entry: 1, index: 0 },
      result: "worked",
      method: "border-check",
      place: "import-border",
      date: "2020-06-04",
      checked: 3,
      found: 0,
    },
  },
});
