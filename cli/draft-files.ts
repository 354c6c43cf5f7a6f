import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";

// What all drafts have in common, whether they are records already or only texts.

export const DRAFT_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** `20261122-140305-9f3a`: when it was made, in UTC, so that drafts sort by age. */
export function draftId(now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `${time}-${randomBytes(2).toString("hex")}`;
}

export function draftsDir(dataDir: string): string {
  return join(dataDir, "drafts");
}

/** For its owner alone, and new. */
export async function writeAndSync(path: string, text: string): Promise<void> {
  await using handle = await open(path, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
