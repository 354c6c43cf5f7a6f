import { defineAct } from "../desk/act.ts";
import { amendmentBody, AMENDMENT_OPTIONS } from "../desk/amendment.ts";

export const update = defineAct({
  name: "update",
  usage: "ENTRY",
  summary: "say that something has changed since",
  description: [
    "ENTRY is one of this authority. --text says what. --measure and --found-in stand in the place of those that were there, whole; the rest stays. For more, publish an update record or a new version of the alert.",
  ],
  options: AMENDMENT_OPTIONS,
  examples: ['entente update nvwa.nl:12 --text "The recall has begun."'],
  build: (input) => amendmentBody("update", input),
});
