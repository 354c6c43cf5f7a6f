import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";
import { wholeNumber } from "../desk/whole-number.ts";

export const verifyMeasure = defineAct({
  name: "verify-measure",
  usage: "ENTRY",
  summary: "say whether a measure worked",
  description: [
    "ENTRY is the alert, follow-up or update that reports the measure; --measure says which of several, from 0, as entente case show numbers them.",
  ],
  options: {
    measure: { type: "string", value: "NUMBER", help: "which of its measures; without it, the first" },
    result: { type: "string", value: "CODE", help: `what was seen: ${codesOf("verification-result")}`, required: true },
    method: {
      type: "string",
      value: "CODE",
      help: `how it was seen: ${codesOf("verification-method")}`,
      required: true,
    },
    place: { type: "string", value: "CODE", help: `where in the supply chain: ${codesOf("chain-link")}` },
    checked: { type: "string", value: "NUMBER", help: "items, shops, consignments or offers looked at" },
    found: { type: "string", value: "NUMBER", help: "how many of them were still dangerous" },
  },
  examples: ["entente verify-measure gacc.gov.cn:7 --result worked --method border-check --checked 3 --found 0"],
  build: async ({ options, entry, position }) => [
    "verification",
    {
      measure: { entry: position(entry), index: wholeNumber("--measure", options.measure ?? "0") },
      result: options.result,
      method: options.method,
      ...(options.place === undefined ? {} : { place: options.place }),
      ...(options.checked === undefined ? {} : { checked: wholeNumber("--checked", options.checked) }),
      ...(options.found === undefined ? {} : { found: wholeNumber("--found", options.found) }),
    },
  ],
});
