import { PassThrough } from "node:stream";
import { run } from "../../cli/run.ts";
import type { World } from "../../cli/world.ts";
import type { CliResult } from "./run-cli.ts";

export type WorldOptions = {
  /** Keys that a person types, where there is a terminal. */
  readonly typed?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupted?: AbortSignal;
  /** Of the terminal on which the output is shown. */
  readonly columns?: number;
};

/** The command within this process: for what needs a person at a terminal, and where a process each would take too long. */
export async function runInProcess(
  args: readonly string[],
  { typed, input = "", env = {}, interrupted, columns }: WorldOptions = {},
): Promise<CliResult> {
  const output = { stdout: "", stderr: "" };
  const stdout = { write: (text: string) => (output.stdout += text) };
  const stderr = { write: (text: string) => (output.stderr += text) };
  const world: World = {
    env,
    userName: "anna",
    homeDir: "/nonexistent",
    stdin: PassThrough.from([Buffer.from(input)]),
    stdout,
    drained: async () => undefined,
    stdoutIsTerminal: false,
    stdoutColumns: columns,
    stderr,
    stderrIsTerminal: false,
    terminal: typed === undefined ? undefined : { input: keyboard(typed), output: stderr },
    heedInterrupts: () => interrupted ?? new AbortController().signal,
    heedCrashes: () => undefined,
    endWithin: () => undefined,
  };
  return { code: await run(args, world), ...output };
}

/** Somebody who has typed it all already; it ends there, as a terminal does that is closed. */
function keyboard(typed: string): PassThrough & { setRawMode(isRaw: boolean): void } {
  const input = new PassThrough();
  input.end(typed);
  return Object.assign(input, { setRawMode: () => undefined });
}
