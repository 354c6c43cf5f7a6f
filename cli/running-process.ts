import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fsCode } from "./fs-error.ts";

const NODE_FILE = z.object({ pid: z.int().min(1), host: z.string() });

/** The process of the node in `dataDir`, as it wrote it down; undefined where that is another machine or unknown. */
export async function runningProcess(
  dataDir: string,
): Promise<{ readonly pid: number; isAlive(): boolean } | undefined> {
  const text = await readFile(join(dataDir, "run", "node.json"), "utf8").catch(() => "null");
  const { data } = NODE_FILE.safeParse(JSON.parse(text));
  return data === undefined || data.host !== hostname()
    ? undefined
    : { pid: data.pid, isAlive: () => isAlive(data.pid) };
}

/** Whether there is a process of that number on this machine. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 is sent to nobody: it asks whether there is somebody.
    return process.kill(pid, 0);
  } catch (error) {
    return fsCode(error) === "EPERM";
  }
}
