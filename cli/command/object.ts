import { defineAct } from "../desk/act.ts";
import { codesOf } from "../desk/codes.ts";

export const object = defineAct({
  name: "object",
  usage: "ENTRY",
  summary: "object to a closing or another act",
  description: ["It stays open until the author of ENTRY has acted on it."],
  options: {
    ground: { type: "string", value: "CODE", help: `on what ground: ${codesOf("objection-ground")}`, required: true },
    reason: { type: "string", value: "TEXT", help: "why", required: true },
  },
  examples: ['entente object nvwa.nl:25 --ground open-duty --reason "Our re-test is not done."'],
  build: async ({ options, entry, position, texts }) => [
    "objection",
    { to: position(entry), ground: options.ground, reason: texts(options.reason) },
  ],
});
