import { defineCommand } from "../command.ts";
import { fields } from "../text.ts";

export const charterShow = defineCommand({
  name: "charter show",
  usage: "",
  arguments: [0, 0],
  summary: "show this authority's charter and fingerprint",
  description: ["The fingerprint is what you read to another authority over the telephone when they add yours."],
  options: {},
  examples: ["entente charter show"],
  async run({ connect, print }) {
    const charter = await (await connect()).showCharter();
    const { name, id, fingerprint, serial, text } = charter;
    print.result("entente/charter/1", charter, () => [
      ...fields([
        ["authority", name],
        ["id", id],
        ["fingerprint", fingerprint],
        ["charter", `number ${serial}`],
      ]),
      "",
      ...text.split("\n"),
    ]);
  },
});
