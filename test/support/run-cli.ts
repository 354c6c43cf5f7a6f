import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "..", "..", "cli", "main.ts");

/** Where `entente.cjs` keeps what was compiled too: half of a start. */
const COMPILED = join(tmpdir(), "node-compile-cache");

export type CliResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** The command as its own process, without a terminal. */
export function runCli(args: readonly string[], { input = "", env = {}, cwd }: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", NODE_COMPILE_CACHE: COMPILED, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...output }));
  });
}

/** Every line of the output as the JSON object that it is. */
export function jsonLines({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line): Record<string, unknown> => JSON.parse(line));
}
