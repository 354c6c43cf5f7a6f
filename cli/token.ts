import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "./cli-error.ts";
import { fileError, fsCode } from "./fs-error.ts";
import { MAX_TOKEN_FILE } from "./limits.ts";
import type { World } from "./world.ts";

const SUFFIX = ".token";
const GROUP_AND_OTHERS = 0o077;

/** Where `init` and `operator add` put the token of an operator. */
export function tokenPath(dataDir: string, operator: string): string {
  return join(dataDir, "operators", `${operator}${SUFFIX}`);
}

/** The token of the person who acts. A file that others can read is refused, as it proves nothing. */
export async function readToken(
  world: Pick<World, "env" | "userName">,
  dataDir: string,
  option: string | undefined,
): Promise<string> {
  const path = option ?? world.env["ENTENTE_TOKEN_FILE"] ?? (await findTokenFile(world, dataDir));
  return await readPrivate(path).catch(fileError(path));
}

/** The only one in the data directory, else that of the operator who is named as the user of the system. */
async function findTokenFile({ userName }: Pick<World, "userName">, dataDir: string): Promise<string> {
  const dir = join(dataDir, "operators");
  const names = await readdir(dir).catch(() => []);
  const tokens = names.filter((name) => name.endsWith(SUFFIX));
  const [only] = tokens;
  if (only !== undefined && tokens.length === 1) return join(dir, only);
  if (tokens.includes(`${userName}${SUFFIX}`)) return tokenPath(dataDir, userName);
  const cause =
    tokens.length === 0 ? `there is no operator's token in ${dir}` : `${dir} has the tokens of several operators`;
  throw new CliError("UNAUTHORISED", cause, "name yours with --token-file or ENTENTE_TOKEN_FILE");
}

async function readPrivate(path: string): Promise<string> {
  await using handle = await open(path, "r").catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") throw new CliError("UNAUTHORISED", `there is no token file ${path}`);
    throw error;
  });
  const { mode } = await handle.stat();
  if ((mode & GROUP_AND_OTHERS) !== 0)
    throw new CliError("UNAUTHORISED", `others may read ${path}`, `chmod 600 ${path}`);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_TOKEN_FILE), 0, MAX_TOKEN_FILE, 0);
  const token = buffer.toString("latin1", 0, bytesRead).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError("UNAUTHORISED", `${path} is no operator's token`);
  return token;
}
