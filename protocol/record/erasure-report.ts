import { MAX_ERASE_ITEMS } from "../limits.ts";
import { defineRecord } from "./define.ts";
import { code, integer, list, map, reference, texts } from "./fields.ts";
import { codeItem, summarize, textsItem } from "./summary.ts";

const body = map({
  /** The erase leaf, as position in `refs`. */
  erasure: reference,
  outcome: code("erasure-outcome"),
  /** With `refused`: which items of the erasure are kept, by their place in it. The others are deleted. */
  kept: list(integer(0, MAX_ERASE_ITEMS - 1)).exactOptional(),
  /** Why they are kept. */
  reason: texts.exactOptional(),
})
  .superRefine((report, context) => {
    if (report.outcome !== "refused") return;
    if (report.kept === undefined)
      context.addIssue({ code: "custom", path: ["kept"], message: "who refuses says what is kept" });
    if (report.reason === undefined)
      context.addIssue({ code: "custom", path: ["reason"], message: "who refuses says why" });
  })
  .meta({ $comment: "With the outcome refused there are kept and reason." });

/** What became of parts that another authority erased. Written by a node, not by a person: docs/spec/erasure.md. */
export const erasureReport = defineRecord({
  name: "erasure-report",
  version: 1,
  description: "What became here of parts that another authority erased; its node writes it.",
  body,
  positions: (report) => ({ "body.erasure": report.erasure }),
  summary: (report) => summarize(codeItem("erasure-outcome", report.outcome), textsItem(report.reason)),
  terms: () => [],
  example: {
    type: "erasure-report",
    version: 1,
    refs: ["nvwa.nl:31"],
    body: { erasure: 0, outcome: "deleted" },
  },
});
