import { open } from "node:fs/promises";
import { CliError } from "./cli-error.ts";
import { fileError } from "./fs-error.ts";
import { formatBytes } from "./text.ts";
import type { World } from "./world.ts";

const STDIN = "-";

/** A text file that the command names, or `-` for the standard input; UTF-8, at most `maxBytes`. */
export async function readTextFile(world: Pick<World, "stdin">, path: string, maxBytes: number): Promise<string> {
  const bytes = await readBinaryFile(world, path, maxBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CliError("FILE", `${nameOf(path)} is not UTF-8 text`);
  }
}

/** The same for any bytes. */
export async function readBinaryFile(world: Pick<World, "stdin">, path: string, maxBytes: number): Promise<Uint8Array> {
  if (path === STDIN) return await readAll(world.stdin, path, maxBytes);
  return await readFile(path, maxBytes).catch(fileError(path));
}

/** A pipe such as `<(…)` is a file here, so its end is found by reading. */
async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  await using handle = await open(path, "r");
  return await readAll(handle.createReadStream({ autoClose: false }), path, maxBytes);
}

async function readAll(input: AsyncIterable<Uint8Array>, path: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of input) {
    size += piece.length;
    if (size > maxBytes) throw new CliError("FILE", `${nameOf(path)} has more than ${formatBytes(maxBytes)}`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function nameOf(path: string): string {
  return path === STDIN ? "the standard input" : path;
}
