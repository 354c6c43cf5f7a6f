import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";
import { CliError } from "../cli-error.ts";
import { parseMeasure } from "../desk/measure-option.ts";

export const followUp = defineAct({
  name: "follow-up",
  usage: "ENTRY",
  summary: "answer an alert: looked for, found, what was done",
  description: [
    "The four outcomes of Delegated Regulation (EU) 2024/3173: not found; found and a measure taken (--measure); found and no measure taken (--reason says why); other. Who disagrees on the risk level gives its own with --risk and says why with --assessment.",
    "A measure is CATEGORY,OBLIGATION,OPERATOR,DATE,SCOPE, the later ones as far as they are known. Whatever the options cannot say is said with entente publish; entente template follow-up prints an example.",
  ],
  options: {
    outcome: { type: "string", value: "CODE", help: `what came out: ${codesOf("follow-up-outcome")}`, required: true },
    reason: { type: "string", value: "TEXT", help: "why no measure was taken" },
    measure: {
      type: "string",
      value: "MEASURE",
      help: "recall,voluntary,importer,2026-03-16,national",
      multiple: true,
    },
    place: {
      type: "string",
      value: "CODE",
      help: "where in the supply chain it was looked for or found",
      multiple: true,
    },
    risk: { type: "string", value: "CODE", help: `own risk level, where it differs: ${codesOf("risk-level")}` },
    assessment: { type: "string", value: "TEXT", help: "why the risk is another one" },
    traced: {
      type: "string",
      value: "CODE",
      help: `how far the supply chain was followed: ${codesOf("traceability-status")}`,
    },
  },
  examples: [
    "entente follow-up nvwa.nl:12 --outcome not-found",
    "entente follow-up nvwa.nl:12 --outcome measure-taken --measure recall,voluntary,importer,2026-03-16",
  ],
  build: async ({ options, found, entry, position, texts }) => {
    if ((options.risk === undefined) !== (options.assessment === undefined))
      throw new CliError("USAGE", "--risk and --assessment go together", "entente help follow-up");
    return [
      "follow-up",
      {
        answers: position(entry === found.case ? found.case : entry),
        outcome: options.outcome,
        ...(options.reason === undefined ? {} : { reason: texts(options.reason) }),
        ...(options.measure.length === 0 ? {} : { measures: options.measure.map(parseMeasure) }),
        ...(options.place.length === 0 ? {} : { places: options.place }),
        ...(options.traced === undefined ? {} : { traceability: { status: options.traced } }),
        ...(options.risk === undefined || options.assessment === undefined
          ? {}
          : { risk: { level: options.risk, assessment: { text: texts(options.assessment) } } }),
      },
    ];
  },
});
