import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { heldEvidenceFields } from "../show/held-evidence.ts";

export const evidenceDecide = defineCommand({
  name: "evidence decide",
  usage: "DIGEST resume|hold",
  arguments: [2, 2],
  summary: "decide what evidence means for this node: cosign that log again, or not",
  description: [
    "resume: the log is cosigned again on the branch that this node holds, and loses its mark. hold: it stays contested, as it is without a decision. The decision is kept with your name, the time and the reason, and can be changed by another one. First speak with the authority: docs/operations.md.",
  ],
  options: {
    why: { type: "string", required: true, value: "TEXT", help: "for whoever asks later, up to 1000 characters" },
  },
  examples: [
    'entente evidence decide 1e0f92aa hold --why "they do not know yet which server signed the other history"',
    'entente evidence decide 1e0f92aa resume --why "their restored copy signed it; it is gone, said their director"',
  ],
  async run({ connect, print }, [digits = "", decision = ""], { why }) {
    if (decision !== "resume" && decision !== "hold")
      throw new CliError("USAGE", `"${decision}" is neither resume nor hold`, "entente help evidence decide");
    const decided = await (await connect()).decideEvidence(digits, { decision, why });
    print.result("entente/evidence/1", decided, () => heldEvidenceFields(decided));
  },
});
