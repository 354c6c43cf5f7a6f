import { CliError } from "./cli-error.ts";
import type { CliErrorCode } from "./cli-error.ts";
import { fileError, fsCode } from "./fs-error.ts";

/** By name: their classes would load the network and the store into every command. */
const EXPECTED: readonly string[] = ["NodeError", "ServiceError", "SocketError"];

/** What is more than a refusal. */
const CODES: Readonly<Record<string, CliErrorCode>> = {
  DISK_FULL: "DISK_FULL",
  INVALID: "USAGE",
  NOT_INITIALISED: "NOT_FOUND",
};

/** For `.catch`, with `init` and `start`: what the node says of itself when it cannot begin, for the person at the terminal. */
export function nodeProblem(error: unknown): never {
  if (error instanceof Error && "path" in error && typeof error.path === "string" && isOfTheDisk(error))
    return fileError(error.path)(error);
  if (!(error instanceof Error) || !EXPECTED.includes(error.name)) throw error;
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : null;
  const reason = fsCode(error) ?? "UNKNOWN";
  throw new CliError(CODES[reason] ?? "REFUSED", error.message, hint, { reason });
}

/** What somebody mends who has the directory, and not whoever wrote the program. */
function isOfTheDisk(error: Error): boolean {
  return ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR"].includes(fsCode(error) ?? "");
}
