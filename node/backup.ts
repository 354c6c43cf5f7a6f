import { createHash, type Hash } from "node:crypto";
import { cp, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { u32be } from "../protocol/bytes.ts";
import { CheckedDisk } from "./checked-disk.ts";
import { dataDir, type DataDir } from "./data-dir.ts";
import { type Disk, DiskError, type DiskWrite } from "./disk.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { measureSpace } from "./disk-space.ts";
import { openLevelDisk } from "./level-disk.ts";
import { type BackupReport, type Progress, ServiceError } from "./service.ts";

export type BackupInit = {
  /** Of the running node. */
  readonly disk: Disk;
  readonly paths: DataDir;
  readonly space: DiskGuard;
};

/** Bytes that are written in one batch: few hops into LevelDB, and little memory. */
const BATCH_BYTES = 1024 * 1024;
const EVERYTHING = { gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff) };

/**
 * Copies the store as of one moment, while the node goes on, and beside it what the node needs to start: settings,
 * tokens and drafts. What must not lie with it is left out: the keys, and the heads file, by which a node notices that its
 * store was put back. Throws `ServiceError`; then nothing is left in the directory.
 */
export async function backUp(
  { disk, paths, space }: BackupInit,
  directory: string,
  onProgress: (progress: Progress) => void,
): Promise<BackupReport> {
  const bytes = await sizeOf(paths.store);
  const copy = dataDir(directory);
  await makeDirectory(copy.root);
  try {
    const { free } = await measureSpace(copy.root);
    if (free < bytes)
      throw new ServiceError("DISK_LOW", `${directory} has less room than the store takes`, "choose another disk");
    // Else it is just what a node whose disk is nearly full needs.
    const isSameDisk = (await stat(copy.root)).dev === (await stat(paths.store)).dev;
    let done = 0;
    const onBytes = (some: number): void => {
      if (isSameDisk) space.require("entries");
      done += some;
      // Every byte is written once and read once; the store also holds what was replaced and not yet cleared.
      onProgress({ done: Math.min(done, 2 * bytes), total: 2 * bytes, what: "bytes" });
    };
    const written = await copyStore(disk, copy.store, onBytes);
    await verifyStore(copy.store, written.digest, onBytes);
    await copyFiles(paths, copy);
    const leftOut = [paths.onlineKeys, paths.heads].map((path) => relative(paths.root, path));
    return { directory: copy.root, values: written.values, bytes: written.bytes, leftOut };
  } catch (error) {
    await rm(copy.root, { recursive: true, force: true });
    throw error instanceof DiskError && error.code === "FULL"
      ? new ServiceError("DISK_LOW", `${directory} has not enough room for the store`, "choose another disk")
      : error;
  }
}

/** A new directory, so that nothing is overwritten and nothing mixed. */
async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST")
      throw new ServiceError("REFUSED", `${directory} exists already`, "name a directory that does not exist yet");
    if (code === "ENOENT")
      throw new ServiceError("NOT_FOUND", `there is no directory ${dirname(directory)}`, "make it first");
    throw new ServiceError(
      "REFUSED",
      `the node cannot write to ${directory}: ${String(code)}`,
      "it must be writable for the user of the node, and for its service (ReadWritePaths)",
    );
  });
}

type Written = { readonly values: number; readonly bytes: number; readonly digest: string };

async function copyStore(disk: Disk, path: string, onBytes: (bytes: number) => void): Promise<Written> {
  const hash = createHash("sha256");
  const copy = new CheckedDisk(await openLevelDisk(path), () => undefined);
  try {
    let [values, bytes, pending] = [0, 0, 0];
    let batch: DiskWrite[] = [];
    for await (const [key, value] of disk.scan(EVERYTHING)) {
      add(hash, key, value);
      values += 1;
      pending += key.length + value.length;
      batch.push({ key, value });
      if (pending < BATCH_BYTES) continue;
      await copy.write(batch, false);
      onBytes(pending);
      bytes += pending;
      [batch, pending] = [[], 0];
    }
    // The one sync makes durable all that was written before it.
    await copy.write(batch, true);
    return { values, bytes: bytes + pending, digest: hash.digest("hex") };
  } finally {
    await copy.close();
  }
}

/** Reads back what lies there now, opened anew. */
async function verifyStore(path: string, digest: string, onBytes: (bytes: number) => void): Promise<void> {
  const hash = createHash("sha256");
  const copy = new CheckedDisk(await openLevelDisk(path), () => undefined);
  try {
    for await (const [key, value] of copy.scan(EVERYTHING)) {
      add(hash, key, value);
      onBytes(key.length + value.length);
    }
  } finally {
    await copy.close();
  }
  if (hash.digest("hex") !== digest)
    throw new ServiceError("REFUSED", "what was written is not what was read back", "choose another disk");
}

function add(hash: Hash, key: Uint8Array, value: Uint8Array): void {
  hash.update(u32be(key.length)).update(key).update(u32be(value.length)).update(value);
}

async function copyFiles(paths: DataDir, copy: DataDir): Promise<void> {
  for (const from of [paths.operators, paths.drafts])
    await cp(from, join(copy.root, basename(from)), { recursive: true }).catch(unlessAbsent);
  // Last, so that a backup that was begun and not finished is not taken for one.
  await cp(paths.config, copy.config);
  await syncAll(copy.root);
}

/** Makes durable what was copied; the store is already. */
async function syncAll(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncAll(path);
    else await sync(path);
  }
  await sync(directory);
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) {
    // LevelDB removes files while it goes on.
    const found = await stat(join(directory, name)).catch(unlessAbsent);
    bytes += found?.size ?? 0;
  }
  return bytes;
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
