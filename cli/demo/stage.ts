import type { Authority } from "./authority.ts";
import type { Desk } from "./desk.ts";
import type { Line } from "./line.ts";
import type { Processes } from "./processes.ts";
import type { Voice } from "./voice.ts";

/** What every scene plays with. */
export type Stage = {
  /** Commands run here, as if it were a folder on each of the three machines. */
  readonly dir: string;
  readonly voice: Voice;
  readonly processes: Processes;
  readonly line: Line;
  readonly toys: Authority;
  readonly exporter: Authority;
  readonly consumer: Authority;
  /** Somebody who has no node. */
  readonly court: Desk;
};

export function authoritiesOf({ toys, exporter, consumer }: Stage): readonly Authority[] {
  return [toys, exporter, consumer];
}

export type Step = {
  readonly who: Desk;
  readonly args: readonly string[];
  /** Which lines of the output are shown; all, when left out. */
  readonly only?: RegExp;
  /** Whether what it says beside its result belongs to it; of a command that fails it always does. */
  readonly withNotes?: boolean;
  /** What exit codes are right, 0 when left out. */
  readonly codes?: readonly number[];
};

/** Lines of one output, at most. */
const MOST_LINES = 24;

/** Shows a command, runs it, shows what it says, and gives all of that. */
export async function show(stage: Stage, step: Step): Promise<string> {
  const [text = ""] = await showAll(stage, [step]);
  return text;
}

/** Runs commands at the same time, as three operators would, and shows one after the other. */
export async function showAll({ voice }: Stage, steps: readonly Step[]): Promise<string[]> {
  const running = steps.map(({ who, args, codes }) => who.run(args, codes));
  // Of several that fail, the first one is reported.
  for (const run of running) run.catch(() => undefined);
  const outputs: string[] = [];
  for (const [i, { who, args, only, withNotes = false }] of steps.entries()) {
    voice.command(who, args);
    const result = await running[i];
    if (result === undefined) continue;
    const text = withNotes || result.code !== 0 ? result.stdout + result.stderr : result.stdout;
    voice.output(pick(text.trimEnd().split("\n"), only));
    outputs.push(text);
  }
  return outputs;
}

/** The lines that matter here; an ellipsis stands for others. */
function pick(lines: readonly string[], only: RegExp | undefined): string[] {
  const picked: string[] = [];
  for (const line of lines) {
    if (picked.length < MOST_LINES && (only === undefined || only.test(line))) picked.push(line);
    else if (picked.at(-1) !== "…") picked.push("…");
  }
  return picked;
}
