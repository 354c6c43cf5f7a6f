import { defineAct } from "../desk/act.ts";
import { amendmentBody, AMENDMENT_OPTIONS } from "../desk/amendment.ts";

export const correct = defineAct({
  name: "correct",
  usage: "ENTRY",
  summary: "say that something was wrong in an own entry",
  description: [
    "ENTRY is one of this authority. --text says what. --measure and --found-in stand in the place of those that were there, whole; the rest stays. For more, publish a correction record or a new version of the alert.",
  ],
  options: AMENDMENT_OPTIONS,
  examples: ['entente correct nvwa.nl:12 --text "The batch is 0317, not 0713."'],
  build: (input) => amendmentBody("correction", input),
});
