import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";

type SocketErrorCode = "SOCKET_IN_USE" | "SOCKET_UNSAFE";

/** Why the local API cannot listen. */
class SocketError extends Error {
  override readonly name = "SocketError";
  readonly code: SocketErrorCode;

  constructor(code: SocketErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_SOCKET = 0o600;

/**
 * Makes `path` free to listen on: its directory is ours, for nobody else, and a socket that a killed process left behind
 * is removed, though never one on which somebody answers. Throws `SocketError`.
 */
export async function prepareSocket(path: string): Promise<void> {
  await prepareDirectory(dirname(path));
  const stats = await lstat(path).catch(absent);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw new SocketError("SOCKET_UNSAFE", `${path} is no socket: move it away`);
  if (await isAnswered(path)) throw new SocketError("SOCKET_IN_USE", `another node answers on ${path}`);
  await unlink(path);
}

/** After listening: for its owner alone, also should somebody open up its directory. */
export async function protectSocket(path: string): Promise<void> {
  await chmod(path, PRIVATE_SOCKET);
}

async function prepareDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY });
  const stats = await lstat(path);
  // In a shared folder for temporary files somebody else may have been there first.
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.()) {
    throw new SocketError("SOCKET_UNSAFE", `${path} is not a directory of this user`);
  }
  if ((stats.mode & 0o777) !== PRIVATE_DIRECTORY) await chmod(path, PRIVATE_DIRECTORY);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      if ("code" in error && (error.code === "ECONNREFUSED" || error.code === "ENOENT")) resolve(false);
      else reject(error);
    });
  });
}

function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
