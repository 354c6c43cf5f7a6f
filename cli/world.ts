import { once } from "node:events";
import { userInfo } from "node:os";
import { EXIT } from "./exit-code.ts";

/** A terminal on which a person can be asked. */
export type Terminal = {
  readonly input: TerminalInput;
  readonly output: Output;
};

/** What is asked of `process.stdin`. */
export interface TerminalInput {
  /** Whether it was closed: then `end` does not come again. */
  readonly readableEnded: boolean;
  setRawMode(isRaw: boolean): unknown;
  on(event: "data", listener: (keys: Uint8Array) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (keys: Uint8Array) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  /** Puts back what was read too much. */
  unshift(keys: Uint8Array): unknown;
}

export type Output = { write(text: string): unknown };

/** What a command knows of the process that it runs in. */
export type World = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userName: string;
  readonly homeDir: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  /** Resolves when the standard output has room for more: who writes much waits for it. */
  readonly drained: () => Promise<void>;
  /** Whether a person sees the standard output, which progress would disturb. */
  readonly stdoutIsTerminal: boolean;
  /** Of the terminal that shows the standard output; absent where it is none. */
  readonly stdoutColumns: number | undefined;
  readonly stderr: Output;
  /** Whether progress may be redrawn in place. */
  readonly stderrIsTerminal: boolean;
  /** Absent where nobody can be asked. */
  readonly terminal: Terminal | undefined;
  /**
   * From now on Ctrl-C and SIGTERM abort this signal, with their name as the reason, and no longer end the process; a
   * second one ends it.
   */
  heedInterrupts(): AbortSignal;
  /** From now on an error that nobody caught is handed to `tell`, and then the process ends, with "internal". */
  heedCrashes(tell: (error: unknown) => void): void;
  /** The process ends when nothing keeps it, and after `ms` whatever does. */
  endWithin(ms: number): void;
};

/** The shell's number for a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

export function processWorld(): World {
  const { stdin, stdout, stderr, env } = process;
  const user = userInfo();
  return {
    env,
    userName: user.username,
    homeDir: user.homedir,
    stdin,
    stdout,
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, "drain");
    },
    stdoutIsTerminal: stdout.isTTY,
    stdoutColumns: stdout.isTTY ? stdout.columns : undefined,
    stderr,
    stderrIsTerminal: stderr.isTTY,
    terminal: stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined,
    heedInterrupts,
    heedCrashes,
    endWithin: (ms) => void setTimeout(() => process.exit(), ms).unref(),
  };
}

function heedInterrupts(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort(signal);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller.signal;
}

/** Also a rejection that nobody heard of comes here. What state the process is in nobody knows then, so that it cannot stay. */
function heedCrashes(tell: (error: unknown) => void): void {
  process.on("uncaughtException", (error: unknown) => {
    try {
      tell(error);
    } finally {
      process.exit(EXIT.internal);
    }
  });
}
