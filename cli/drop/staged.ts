import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { fileError, fsCode } from "../fs-error.ts";
import { MAX_DROPPED_BYTES, MAX_DROPPED_FILES, MAX_IMPORT_FILE } from "../limits.ts";
import { isAlive } from "../running-process.ts";
import { formatBytes } from "../text.ts";
import { type HeldDirectory, holdWithin } from "./held-directory.ts";

/** In a dropped directory, the file that says what is published. */
const RECORD_FILE = "record.json";

/** A private copy of what was dropped: whoever dropped it cannot change it any more. */
export type Staged = AsyncDisposable & {
  /** Of the private directory. */
  readonly directory: string;
  /** Path of the file that says what is published. */
  readonly record: string;
  /** Paths of the files beside it, by name; undefined where a file was dropped, not a directory. */
  readonly beside: ReadonlyMap<string, string> | undefined;
  /** SHA-256 over the content of all files, with the names of those beside the record. */
  readonly digest: string;
};

/** Copies what lies in `taking`, which was dropped as `file`. Throws `FILE` for what is neither a file nor a directory of files, and is too large. */
export async function stageDropped(
  dataDir: string,
  taking: HeldDirectory,
  slot: string,
  file: string,
): Promise<Staged> {
  const parent = stagingDir(dataDir);
  await mkdir(parent, { recursive: true, mode: 0o700 }).catch(fileError(parent));
  const directory = await mkdtemp(join(parent, `${process.pid}-`)).catch(fileError(parent));
  const dispose = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    return { ...(await copyAll(taking, slot, file, directory)), directory, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What a process left that was ended. Another one that still runs keeps its own. */
export async function removeLeftStaged(dataDir: string): Promise<void> {
  const names = await readdir(stagingDir(dataDir)).catch(() => []);
  for (const name of names) {
    const pid = Number(name.split("-")[0]);
    if (pid === process.pid || !isAlive(pid))
      await rm(join(stagingDir(dataDir), name), { recursive: true, force: true });
  }
}

/** In the node's directory, which is for its user alone. */
function stagingDir(dataDir: string): string {
  return join(dataDir, "drop");
}

async function copyAll(
  taking: HeldDirectory,
  slot: string,
  file: string,
  to: string,
): Promise<Omit<Staged, "directory" | keyof AsyncDisposable>> {
  const stats = await lstat(taking.at(slot)).catch(fileError(join(taking.name, slot)));
  if (!stats.isDirectory()) {
    const record = join(to, file);
    return {
      record,
      beside: undefined,
      digest: digestOf([[RECORD_FILE, await copy(taking, slot, record, MAX_IMPORT_FILE)]]),
    };
  }
  await using dropped = await holdWithin(taking, slot);
  const names = (await readdir(dropped.path)).sort();
  if (names.length > MAX_DROPPED_FILES)
    throw new CliError("FILE", `it has ${names.length} files; a record and its parts are at most ${MAX_DROPPED_FILES}`);
  if (!names.includes(RECORD_FILE))
    throw new CliError("FILE", `there is no ${RECORD_FILE} in it`, `move a directory in when it is whole`);
  const copied: [string, string][] = [];
  let room = MAX_DROPPED_BYTES;
  for (const name of names) {
    const digest = await copy(dropped, name, join(to, name), room, (bytes) => (room -= bytes));
    copied.push([name, digest]);
  }
  const beside = new Map(names.filter((name) => name !== RECORD_FILE).map((name) => [name, join(to, name)]));
  return { record: join(to, RECORD_FILE), beside, digest: digestOf(copied) };
}

/** Hex of its SHA-256. What is no file when it is open is not read, whatever it was before. */
async function copy(
  from: HeldDirectory,
  entry: string,
  to: string,
  max: number,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<string> {
  const name = basename(to);
  // A pipe nobody writes to would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using source = await open(from.at(entry), flags).catch((error: unknown) => {
    const code = fsCode(error);
    if (code === "ELOOP" || code === "EMLINK") throw new CliError("FILE", `${name} is a link, which is not followed`);
    if (code === "ENXIO") throw new CliError("FILE", `${name} is no file`);
    return fileError(name)(error);
  });
  if (!(await source.stat()).isFile()) throw new CliError("FILE", `${name} is no file`);
  await using target = await open(to, "wx", 0o600).catch(fileError(to));
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of source.createReadStream({ autoClose: false })) {
    const bytes: Uint8Array = piece;
    size += bytes.length;
    if (size > max) throw new CliError("FILE", `it has more than ${formatBytes(max)}`);
    hash.update(bytes);
    await target.writeFile(bytes).catch(fileError(to));
  }
  onBytes(size);
  return hash.digest("hex");
}

function digestOf(files: readonly (readonly [name: string, digest: string])[]): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}
