import { createHash } from "node:crypto";
import type { LogFields, Logger } from "../../node/logger.ts";
import type { Timeline } from "./virtual-clock.ts";

export type LogListener = {
  readonly onError: (what: string) => void;
  /** What is neither an error nor for developers. */
  readonly onLine: (fields: LogFields, message: string) => void;
};

/**
 * All that happens in a history, in order. Two runs of one seed have the same digest; with `print`, one sees it:
 *
 *     12.345 s  baua.de  restarts
 */
export class Trace {
  readonly #timeline: Timeline;
  readonly #print: ((line: string) => void) | undefined;
  readonly #hash = createHash("sha256");
  #lines = 0;

  constructor(timeline: Timeline, print: ((line: string) => void) | undefined) {
    this.#timeline = timeline;
    this.#print = print;
  }

  get lines(): number {
    return this.#lines;
  }

  /** What is worth reading. */
  note(who: string, what: string): void {
    this.count(who, what);
    this.#print?.(`${(this.#timeline.now / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(9)}  ${what}`);
  }

  /** What only counts. */
  count(who: string, what: string): void {
    this.#lines += 1;
    this.#hash.update(`${this.#timeline.now} ${who} ${what}\n`);
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** A node's own log, and who else reads it. */
  logger(who: string, listener: LogListener): Logger {
    const write = (fields: LogFields, message: string): void =>
      this.note(who, `${message} ${JSON.stringify(fields, inWords)}`);
    const tell = (fields: LogFields, message: string): void => {
      write(fields, message);
      listener.onLine(fields, message);
    };
    const logger: Logger = {
      error: (fields, message) => {
        write(fields, message);
        listener.onError(`${message} ${JSON.stringify(fields, inWords)}`);
      },
      warn: tell,
      info: tell,
      debug: write,
      child: () => logger,
    };
    return logger;
  }
}

function inWords(_key: string, value: unknown): unknown {
  return value instanceof Error ? String(value) : value;
}
