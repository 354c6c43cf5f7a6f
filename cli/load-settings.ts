import type { loadConfig, StartOptions } from "../node/node.ts";
import { CliError } from "./cli-error.ts";
import { nodeProblem } from "./node-problem.ts";

type Loaded = Awaited<ReturnType<typeof loadConfig>>;
export type ConfigProblem = NonNullable<Loaded["problems"]>[number];

/** What `config.json` says, and `given` instead of it, or what is wrong with it. Throws `NOT_FOUND` where there is no node. */
export async function loadSettings(dataDir: string, given: StartOptions["settings"] = {}): Promise<Loaded> {
  const node = await import("../node/node.ts");
  return await node.loadConfig(dataDir, given).catch(nodeProblem);
}

/** Throws the first fault. */
export function validSettings({ config, settings, problems }: Loaded): Extract<Loaded, { config: object }> {
  if (config !== undefined) return { config, settings };
  const [first] = problems;
  if (first === undefined) throw new CliError("INTERNAL", "config.json is invalid, and nothing is wrong with it");
  if (first.from === "option") throw new CliError("USAGE", problemText(first), "entente help start");
  throw new CliError("FILE", `config.json: ${problemText(first)}`, "entente config check shows all that is wrong");
}

/** `listen[1]: …`, of an option `--listen: …`. */
export function problemText({ path, from, reason }: ConfigProblem): string {
  if (path === "") return reason;
  return from === "file" ? `${path}: ${reason}` : `--${optionOf(path)}: ${reason}`;
}

function optionOf(path: string): string {
  return path.replace(/\[.*$/, "").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
