import type { RecordJson } from "./json.ts";

export const FOLLOW_UP_EXAMPLE: RecordJson = {
  type: "follow-up",
  version: 1,
  refs: ["nvwa.nl:12"],
  body: {
    answers: 0,
    outcome: "measure-taken",
    cases: [{ system: "safety-gate", number: "A12/09001/20" }],
    date: "2020-03-27",
    places: ["manufacturer", "export-border"],
    measures: [
      {
        category: "export-ban",
        obligation: "compulsory",
        operator: "exporter",
        entryIntoForce: "2020-03-25",
        duration: "temporary",
        scope: "worldwide",
      },
      {
        category: "strengthened-supervision",
        obligation: "compulsory",
        operator: "manufacturer",
        entryIntoForce: "2020-03-25",
      },
    ],
    traceability: {
      status: "traced",
      chain: [
        { link: "manufacturer", country: "CN" },
        { link: "exporter", country: "CN" },
        { link: "importer", country: "NL" },
      ],
    },
    text: { en: "The red paint of the batch was bought from a new supplier; 14 400 toys are held at the factory." },
  },
};
