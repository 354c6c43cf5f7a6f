import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";
import { idsOf } from "../desk/ids.ts";
import { parseNames } from "../names.ts";

export const request = defineAct({
  name: "request",
  usage: "ENTRY",
  summary: "ask other authorities something in a case",
  description: ["It is owed until each has answered with entente answer, or refused with a reason."],
  options: {
    kind: { type: "string", value: "CODE", help: `what is asked: ${codesOf("request-kind")}`, required: true },
    ask: { type: "string", value: "NAME,NAME", help: "who is asked", required: true, multiple: true },
    question: { type: "string", value: "TEXT", help: "the question", required: true },
    due: { type: "string", value: "YYYY-MM-DD", help: "by when; without it, 30 days" },
    basis: { type: "string", value: "TEXT", help: "legal basis" },
  },
  examples: [
    'entente request nvwa.nl:12 --kind traceability --ask gacc.gov.cn --question "Which factory made batch 0317?"',
  ],
  build: async ({ options, client, texts }) => [
    "request",
    {
      kind: options.kind,
      to: await idsOf(client, parseNames(options.ask, "--ask")),
      question: texts(options.question),
      ...(options.due === undefined ? {} : { due: options.due }),
      ...(options.basis === undefined ? {} : { legalBasis: options.basis }),
    },
  ],
});
