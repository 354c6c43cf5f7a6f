import { mkdir, open } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { PartState } from "../../node/service.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { parseEntryText, parsePartNumbers } from "../entry-text.ts";
import { EXIT } from "../exit-code.ts";
import { fileError } from "../fs-error.ts";
import type { LocalClient } from "../local-client.ts";
import { safeLine } from "../print-safe.ts";
import { deceptionLine } from "../show/entry.ts";
import { startProgress } from "../progress.ts";
import type { World } from "../world.ts";

/** Bytes of a file name on every common file system. */
const FILE_NAME_MAX = 255;
/** What is longer is no ending that a program knows. */
const ENDING_MAX = 16;

type Fetched = {
  readonly entry: string;
  readonly part: number;
  readonly state: PartState;
  readonly file: string | null;
  readonly looksLike: string | null;
};

export const fetch = defineCommand({
  name: "fetch",
  usage: "ENTRY",
  arguments: [1, 1],
  summary: "get parts of an entry that are addressed to us and not here yet; save them as files",
  description: [
    "Without --part, all parts that are addressed to this authority; with --out, files of all of them but the record itself, which entente show prints (--part 0 writes it as CBOR). Every chunk is verified as it arrives, and an interrupted fetch goes on where it was. Files are what another authority sent: open them with care.",
  ],
  options: {
    part: { type: "string", multiple: true, value: "N", help: "only this part" },
    out: {
      type: "string",
      value: "DIR",
      help: "also write the content of the parts into DIR; nothing there is overwritten",
    },
  },
  examples: ["entente fetch nvwa.nl:12", "entente fetch nvwa.nl:12 --part 2 --out photos"],
  async run({ world, connect, print }, [text = ""], { part, out }) {
    const entry = parseEntryText(text);
    const client = await connect();
    const numbers = part.length > 0 ? parsePartNumbers(part) : await addressedParts(client, entry);
    if (numbers.length === 0) print.note("no part of it is addressed to this authority");
    const fetched: Fetched[] = [];
    for (const number of numbers) {
      const state = await fetchOne(world, client, entry, number);
      const detail = (await client.show(entry)).details.find(({ part: shown }) => shown === number);
      if (detail !== undefined) print.note(...deceptionLine(detail));
      // The record is shown, not opened: as a file it is wanted by whoever names it.
      const isFile = number !== 0 || part.length > 0;
      const file = out !== undefined && isFile && state === "held" ? await save(client, entry, number, out) : null;
      fetched.push({ entry, part: number, state, file, looksLike: detail?.looksLike ?? null });
    }
    print.list("entente/fetched/1", fetched, () => fetched.map(describe));
    return fetched.every(({ state }) => state === "held") ? EXIT.done : EXIT.refused;
  },
});

async function addressedParts(client: LocalClient, entry: string): Promise<readonly number[]> {
  const { details } = await client.show(entry);
  return details
    .filter(({ state }) => state === "held" || state === "missing" || state === "fetching")
    .map(({ part }) => part);
}

async function fetchOne(world: World, client: LocalClient, entry: string, part: number): Promise<PartState> {
  const progress = startProgress(world, `${entry} part ${part}`);
  try {
    return (await client.fetchPart(entry, part, (done) => progress.update(done))).state;
  } finally {
    progress.end();
  }
}

/** The name comes from its sender: it neither leads elsewhere nor hides, and the number keeps two of one name apart. */
async function save(client: LocalClient, entry: string, part: number, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true }).catch(fileError(dir));
  const { name, type, length, content } = await client.readPart(entry, part);
  const file = join(dir, fittingName(`${entry.replaceAll(/[/:]/g, "-")}-${part}-${fileName(name, type)}`));
  await using handle = await open(file, "wx").catch(fileError(file));
  let written = 0;
  for await (const piece of content) written += (await handle.write(piece)).bytesWritten;
  if (written !== length)
    throw new CliError("NODE_DOWN", `the node went away: ${file} is not whole`, "remove it and fetch again");
  return file;
}

function fileName(name: string, type: string): string {
  const safe = basename(safeLine(name).replaceAll("\\", "/")).replace(/^\.+/, "");
  // Our own kinds have no name: `record.cbor`.
  return safe !== ""
    ? safe
    : (/^application\/vnd\.entente\.([a-z]+)\+cbor$/.exec(type)?.[1]?.concat(".cbor") ?? "part");
}

/** With our own words before it a long name may be too long for a file system: its middle goes, its ending stays. */
function fittingName(name: string): string {
  const ending = extname(name).length > ENDING_MAX ? "" : extname(name);
  const characters = Array.from(name.slice(0, name.length - ending.length));
  while (Buffer.byteLength(characters.join("") + ending) > FILE_NAME_MAX && characters.length > 1) characters.pop();
  return characters.join("") + ending;
}

function describe({ entry, part, state, file }: Fetched): string {
  const saved = file === null ? "" : `, saved as ${file}`;
  const isShown = part === 0 && file === null && state === "held";
  return `${entry} part ${part}: ${state}${isShown ? `; it is the record: entente show ${entry}` : saved}`;
}
