import type { Core } from "./core.ts";
import { BACKGROUND_QUIET_MS, BACKGROUND_RETRY_MS } from "./limits.ts";

export type BackgroundInit = {
  readonly core: Core;
  /** What stays behind while it fails, for the log: "the search index". */
  readonly what: string;
  /** Does what is to be done first; whether there may be more. */
  readonly step: () => Promise<boolean>;
  /** While there is anything else to do it rests so many times as long as it worked. */
  readonly restTimes: number;
};

/** Work that follows what is stored, step by step, and holds up nothing else. It is tried again when it failed. */
export class Background {
  readonly #init: BackgroundInit;
  #work: Promise<void> | undefined;
  #problem: string | null = null;
  #isStale = false;
  #stopped = false;
  #lastChange = -Infinity;
  #stopListening = (): void => undefined;
  #endPause = (): void => undefined;

  constructor(init: BackgroundInit) {
    this.#init = init;
  }

  start(): void {
    this.#stopListening = this.#init.core.onChange(() => {
      this.#lastChange = performance.now();
      this.wake();
    });
    this.wake();
  }

  /** Resolves when no step is on its way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#endPause();
    await this.#work;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Why it does not go on, if so. */
  get problem(): string | null {
    return this.#problem;
  }

  /** There may be something to do. */
  wake(): void {
    this.#isStale = true;
    if (this.#stopped) return;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
      // What came after the last look.
      if (this.#isStale && !this.#stopped) this.wake();
    });
  }

  /** Resolves when all that was to be done when it was called is done. */
  async upToDate(): Promise<void> {
    this.wake();
    while (this.#work !== undefined && !this.#stopped) await this.#work;
  }

  /** Others come first, after what began at `begun`, of `performance.now()`. */
  rest(begun: number): Promise<void> {
    const now = performance.now();
    return this.#pause(now - this.#lastChange < BACKGROUND_QUIET_MS ? (now - begun) * this.#init.restTimes : 0);
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#isStale) {
      this.#isStale = false;
      try {
        while (!this.#stopped && (await this.#init.step())) this.#problem = null;
        this.#problem = null;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        this.#init.core.log.warn({ error: String(error) }, `${this.#init.what} stays behind`);
        await this.#pause(BACKGROUND_RETRY_MS);
        this.#isStale = true;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#init.core.clock.after(ms, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
      if (this.#stopped) this.#endPause();
    });
  }
}
