import { writeFile } from "node:fs/promises";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";

export const charterExport = defineCommand({
  name: "charter export",
  usage: "",
  arguments: [0, 0],
  summary: "write the file by which other authorities add this one",
  description: [
    "It holds all charters of this authority, the present checkpoint of its log, and the addresses that it announces. Nothing in it is secret; what protects it is the fingerprint that you read to its reader.",
  ],
  options: { out: { type: "string", value: "FILE", help: "a new file; the standard output when left out" } },
  examples: ["entente charter export > nvwa.txt", "entente charter export --out nvwa.txt"],
  async run({ connect, print }, _args, { out }) {
    const chainFile = await (await connect()).exportCharter();
    if (out !== undefined) {
      await writeFile(out, chainFile, { flag: "wx" }).catch(fileError(out));
      print.result("entente/charter-file/1", { file: out }, () => [`written to ${out}`]);
    } else if (print.isJson) print.result("entente/charter-file/1", { chainFile }, () => []);
    else print.raw(chainFile);
  },
});
