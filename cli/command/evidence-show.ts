import { judgeEvidence } from "../judge-evidence.ts";
import { defineCommand } from "../command.ts";
import { evidenceJson, evidenceLines } from "../show/evidence.ts";
import { heldEvidenceFields } from "../show/held-evidence.ts";

export const evidenceShow = defineCommand({
  name: "evidence show",
  usage: "DIGEST",
  arguments: [1, 1],
  summary: "show what a file of evidence proves, from whom it came, and what was decided",
  description: [
    "At least 8 digits of the digest do. What the file proves is judged anew by this command, from the file alone.",
  ],
  options: {},
  examples: ["entente evidence show 1e0f92aa"],
  async run({ connect, print }, [digest = ""]) {
    const client = await connect();
    const held = await client.evidenceOf(digest);
    const verdict = judgeEvidence(await client.evidenceFile(held.digest));
    print.result("entente/evidence-detail/1", { ...held, ...evidenceJson(verdict) }, () => [
      ...evidenceLines(verdict),
      "",
      ...heldEvidenceFields(held),
    ]);
  },
});
