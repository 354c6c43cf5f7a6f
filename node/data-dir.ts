import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { GivenSettings } from "./config.ts";

/** A socket's path fits a fixed field of the kernel's; longer ones fail in ways that nobody understands. */
const SOCKET_PATH_MAX = 100;

/** Where things lie in a data directory. */
export type DataDir = {
  readonly root: string;
  readonly config: string;
  readonly onlineKeys: string;
  readonly heads: string;
  readonly store: string;
  readonly run: string;
  readonly nodeFile: string;
  readonly operators: string;
  /** Records that people keep until they can be published; the command writes them. */
  readonly drafts: string;
  /** Made from the store, and made anew where it is gone: in no backup. */
  readonly searchIndex: string;
};

export function dataDir(directory: string): DataDir {
  const root = resolve(directory);
  const run = join(root, "run");
  return {
    root,
    config: join(root, "config.json"),
    onlineKeys: join(root, "keys", "online.key.age"),
    heads: join(root, "keys", "heads"),
    store: join(root, "store"),
    run,
    nodeFile: join(run, "node.json"),
    operators: join(root, "operators"),
    drafts: join(root, "drafts"),
    searchIndex: join(root, "index", "search.sqlite"),
  };
}

/** The text of the settings, `undefined` where there are none. */
export async function readConfigFile(paths: DataDir): Promise<string | undefined> {
  return await readFile(paths.config, "utf8").catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
}

export async function writeConfig(paths: DataDir, config: GivenSettings): Promise<void> {
  await writeFile(paths.config, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

export async function makeDirectories(paths: DataDir): Promise<void> {
  for (const directory of [paths.root, join(paths.root, "keys"), paths.run, paths.operators]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  }
}

/** Says which process this is, for `stop`, `status` and the message of a second start. */
export async function writeNodeFile(paths: DataDir, startedAt: string): Promise<void> {
  await writeFile(paths.nodeFile, `${JSON.stringify({ pid: process.pid, startedAt, host: hostname() })}\n`, {
    mode: 0o600,
  });
}

export async function removeNodeFile(paths: DataDir): Promise<void> {
  await rm(paths.nodeFile, { force: true });
}

/** Who holds the lock of the store, as it wrote it down: `process 4711 on host since …`. */
export async function lockHolder(paths: DataDir): Promise<string> {
  const text = await readFile(paths.nodeFile, "utf8").catch(() => "");
  const match = /"pid":([0-9]+),"startedAt":"([^"]+)","host":"([^"]+)"/.exec(text);
  return match === null ? "another process" : `process ${match[1]} on ${match[3]}, started ${match[2]}`;
}

/**
 * Path of the local API's socket: in the data directory, or where that path is too long, in a private directory for
 * run-time files, and then `run/socket-path` says where.
 */
export async function prepareSocketPath(paths: DataDir): Promise<string> {
  const usual = join(paths.run, "entente.sock");
  const pointer = join(paths.run, "socket-path");
  if (Buffer.byteLength(usual) <= SOCKET_PATH_MAX) {
    await rm(pointer, { force: true });
    return usual;
  }
  const digest = createHash("sha256").update(paths.root).digest("hex").slice(0, 12);
  const base = process.env["XDG_RUNTIME_DIR"] ?? tmpdir();
  const path = join(base, `entente-${userInfo().uid}-${digest}`, "entente.sock");
  await writeFile(pointer, `${path}\n`, { mode: 0o600 });
  return path;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
