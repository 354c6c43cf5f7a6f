import type { Dirent, Stats } from "node:fs";
import { lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { KeyError } from "../keys/key-error.ts";
import { readPassphraseFile } from "../keys/key-files.ts";
import { isGeneratedPassphrase } from "../keys/generated-passphrase.ts";
import { parseConfig } from "./config.ts";
import { dataDir, type DataDir, readConfigFile } from "./data-dir.ts";
import { DEFAULT_MARKS, measureSpace, spaceState } from "./disk-space.ts";
import { SEARCHED_FILES_MAX } from "./limits.ts";
import { quoted } from "./quoted.ts";
import type { Finding } from "./service.ts";

const GROUP_AND_OTHERS = 0o077;
/** Where leaf times may begin and end (docs/spec/leaf.md). */
const YEARS = { from: 2020, to: 2100 };
/** As much as tells what a file is. */
const HEAD_BYTES = 64;
const AGE_ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";

/**
 * What can be seen of a node from its data directory alone, running or not, also what is well. Nothing is changed, nothing
 * is decrypted, and no secret is in what is said.
 */
export async function examineDataDir(directory: string): Promise<readonly Finding[]> {
  const paths = dataDir(directory);
  // A link to it is as good.
  const root = await stat(paths.root).catch(() => undefined);
  if (root === undefined) return [noNode(paths, "there is no such directory, or no permission to see it")];
  const config = await readConfigFile(paths).catch(() => undefined);
  const entry = await lstat(paths.config).catch(() => undefined);
  if (entry === undefined) return [directoryFinding(paths.root, root), noNode(paths, "no node was made there")];
  return [
    directoryFinding(paths.root, root),
    ...(await configFindings(paths, config)),
    await keyFileFinding(paths),
    ...(await privateFindings(paths)),
    await headsFinding(paths),
    await storeFinding(paths),
    ...(await strayFindings(paths)),
    await spaceFinding(paths, config),
    clockFinding(),
  ];
}

function noNode({ root }: DataDir, cause: string): Finding {
  return {
    code: "NO_NODE",
    level: "alarm",
    subject: root,
    cause,
    fix: "name the directory of the node with --data or ENTENTE_DATA, run this as the user of the node, or make one",
    command: "entente help init",
  };
}

function directoryFinding(path: string, stats: Stats): Finding {
  const about = { code: "DATA_DIRECTORY", subject: path } as const;
  const me = process.geteuid?.() ?? stats.uid;
  if (!stats.isDirectory())
    return { ...about, level: "alarm", cause: "this is no directory", fix: "name another with --data", command: null };
  if (stats.uid !== me && me !== 0)
    return {
      ...about,
      level: "warning",
      cause: `it belongs to another user (uid ${stats.uid})`,
      fix: "run entente as the user of the node",
      command: `runuser -u '#${stats.uid}' -- entente doctor`,
    };
  if ((stats.mode & GROUP_AND_OTHERS) !== 0) return tooOpen(about, stats, `chmod 700 ${quoted(path)}`);
  return well({ ...about, cause: "only its user may read it" });
}

async function configFindings(paths: DataDir, text: string | undefined): Promise<readonly Finding[]> {
  const about = { code: "CONFIG", subject: paths.config } as const;
  const fix = "mend the file; entente config check says all that is wrong";
  const command = "entente config check";
  if (text === undefined) return [{ ...about, level: "alarm", cause: "it cannot be read", fix, command }];
  const { config, problems } = parseConfig(text, {});
  if (config === undefined)
    return problems.map(({ path, reason }) => ({
      ...about,
      level: "alarm" as const,
      cause: path === "" ? reason : `${path}: ${reason}`,
      fix,
      command,
    }));
  const file = config.passphraseFile;
  return [
    well({ ...about, cause: "it is valid" }),
    ...(file === undefined ? [] : [await passphraseFinding(paths, file)]),
  ];
}

async function passphraseFinding(paths: DataDir, file: string): Promise<Finding> {
  const about = { code: "PASSPHRASE_FILE", subject: file } as const;
  const fix = "put it back, readable for the user of the node alone";
  try {
    await readPassphraseFile(file);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return { ...about, level: "alarm", cause: error.message, fix, command: `chmod 600 ${quoted(file)}` };
  }
  if (!relative(await realpath(paths.root), await realpath(file)).startsWith(".."))
    return {
      ...about,
      level: "warning",
      cause: "the passphrase lies in the data directory: whoever copies that has the keys with it",
      fix: "keep it elsewhere and set passphraseFile anew, or take a systemd credential",
      command: "entente config show",
    };
  return well({ ...about, cause: "the file is there, for its user alone" });
}

/** What shows from outside: whether the files are there by which the store is opened. */
async function storeFinding({ store }: DataDir): Promise<Finding> {
  const about = { code: "STORE", subject: store } as const;
  const fix =
    "put the store of the newest backup back (docs/operations.md, Put back), and start: what came after it comes again from peers";
  const damaged = { ...about, level: "alarm", fix, command: null } as const;
  const files = await readdir(store).catch(() => undefined);
  if (files === undefined) return { ...damaged, cause: "the store is not there, or cannot be read" };
  const current = await headOf(join(store, "CURRENT"));
  if (current === undefined) return { ...damaged, cause: "its file CURRENT is missing: the store cannot be opened" };
  const manifest = current.trim();
  if (!/^MANIFEST-[0-9]+$/.test(manifest) || !files.includes(manifest))
    return { ...damaged, cause: "its file CURRENT names no list of tables that is there: the store cannot be opened" };
  return well({ ...about, cause: "its files are there (entente scrub reads all of it)" });
}

async function keyFileFinding({ onlineKeys }: DataDir): Promise<Finding> {
  const about = { code: "KEY_FILE", subject: onlineKeys } as const;
  const head = await headOf(onlineKeys);
  if (head === undefined)
    return {
      ...about,
      level: "alarm",
      cause: "the online keys are not there, or cannot be read",
      fix: "put the file back from the backup of the keys; without it only the root keys help, with a new charter",
      command: `ls -l ${quoted(onlineKeys)}`,
    };
  if (!head.startsWith(AGE_ARMOR))
    return {
      ...about,
      level: "alarm",
      cause: "this is no encrypted key file",
      fix: "put the file back from the backup of the keys",
      command: `head -n 1 ${quoted(onlineKeys)}`,
    };
  return well({ ...about, cause: "the online keys are there, encrypted" });
}

/** Keys, tokens and settings: for the user of the node alone. */
async function privateFindings(paths: DataDir): Promise<readonly Finding[]> {
  const tokens = await readdir(paths.operators).catch(() => []);
  const files = [paths.onlineKeys, paths.heads, ...tokens.map((name) => join(paths.operators, name))];
  const found: Finding[] = [];
  for (const path of files) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats !== undefined && (stats.mode & GROUP_AND_OTHERS) !== 0)
      found.push(tooOpen({ code: "PERMISSIONS", subject: path }, stats, `chmod 600 ${quoted(path)}`));
  }
  const about = { code: "PERMISSIONS", subject: null } as const;
  return found.length > 0 ? found : [well({ ...about, cause: "keys and tokens are for the user of the node alone" })];
}

