import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { fileError } from "../fs-error.ts";
import type { World } from "../world.ts";

/** Where an export goes. It takes as much as its reader does. */
export type Sink = {
  write(text: string): Promise<void>;
  /** All of it is there. */
  finish(): Promise<void>;
  /** Nothing of it stays. */
  abandon(): Promise<void>;
};

export function stdoutSink({ stdout, drained }: Pick<World, "stdout" | "drained">): Sink {
  return {
    write: async (text) => {
      stdout.write(text);
      await drained();
    },
    finish: drained,
    abandon: async () => undefined,
  };
}

/**
 * A file that is there whole or not at all, for nobody else to read. Refuses to take the place of another unless `force`, at
 * once and again at the end.
 */
export async function fileSink(path: string, force: boolean): Promise<Sink> {
  if (!force && (await isThere(path))) throw exists(path);
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const handle = await open(unfinished, "wx", 0o600).catch(fileError(path));
  return {
    write: async (text) => {
      await handle.appendFile(text).catch(fileError(path));
    },
    finish: async () => {
      await handle.sync().catch(fileError(path));
      await handle.close();
      if (!force && (await isThere(path))) throw exists(path);
      await rename(unfinished, path).catch(fileError(path));
    },
    abandon: async () => {
      await handle.close();
      await rm(unfinished, { force: true });
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function exists(path: string): CliError {
  return new CliError("FILE", `${path} exists already`, "name another, or overwrite it with --force");
}
