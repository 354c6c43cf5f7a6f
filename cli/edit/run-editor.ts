import { spawn } from "node:child_process";
import { once } from "node:events";
import { CliError } from "../cli-error.ts";
import type { World } from "../world.ts";

/**
 * Opens a file in the editor of VISUAL, else of EDITOR, and waits until it ends. Both may hold options, as a shell reads
 * them (`code --wait`). Its exit code; null where a signal ended it. Throws `USAGE`.
 */
export async function runEditor(world: World, path: string, isJson: boolean): Promise<number | null> {
  const editor = [world.env["VISUAL"], world.env["EDITOR"]].find((one) => one !== undefined && one.trim() !== "");
  if (editor === undefined)
    throw new CliError("USAGE", "no editor is named", "name yours: export EDITOR=nano, and say it again");
  // Beside JSON an editor would write into the result.
  const child = spawn("sh", ["-c", `${editor} "$@"`, editor, path], {
    stdio: ["inherit", isJson ? 2 : "inherit", "inherit"],
    env: { ...world.env },
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}
