import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { DemoError } from "./demo-error.ts";

const MAIN = join(import.meta.dirname, "..", "main.ts");

export type Surroundings = { readonly cwd: string; readonly env: Readonly<Record<string, string>> };

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A node that runs in the background. */
export type Background = {
  /** What it printed once it was ready. */
  readonly greeting: string;
  /** kill -9: it gets no chance to tidy up. */
  kill(): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
};

/** Every process that the demonstration starts, so that none of them outlives it. */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  #isClosed = false;
  #count = 0;

  /** How many commands were run. */
  get count(): number {
    return this.#count;
  }

  async run(args: readonly string[], surroundings: Surroundings): Promise<Finished> {
    const child = this.#spawn(args, surroundings, "pipe");
    const output = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    await once(child, "close");
    return { code: child.exitCode, ...output };
  }

  /** Resolves with the first line of its standard output; its log goes into a file. */
  async start(args: readonly string[], surroundings: Surroundings, logFile: string): Promise<Background> {
    const log = openSync(logFile, "a", 0o600);
    const child = this.#spawn(args, surroundings, log);
    closeSync(log);
    const ended = once(child, "close");
    const greeting = await Promise.race([firstLine(child), ended.then(() => undefined)]);
    if (greeting === undefined) throw new DemoError(`entente ${args.join(" ")} ended before it was ready`);
    return {
      greeting,
      ended,
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
      },
    };
  }

  /** Nothing runs afterwards, and nothing can be started any more. */
  async endAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#running].map(async (child) => {
        const ended = once(child, "close");
        child.kill("SIGKILL");
        await ended;
      }),
    );
  }

  #spawn(args: readonly string[], { cwd, env }: Surroundings, stderr: "pipe" | number): ChildProcess {
    if (this.#isClosed) throw new DemoError("the demonstration is over");
    this.#count += 1;
    // A group of its own: Ctrl-C is for the demonstration alone, which then ends every one of them.
    const options = { cwd, env, detached: true };
    const child = spawn(process.execPath, [MAIN, ...args], { ...options, stdio: ["ignore", "pipe", stderr] });
    this.#running.add(child);
    child.on("close", () => this.#running.delete(child));
    return child;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}
