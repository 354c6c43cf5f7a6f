import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { fileError, fsCode } from "../fs-error.ts";

/**
 * A directory that is held open, so that whoever may write beside it cannot put another, or a link to one, in its place
 * between two steps. Elsewhere than on Linux there is no name for an open directory, and it is found by its path.
 */
export type HeldDirectory = AsyncDisposable & {
  /** As people know it. */
  readonly name: string;
  /** Where an entry of it is, for the file system. `entry` is the name of one, never a path. */
  at(entry: string): string;
  /** What was renamed into or out of it survives a power cut. */
  sync(): Promise<void>;
  /** The path of the directory itself, for the file system. */
  readonly path: string;
};

/** A directory that the operator named: where that is a link, he meant where it leads. Throws `NOT_FOUND` and `FILE`. */
export async function holdDirectory(path: string): Promise<HeldDirectory> {
  return await hold(path, path, 0);
}

/** One within another; a link there is refused. */
export async function holdWithin(parent: HeldDirectory, entry: string): Promise<HeldDirectory> {
  return await hold(parent.at(entry), join(parent.name, entry), constants.O_NOFOLLOW);
}

/** The same, made where it is missing. */
export async function makeWithin(parent: HeldDirectory, entry: string): Promise<HeldDirectory> {
  await mkdir(parent.at(entry)).catch((error: unknown) => {
    if (fsCode(error) !== "EEXIST") fileError(join(parent.name, entry))(error);
  });
  return await holdWithin(parent, entry);
}

/** Writes a file that is there whole or not at all, and takes the place of one of that name; durable after `sync`. */
export async function writeWhole(directory: HeldDirectory, entry: string, text: string): Promise<void> {
  const path = join(directory.name, entry);
  const unfinished = directory.at(unfinishedName(entry));
  try {
    await rm(unfinished, { force: true });
    // The group may read it: the program that takes it from there mostly is another user's.
    await using handle = await open(unfinished, "wx", 0o640);
    await handle.writeFile(text);
    await handle.sync();
    await rename(unfinished, directory.at(entry));
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    fileError(path)(error);
  }
}

/** The dot hides it from whoever looks for what is finished. */
function unfinishedName(entry: string): string {
  return `.${entry}.tmp`;
}

/** Whether an entry is what `writeWhole` left when its process was ended. */
export function isUnfinished(entry: string): boolean {
  return entry.startsWith(".") && entry.endsWith(".tmp");
}

async function hold(path: string, name: string, flags: number): Promise<HeldDirectory> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | flags).catch((error: unknown) => {
    if (fsCode(error) === "ENOTDIR" || fsCode(error) === "ELOOP") throw new CliError("FILE", `${name} is no directory`);
    return fileError(name)(error);
  });
  const held = process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : path;
  return {
    name,
    path: held,
    at: (entry) => join(held, entry),
    sync: () => handle.sync(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
