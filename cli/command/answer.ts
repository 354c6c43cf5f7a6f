import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";
import { parseEntryText } from "../entry-text.ts";

export const answer = defineAct({
  name: "answer",
  usage: "REQUEST",
  summary: "answer a request of another authority",
  description: [
    "REQUEST is the entry with the question. more-information-needed asks back with --question: the clock of the request stops until its author has said more.",
  ],
  options: {
    outcome: {
      type: "string",
      value: "CODE",
      help: `how it is answered: ${codesOf("answer-outcome")}`,
      required: true,
    },
    reason: { type: "string", value: "CODE", help: `why it is refused: ${codesOf("refusal-reason")}` },
    question: { type: "string", value: "TEXT", help: "what must be known first" },
    entry: { type: "string", value: "ENTRY", help: "a test report or another entry that answers it", multiple: true },
    traced: {
      type: "string",
      value: "CODE",
      help: `how far the supply chain was followed: ${codesOf("traceability-status")}`,
    },
  },
  examples: ['entente answer nvwa.nl:15 --outcome complete --text "The factory is found." --traced traced'],
  build: async ({ options, entry, position, texts }) => [
    "answer",
    {
      request: position(entry),
      outcome: options.outcome,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(options.question === undefined ? {} : { question: texts(options.question) }),
      ...(options.entry.length === 0 ? {} : { entries: options.entry.map(parseEntryText).map(position) }),
      ...(options.traced === undefined ? {} : { traceability: { status: options.traced } }),
    },
  ],
});
