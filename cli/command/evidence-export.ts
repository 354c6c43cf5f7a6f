import { writeFile } from "node:fs/promises";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";
import { formatBytes } from "../text.ts";

export const evidenceExport = defineCommand({
  name: "evidence export",
  usage: "DIGEST",
  arguments: [1, 1],
  summary: "write a file of evidence, for whoever is to be convinced",
  description: [
    "The file proves what it says to anybody, without this node: entente evidence verify. It holds charters, two checkpoints and hashes; nothing of what an entry says.",
  ],
  options: { out: { type: "string", value: "FILE", help: "a new file; evidence-DIGITS.cbor here when left out" } },
  examples: ["entente evidence export 1e0f92aa", "entente evidence export 1e0f92aa --out fork.cbor"],
  async run({ connect, print }, [digits = ""], { out }) {
    const client = await connect();
    const { digest, size } = await client.evidenceOf(digits);
    const file = out ?? `evidence-${digest.slice(0, 16)}.cbor`;
    await writeFile(file, await client.evidenceFile(digest), { flag: "wx" }).catch(fileError(file));
    print.result("entente/evidence-file/1", { file, digest, size }, () => [
      `${formatBytes(size)} written to ${file}; entente evidence verify ${file} checks it, anywhere`,
    ]);
  },
});
