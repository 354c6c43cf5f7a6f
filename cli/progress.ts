import { safeLine } from "./print-safe.ts";
import { formatBytes } from "./text.ts";
import type { World } from "./world.ts";

/** How far something is; `total` is null where nobody knows it before the end. */
export type Progress = { readonly done: number; readonly total: number | null; readonly what: string };

/** Shows how far something long has come. */
export type ProgressLine = {
  update(progress: Progress): void;
  /** Clears what stands there, so that the result begins on a fresh line. */
  end(): void;
};

/** What is over sooner needs no progress. */
const FIRST_MS = 1_000;
const REDRAW_MS = 100;
/** In a log file, a line from time to time says that it still works. */
const REPEAT_MS = 5_000;
const CLEAR_LINE = "\r\u001b[2K";

/** On the standard error: redrawn in place on a terminal, else a line now and then, the first after a second. */
export function startProgress(world: Pick<World, "stderr" | "stderrIsTerminal">, label: string): ProgressLine {
  const { stderr, stderrIsTerminal } = world;
  let next = Date.now() + (stderrIsTerminal ? REDRAW_MS : FIRST_MS);
  let isShown = false;
  return {
    update(progress) {
      if (Date.now() < next) return;
      const line = safeLine(`${label}: ${formatProgress(progress)}`);
      stderr.write(stderrIsTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
      isShown = true;
      next = Date.now() + (stderrIsTerminal ? REDRAW_MS : REPEAT_MS);
    },
    end() {
      if (isShown && stderrIsTerminal) stderr.write(CLEAR_LINE);
    },
  };
}

/** `2048 of 100000 entries`, `1.5 MiB of 3.0 MiB`. */
function formatProgress({ done, total, what }: Progress): string {
  if (total === null) return `${done} ${what}`;
  return what === "bytes" ? `${formatBytes(done)} of ${formatBytes(total)}` : `${done} of ${total} ${what}`;
}
