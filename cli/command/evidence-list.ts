import { defineCommand } from "../command.ts";
import { evidenceTable } from "../show/held-evidence.ts";

export const evidenceList = defineCommand({
  name: "evidence list",
  usage: "",
  arguments: [0, 0],
  summary: "list what proves that an authority signed two histories, or two charters of one serial",
  description: [
    "This node found it, or a peer that it follows with gave it; it was verified before it was kept. A log against which there is evidence is contested: it goes on being followed and shown, with a mark, and is not cosigned until a person decides. Historic evidence, under a log key that its authority has replaced, contests nothing.",
  ],
  options: {},
  examples: ["entente evidence list", "entente evidence list --json | jq -r 'select(.contests) | .digest'"],
  async run({ connect, print }) {
    const held = await (await connect()).evidence();
    print.list("entente/evidence/1", held, () =>
      held.length === 0 ? ["no evidence against anybody"] : evidenceTable(held),
    );
  },
});
