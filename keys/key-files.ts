import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { link, open, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MAX_KEY_FILE_SIZE, MAX_PASSPHRASE_FILE_SIZE } from "../protocol/limits.ts";
import { KeyError } from "./key-error.ts";
import type { KeyErrorCode } from "./key-error.ts";

// The only file of keys/ that touches the disk.

/** Readable and writable by its owner, by nobody else. */
const SECRET_MODE = 0o600;
const GROUP_AND_OTHERS = 0o077;
const CREDENTIAL_NAME = "entente-passphrase";

type WriteOptions = { readonly overwrite: boolean };
type Access = { readonly maxSize: number; readonly check: (stats: Stats, path: string) => void };

/**
 * Writes an (encrypted) secret so that after a crash the path holds the old content or the new one, whole. The file has
 * mode 0600. Throws KEY_FILE_EXISTS where something stands at `path` and `overwrite` is false, and KEY_FILE_UNWRITABLE.
 */
export async function writeSecretFile(
  path: string,
  content: string | Uint8Array,
  { overwrite }: WriteOptions,
): Promise<void> {
  // Two commands that write one file must not share a temporary one: the second then fails at `link`.
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  await writing(path, async () => {
    try {
      await writeAndSync(temporary, "wx", content);
      await (overwrite ? rename(temporary, path) : link(temporary, path));
    } finally {
      await unlink(temporary).catch(ignoreMissing);
    }
    await syncDirectory(dirname(path));
  });
}

/**
 * Replaces a small file of the node durably: when it resolves, the new content survives a power cut, and at no time is
 * there another than the old or the new. One call at a time for one path: what an earlier crash left half written at
 * `<path>.tmp` is overwritten. Mode 0600. Throws KEY_FILE_UNWRITABLE.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  await writing(path, async () => {
    await writeAndSync(temporary, "w", bytes);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  });
}

/**
 * The bytes of a key file. Throws KEY_FILE_MISSING, KEY_FILE_PERMISSIONS (others may read it; says which command mends
 * that), KEY_FILE_OWNER, KEY_FILE_TOO_LARGE, KEY_FILE_UNREADABLE.
 */
export function readSecretFile(path: string): Promise<Uint8Array> {
  return readChecked(path, { maxSize: MAX_KEY_FILE_SIZE, check: assertPrivate });
}

/** The passphrase in a file, one final newline removed; checked and refused like a key file. */
export async function readPassphraseFile(path: string): Promise<Uint8Array> {
  return withoutNewline(await readChecked(path, { maxSize: MAX_PASSPHRASE_FILE_SIZE, check: assertPrivate }));
}

/**
 * The passphrase that systemd holds for this service (`LoadCredential=entente-passphrase:…`), `undefined` without one.
 * Modes are not checked: systemd lets the service in by an access list, which looks like a mode for the group.
 */
export async function readPassphraseCredential(): Promise<Uint8Array | undefined> {
  const directory = process.env["CREDENTIALS_DIRECTORY"];
  if (directory === undefined) return undefined;
  const access = { maxSize: MAX_PASSPHRASE_FILE_SIZE, check: () => undefined };
  try {
    return withoutNewline(await readChecked(join(directory, CREDENTIAL_NAME), access));
  } catch (error) {
    if (error instanceof KeyError && error.code === "KEY_FILE_MISSING") return undefined;
    throw error;
  }
}

async function readChecked(path: string, { maxSize, check }: Access): Promise<Uint8Array> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    // Of the open file, not of its name: nobody exchanges it between the check and the reading.
    const stats = await handle.stat();
    if (stats.isDirectory()) throw new KeyError("KEY_FILE_UNREADABLE", `${path} is a directory, not a file`, { path });
    check(stats, path);
    return await readUpTo(handle, maxSize, path);
  } catch (error) {
    throw error instanceof KeyError ? error : unreadable(path, error);
  } finally {
    await handle.close();
  }
}

function assertPrivate(stats: Stats, path: string): void {
  const mode = stats.mode & 0o777;
  if ((mode & GROUP_AND_OTHERS) !== 0) {
    const octal = mode.toString(8).padStart(4, "0");
    throw new KeyError(
      "KEY_FILE_PERMISSIONS",
      `others may read or write ${path} (mode ${octal}); run: chmod 600 ${quote(path)}`,
      { path, mode },
    );
  }
  const me = process.geteuid?.() ?? stats.uid;
  // What root owns, root could exchange anyway.
  if (stats.uid !== me && stats.uid !== 0) {
    throw new KeyError(
      "KEY_FILE_OWNER",
      `${path} belongs to another user (uid ${stats.uid}), who may exchange it; run as root: chown ${me} ${quote(path)}`,
      { path, uid: stats.uid },
    );
  }
}

/** Works for a pipe too, so that `--passphrase-file <(pass show entente)` does. */
async function readUpTo(handle: FileHandle, maxSize: number, path: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(maxSize + 1);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, size, buffer.length - size, null);
    if (bytesRead === 0) return buffer.slice(0, size);
    size += bytesRead;
    if (size > maxSize)
      throw new KeyError("KEY_FILE_TOO_LARGE", `${path} has more than ${maxSize} bytes: this is another file`, {
        path,
        maxSize,
      });
  }
}

async function writeAndSync(path: string, flag: "w" | "wx", content: string | Uint8Array): Promise<void> {
  const handle = await open(path, flag, SECRET_MODE);
  try {
    // The file may be there already, with whatever mode.
    await handle.chmod(SECRET_MODE);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name is durable only once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === "EEXIST")
      throw new KeyError("KEY_FILE_EXISTS", `${path} exists already and is not overwritten: move it away first`, {
        path,
      });
    throw new KeyError("KEY_FILE_UNWRITABLE", `${path} cannot be written (${reason})`, { path, reason });
  }
}

function unreadable(path: string, error: unknown): KeyError {
  const reason = reasonOf(error);
  const code: KeyErrorCode = reason === "ENOENT" ? "KEY_FILE_MISSING" : "KEY_FILE_UNREADABLE";
  const message = code === "KEY_FILE_MISSING" ? `there is no file ${path}` : `${path} cannot be read (${reason})`;
  return new KeyError(code, message, { path, reason });
}

function ignoreMissing(error: unknown): void {
  if (reasonOf(error) !== "ENOENT") throw error;
}

/** `ENOENT`, `EACCES`, `EISDIR`… */
function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown reason";
}

/** Without one final newline, as editors and `echo` leave it. */
function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}

/** For a shell. */
function quote(path: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
