import { statfs } from "node:fs/promises";
import { DISK_FULL_BYTES, DISK_LOW_BYTES } from "./limits.ts";
import type { DiskSpace } from "./service.ts";

/** What the file system of `directory` has left for us: what root keeps for itself is not counted. */
export async function readDiskSpace(directory: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(directory);
  const free = bavail * bsize;
  return { free, total: blocks * bsize, state: stateOf(free) };
}

function stateOf(free: number): DiskSpace["state"] {
  if (free < DISK_FULL_BYTES) return "full";
  return free < DISK_LOW_BYTES ? "low" : "ok";
}
