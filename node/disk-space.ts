import { statfs } from "node:fs/promises";
import { DISK_FULL_BYTES, DISK_LITTLE_BYTES, DISK_LOW_BYTES, DISK_RESUME_FACTOR } from "./limits.ts";
import type { DiskSpace } from "./service.ts";

/** Bytes. */
export type Space = Pick<DiskSpace, "free" | "total">;

/** Bytes free below which no attachments are taken in, and no entries. */
export type Marks = { readonly low: number; readonly full: number };

export const DEFAULT_MARKS: Marks = { low: DISK_LOW_BYTES, full: DISK_FULL_BYTES };

/** What the file system of `directory` has left for us: what root keeps for itself is not counted. */
export async function measureSpace(directory: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { free: bavail * bsize, total: blocks * bsize };
}

/**
 * What so much room means. A mark that was passed `before` is left behind only with some more, so that what stopped does
 * not start and stop by the second.
 */
export function spaceState(free: number, marks: Marks, before: DiskSpace["state"] = "ok"): DiskSpace["state"] {
  const isBelow = (mark: number, isPassed: boolean): boolean => free < (isPassed ? mark * DISK_RESUME_FACTOR : mark);
  if (isBelow(marks.full, before === "full")) return "full";
  if (isBelow(marks.low, before === "full" || before === "low")) return "low";
  return free < DISK_LITTLE_BYTES ? "little" : "ok";
}
