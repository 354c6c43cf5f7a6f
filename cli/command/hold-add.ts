import { defineCommand } from "../command.ts";

export const holdAdd = defineCommand({
  name: "hold add",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "put an entry under legal hold: nothing of it is deleted here",
  description: [
    "What its owner erases is hidden all the same, and kept until the hold ends; the owner is told the reason. Own entries under legal hold cannot be erased. Content that is kept so can be read with entente hold export alone.",
  ],
  options: {
    reason: {
      type: "string",
      required: true,
      value: "TEXT",
      help: "whose order, for the owner too; up to 1000 characters",
    },
  },
  examples: ['entente hold add nvwa.nl:12 --reason "Rechtbank Den Haag, order of 3 March"'],
  async run({ connect, print }, [entry = ""], { reason }) {
    const held = await (await connect()).addHold(entry, reason);
    print.result("entente/hold/1", held, () => [`${held.entry} is under legal hold: ${held.reason}`]);
  },
});
