import { sha256 } from "../../keys/sha256.ts";
import { toHex } from "../../protocol/bytes.ts";
import { MAX_EVIDENCE_SIZE } from "../../protocol/limits.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { judgeEvidence } from "../judge-evidence.ts";
import { readBinaryFile } from "../read-file.ts";
import { evidenceJson, evidenceLines } from "../show/evidence.ts";

export const evidenceVerify = defineCommand({
  name: "evidence verify",
  usage: "FILE|-",
  arguments: [1, 1],
  summary: "verify a file of evidence offline: no node, no network, nothing but the file",
  description: [
    "It is proven that whoever has the id which is shown broke its word; compare the fingerprint with the one that the authority of that name tells you. The exit code is 0 if the file proves it and 1 if it does not. docs/spec/evidence.md says how to do the same without this program.",
  ],
  options: {},
  examples: ["entente evidence verify evidence-1e0f92aa.cbor"],
  async run({ world, print }, [path = ""]) {
    const file = await readBinaryFile(world, path, MAX_EVIDENCE_SIZE);
    const verdict = judgeEvidence(file);
    const digest = toHex(sha256(file));
    print.result("entente/evidence-verify/1", { digest, ...evidenceJson(verdict) }, () => [
      ...evidenceLines(verdict),
      `SHA-256 of the file: ${digest}`,
    ]);
    return verdict.proven ? EXIT.done : EXIT.refused;
  },
});