async function headsFinding({ heads }: DataDir): Promise<Finding> {
  const about = { code: "HEADS_FILE", subject: heads } as const;
  if ((await lstat(heads).catch(() => undefined)) !== undefined)
    return well({ ...about, cause: "what was signed last is written down beside the keys" });
  return {
    ...about,
    level: "warning",
    cause: "the heads file is missing: a store put back from a backup is then noticed by the peers alone",
    fix: "if the store is from a backup, let peers answer before anything is signed; the node writes the file anew",
    command: "entente status",
  };
}

/** Keys that belong on a medium that was taken away, and passphrases beside what they open. */
async function strayFindings(paths: DataDir): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for await (const path of smallFiles(paths)) {
    const what = path === paths.onlineKeys ? undefined : await straySecret(path);
    if (what === undefined) continue;
    found.push({
      code: "STRAY_SECRET",
      level: "alarm",
      subject: path,
      cause: `${what} lies in the data directory, from where a thief of the node or of its backup takes it`,
      fix: "move it to a medium that is kept elsewhere, and out of the backups",
      command: `mv ${quoted(path)} /media/…`,
    });
  }
  const about = { code: "STRAY_SECRET", subject: null } as const;
  return found.length > 0 ? found : [well({ ...about, cause: "no key and no passphrase lies where it should not" })];
}

async function straySecret(path: string): Promise<string | undefined> {
  if (/-root-\d+\.key\.age$/.test(basename(path))) return "a root key";
  const head = await headOf(path);
  if (head === undefined) return undefined;
  if (head.startsWith(AGE_ARMOR)) return "an encrypted key file that is not the node's";
  if (head.includes("PRIVATE KEY-----")) return "an unencrypted private key";
  return isPassphrase(head.trim()) ? "a passphrase" : undefined;
}

function isPassphrase(text: string): boolean {
  try {
    return isGeneratedPassphrase(text);
  } catch {
    // One with a slip in it.
    return true;
  }
}

/** Files of the data directory, but for the store, which holds none of a person's making. Links are not followed. */
async function* smallFiles(paths: DataDir): AsyncGenerator<string> {
  const directories = [paths.root];
  let count = 0;
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const entries: Dirent[] = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && path !== paths.store) directories.push(path);
      if (!entry.isFile()) continue;
      count += 1;
      if (count > SEARCHED_FILES_MAX) return;
      yield path;
    }
  }
}

async function spaceFinding(paths: DataDir, text: string | undefined): Promise<Finding> {
  const { free } = await measureSpace(paths.root);
  // A node with a wrong config.json does not start: then those that are usual do.
  const { config } = parseConfig(text ?? "", {});
  const marks = config === undefined ? DEFAULT_MARKS : { low: config.diskLow, full: config.diskFull };
  const state = spaceState(free, marks);
  const cause = `${Math.floor(free / 1024 ** 2)} MiB are free where the data directory lies`;
  const about = { code: "DISK", subject: paths.root, cause } as const;
  if (state === "ok") return well(about);
  const level = state === "full" ? "alarm" : "warning";
  return {
    ...about,
    level,
    fix: "make room, or move the data directory to a larger disk",
    command: `df -h ${quoted(paths.root)}`,
  };
}

function clockFinding(): Finding {
  const now = new Date();
  const about = {
    code: "CLOCK",
    subject: null,
    cause: `this machine says ${now.toISOString().slice(0, 19)}Z`,
  } as const;
  const year = now.getUTCFullYear();
  if (year >= YEARS.from && year < YEARS.to) return well(about);
  return { ...about, level: "alarm", fix: "set the clock: no entry can carry that time", command: "timedatectl" };
}

function tooOpen(about: Pick<Finding, "code" | "subject">, { mode }: Stats, command: string): Finding {
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return {
    ...about,
    level: "alarm",
    cause: `others than the user of the node may read or write it (mode ${octal})`,
    fix: "close it; what was readable until now may have been read",
    command,
  };
}

async function headOf(path: string): Promise<string | undefined> {
  try {
    await using handle = await open(path, "r");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } catch {
    return undefined;
  }
}

function well(finding: Pick<Finding, "code" | "subject" | "cause">): Finding {
  return { ...finding, level: "ok", fix: null, command: null };
}
