import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Search = {
  readonly files: number;
  readonly bytes: number;
  /** Those that were found somewhere. */
  readonly found: readonly string[];
};

/** Looks for texts in the bytes of every file below `dir`. */
export async function searchFiles(dir: string, texts: readonly string[]): Promise<Search> {
  const found = new Set<string>();
  let [files, bytes] = [0, 0];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A store removes files while it runs.
    const content = await readFile(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (content === undefined) continue;
    files += 1;
    bytes += content.length;
    for (const text of texts) if (content.includes(text)) found.add(text);
  }
  return { files, bytes, found: [...found] };
}
