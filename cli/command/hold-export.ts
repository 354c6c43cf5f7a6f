import { type FileHandle, open, rm } from "node:fs/promises";
import { parseDecimal } from "../../protocol/decimal.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { fileError } from "../fs-error.ts";
import type { LocalClient } from "../local-client.ts";
import { formatBytes } from "../text.ts";

export const holdExport = defineCommand({
  name: "hold export",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "write a part that was erased and is kept for a legal hold, for the court",
  description: [],
  options: {
    part: { type: "string", required: true, value: "N", help: "which; entente hold list says what is kept" },
    out: { type: "string", required: true, value: "FILE", help: "a new file" },
  },
  examples: ["entente hold export nvwa.nl:12 --part 2 --out exhibit-1.pdf"],
  async run({ connect, print }, [entry = ""], { part, out }) {
    const number = parseDecimal(part);
    if (number === undefined)
      throw new CliError("USAGE", `--part: "${part}" is not a number`, "entente help hold export");
    const client = await connect();
    const file = await open(out, "wx", 0o600).catch(fileError(out));
    const { name, type, bytes } = await save(client, { entry, part: number }, file).catch(async (error: unknown) => {
      await rm(out, { force: true });
      throw error;
    });
    const report = { entry, part: number, name, type, file: out, bytes };
    print.result("entente/held-part/1", report, () => [`${formatBytes(bytes)} (${type}) written to ${out}`]);
  },
});

type Saved = { readonly name: string; readonly type: string; readonly bytes: number };

async function save(
  client: LocalClient,
  { entry, part }: { readonly entry: string; readonly part: number },
  handle: FileHandle,
): Promise<Saved> {
  await using file = handle;
  const { name, type, length, content } = await client.readHeldPart(entry, part);
  let bytes = 0;
  for await (const piece of content) bytes += (await file.write(piece)).bytesWritten;
  if (bytes !== length) throw new CliError("NODE_DOWN", "the node went away", "repeat the command");
  return { name, type, bytes };
}
