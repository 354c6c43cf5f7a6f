import { startProgress } from "./progress.ts";
import type { World } from "./world.ts";

const TICK_MS = 500;

/** Waits for an answer of which nobody can say how far it is; after a second it says for how long, and what for. */
export async function patiently<T>(world: World, what: string, answer: Promise<T>): Promise<T> {
  const began = Date.now();
  const progress = startProgress(world, what);
  const timer = setInterval(() => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    if (seconds > 0) progress.update({ done: seconds, total: null, what: "s" });
  }, TICK_MS);
  try {
    return await answer;
  } finally {
    clearInterval(timer);
    progress.end();
  }
}

/** After a large import the node may still be at it. */
export const FOLDING = "the node looks through what is new";
