import { setTimeout as pause } from "node:timers/promises";
import { DemoError } from "./demo-error.ts";

/** Between two looks, so that looking does not slow down what is looked for. */
const PAUSE_MS = 100;
/** Far more than anything here takes, on a slow and busy machine too. */
const DEADLINE_MS = 60_000;

/** Looks until it sees something, and gives it with the milliseconds that this took. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
): Promise<{ readonly seen: T; readonly ms: number }> {
  const start = performance.now();
  for (;;) {
    const seen = await look();
    const ms = performance.now() - start;
    if (seen !== undefined) return { seen, ms };
    if (ms > DEADLINE_MS) throw new DemoError(`waited ${DEADLINE_MS / 1000} seconds in vain: ${what}`);
    await pause(PAUSE_MS);
  }
}
