import { defineAct } from "../desk/act.ts";
import { parseCaseNumber } from "../desk/case-number-option.ts";

export const ack = defineAct({
  name: "ack",
  usage: "ENTRY",
  summary: "say that a person took up an alert, or another entry of a case",
  description: ["A receipt is by the machine; this is by a person. ENTRY is the alert or any entry of its case."],
  options: {
    desk: { type: "string", value: "NAME", help: "desk or function that has it now, never a person's name" },
    number: { type: "string", value: "SYSTEM=NUMBER", help: "number of the case here: icsms=2026-0417" },
  },
  examples: ['entente ack nvwa.nl:12 --desk "Toys desk"'],
  build: async ({ options, found, entry, position }) => [
    "acknowledgement",
    {
      ...(entry === found.case ? {} : { entries: [position(entry)] }),
      ...(options.desk === undefined ? {} : { desk: options.desk }),
      ...(options.number === undefined ? {} : { cases: [parseCaseNumber(options.number)] }),
    },
  ],
});
