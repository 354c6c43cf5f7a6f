import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileError, fsCode } from "../fs-error.ts";
import { MAX_DROPPED_FILES, MAX_DROP_SCAN } from "../limits.ts";
import { DROP_FOLDERS } from "./drop-folders.ts";
import type { HeldDirectory } from "./held-directory.ts";

/** Longer than programs pause between two pieces of a file that they write, over a network too. */
export const QUIET_MS = 5_000;

/** What programs call a file that they have not finished. */
const UNFINISHED = /^\.|~$|\.(?:tmp|part|partial|filepart)$/i;

/** What lies in a drop folder. */
export type Lying = {
  /** Names of what is complete, in their order. */
  readonly complete: readonly string[];
  /** Whether anything else is there, which may be complete soon. */
  readonly isMore: boolean;
  /** What cannot be named, as its name is not UTF-8. */
  readonly unnamed: readonly string[];
};

type Seen = { readonly mark: string; readonly since: number };

/** Tells what is complete: what has not changed for `QUIET_MS` while this looked at it again and again. */
export class Watched {
  #seen: ReadonlyMap<string, Seen> = new Map();

  /** `now` in milliseconds, of a clock that never goes back. */
  async look(folder: HeldDirectory, now: number): Promise<Lying> {
    const names = (await readdir(folder.path).catch(fileError(folder.name))).filter(isOffered).sort();
    const seen = new Map<string, Seen>();
    const complete: string[] = [];
    const unnamed: string[] = [];
    for (const name of names.slice(0, MAX_DROP_SCAN)) {
      const mark = await markOf(folder.at(name));
      // Taken away meanwhile, or of a name that cannot be said.
      if (mark === undefined && name.includes("\uFFFD")) unnamed.push(name);
      if (mark === undefined) continue;
      const before = this.#seen.get(name);
      const since = before?.mark === mark ? before.since : now;
      if (now - since >= QUIET_MS) complete.push(name);
      else seen.set(name, { mark, since });
    }
    this.#seen = seen;
    return { complete, isMore: seen.size > 0 || names.length > MAX_DROP_SCAN, unnamed };
  }
}

function isOffered(name: string): boolean {
  return !UNFINISHED.test(name) && !DROP_FOLDERS.some((folder) => folder === name);
}

/** Changes whenever the file does, or one in the directory. Links and devices are looked at, never through. */
async function markOf(path: string): Promise<string | undefined> {
  const stats = await statsOf(path);
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return mark(stats);
  const names = await readdir(path).catch(() => []);
  const marks = [`${names.length}`, mark(stats)];
  for (const name of names.slice(0, MAX_DROPPED_FILES)) {
    const inner = await statsOf(join(path, name));
    marks.push(name, inner === undefined ? "" : mark(inner));
  }
  return marks.join("\n");
}

function mark({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

async function statsOf(path: string): Promise<BigIntStats | undefined> {
  return await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") return undefined;
    throw error;
  });
}
