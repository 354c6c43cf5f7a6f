import { CliError } from "./cli-error.ts";
import { fsCode } from "./fs-error.ts";

/** For `.catch`, with `init` and `start`: what the node says of itself when it cannot begin, for the person at the terminal. */
export function nodeProblem(error: unknown): never {
  if (!(error instanceof Error) || error.name !== "NodeError") throw error;
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : null;
  throw new CliError(fsCode(error) === "DISK_FULL" ? "DISK_FULL" : "REFUSED", error.message, hint, { reason: fsCode(error) ?? "UNKNOWN" });
}
