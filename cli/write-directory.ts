import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, rmdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CliError } from "./cli-error.ts";
import { fileError, fsCode } from "./fs-error.ts";
import type { ProofPiece } from "./local-client.ts";

/** Elements of letters, digits, dots and the like, none of which leads up or hides. */
const SAFE_PATH = /^(?!\.)[A-Za-z0-9._-]+(?:\/(?!\.)[A-Za-z0-9._-]+)*$/;

/**
 * Writes files as they arrive into a directory that stands under its name only once it is whole. Returns their paths in it.
 * Throws `FILE` where something is there already.
 */
export async function writeDirectory(
  path: string,
  pieces: AsyncIterable<ProofPiece>,
  onFile: (files: number) => void,
): Promise<readonly string[]> {
  const target = resolve(path);
  const unfinished = join(dirname(target), `.entente-${randomBytes(6).toString("hex")}`);
  await removeEmpty(target);
  await mkdir(unfinished).catch(fileError(path));
  try {
    const files = await writeFiles(unfinished, pieces, onFile).catch(fileError(path));
    await rename(unfinished, target).catch(fileError(path));
    return files;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function writeFiles(
  dir: string,
  pieces: AsyncIterable<ProofPiece>,
  onFile: (files: number) => void,
): Promise<readonly string[]> {
  const files: string[] = [];
  let current: FileHandle | undefined;
  try {
    for await (const piece of pieces) {
      if ("file" in piece) {
        await current?.close();
        current = await createFile(dir, piece.file.path);
        onFile(files.push(piece.file.path));
      } else await current?.writeFile(piece.data);
    }
  } finally {
    await current?.close();
  }
  return files;
}

async function createFile(dir: string, path: string): Promise<FileHandle> {
  if (!SAFE_PATH.test(path)) throw new CliError("INTERNAL", `the node named a file ${path}`);
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  return await open(file, "wx");
}

/** An empty directory may stand there: a shell script made it, or `mktemp -d`. */
async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") return;
    throw new CliError("FILE", `${path} is there already`, "name a directory that does not exist yet");
  });
}
