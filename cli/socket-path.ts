import { lstat, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError } from "./cli-error.ts";
import { fsCode } from "./fs-error.ts";

/**
 * The socket of the node in `dataDir`: `run/entente.sock`, or what `run/socket-path` says where that path would be too
 * long for a socket. Throws `NODE_DOWN` where there is no node.
 */
export async function findSocket(dataDir: string): Promise<string> {
  const elsewhere = await readFile(join(dataDir, "run", "socket-path"), "utf8").catch(() => undefined);
  const path = elsewhere?.trim() ?? join(dataDir, "run", "entente.sock");
  const directory = await lstat(dirname(path)).catch(() => undefined);
  if (directory === undefined) throw await nodeDown(dataDir);
  // In a shared folder for temporary files, anybody could wait there for tokens.
  if (directory.uid !== process.geteuid?.() && directory.uid !== 0 && process.geteuid?.() !== 0) {
    throw new CliError("NODE_DOWN", `${dirname(path)} belongs to another user`, "run this as the user of the node");
  }
  return path;
}

/** Why no node answers there, with what to do about it. */
export async function nodeDown(dataDir: string): Promise<CliError> {
  const problem = await configProblem(dataDir);
  if (problem === undefined) return new CliError("NODE_DOWN", `no node is running in ${dataDir}`, "entente start");
  if (problem === "EACCES")
    return new CliError("NODE_DOWN", `no permission for ${dataDir}`, "run this as the user of the node");
  return new CliError(
    "NODE_DOWN",
    `there is no node in ${dataDir}`,
    "entente init, or name its directory with --data or ENTENTE_DATA",
  );
}

/** Whether a node was made there, running or not: what is kept for it is kept nowhere else. */
export async function isInitialised(dataDir: string): Promise<boolean> {
  return (await configProblem(dataDir)) === undefined;
}

function configProblem(dataDir: string): Promise<string | undefined> {
  return lstat(join(dataDir, "config.json")).then(
    () => undefined,
    (error: unknown) => fsCode(error) ?? "UNKNOWN",
  );
}
