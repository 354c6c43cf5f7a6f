import { MAX_POLICY_SIZE } from "../protocol/policy/policy.ts";
import { CliError } from "./cli-error.ts";
import { readTextFile } from "./read-file.ts";
import type { World } from "./world.ts";

/** The JSON in a policy's file, not yet judged. Throws `CliError`: `NOT_FOUND`, `FILE`. */
export async function readPolicyJson(world: World, file: string): Promise<unknown> {
  const text = await readTextFile(world, file, MAX_POLICY_SIZE);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    throw new CliError("FILE", `${file} is not JSON: ${reason}`, "entente help policy check shows an example");
  }
}
