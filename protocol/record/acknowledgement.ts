import { actFields } from "./case-fields.ts";
import { caseTerms } from "./case-number.ts";
import { defineRecord } from "./define.ts";
import { label, list, map, reference } from "./fields.ts";
import { nameItem, summarize } from "./summary.ts";

const body = map({
  ...actFields,
  /** What was taken up; without it, the alert. */
  entries: list(reference).exactOptional(),
  /** Who has it now: a desk or a function, never a person's name. */
  desk: label.exactOptional(),
});

/** A person took it: not the receipt of a machine. Field by field: `docs/spec/records.md`. */
export const acknowledgement = defineRecord({
  name: "acknowledgement",
  version: 1,
  description: "A person took it up: not the receipt of a machine.",
  body,
  positions: (ack) => ({
    "body.case": ack.case,
    ...Object.fromEntries((ack.entries ?? []).map((at, index) => [`body.entries[${index}]`, at])),
  }),
  summary: (ack) => summarize(nameItem(ack.desk), nameItem(ack.cases?.[0]?.number)),
  terms: (ack) => caseTerms(ack.cases ?? []),
  example: {
    type: "acknowledgement",
    version: 1,
    refs: ["nvwa.nl:12"],
    body: { case: 0, desk: "Toys desk", date: "2020-03-10" },
  },
});
