import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { fsCode } from "../fs-error.ts";
import { type HeldDirectory, writeWhole } from "./held-directory.ts";

/** How far one log has been written into the folder. */
export type LogPosition = {
  /** Entries below it were looked at. */
  next: number;
  /** Leaf hash of the one before, in hex: another one there is another history. */
  last: string | null;
  /** Of those looked at: records that are addressed to this authority and were not here. */
  readonly waiting: Set<number>;
  /** Records that it may not read, or that were erased before it did. */
  readonly closed: Set<number>;
  /** How often the closed ones are looked at again, since a grant came, and not before when (milliseconds since 1970). */
  rechecks: number;
  recheckAt: number;
};

/** How far a folder is, in `.entente-drop.json` there. */
export type Position = {
  /** Number of the next file. */
  next: number;
  /** By id and epoch of the log: `<id>/<epoch>`. */
  readonly logs: Map<string, LogPosition>;
};

const FILE = ".entente-drop.json";
const SCHEMA = "entente/drop-position/1";
const NUMBER = z.int().min(0);
const POSITION = z.strictObject({
  schema: z.literal(SCHEMA),
  next: NUMBER,
  logs: z.record(
    z.string(),
    z.strictObject({
      next: NUMBER,
      last: z.string().nullable(),
      waiting: z.array(NUMBER),
      closed: z.array(z.tuple([NUMBER, NUMBER])),
      rechecks: NUMBER,
      recheckAt: NUMBER,
    }),
  ),
});

/** The position in a folder; in a new one, at the beginning. Throws `FILE` where it was changed by hand. */
export async function readPosition(folder: HeldDirectory): Promise<Position> {
  const text = await readFile(folder.at(FILE), "utf8").catch((error: unknown) => {
    if (fsCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return { next: 1, logs: new Map() };
  const read = POSITION.safeParse(parsed(text));
  if (!read.success)
    throw new CliError(
      "FILE",
      `${folder.name}/${FILE} does not say how far it is`,
      "name an empty folder: everything is written there again",
    );
  const { next, logs } = read.data;
  return {
    next,
    logs: new Map(
      Object.entries(logs).map(([key, log]) => [
        key,
        {
          ...log,
          waiting: new Set(log.waiting),
          closed: new Set(log.closed.flatMap(([from, to]) => numbers(from, to))),
        },
      ]),
    ),
  };
}

/** Durable, with all that was written into the folder before. */
export async function writePosition(folder: HeldDirectory, { next, logs }: Position): Promise<void> {
  const entries = [...logs].map(([key, log]) => [
    key,
    { ...log, waiting: [...log.waiting], closed: ranges([...log.closed].sort((a, b) => a - b)) },
  ]);
  await folder.sync();
  await writeWhole(folder, FILE, `${JSON.stringify({ schema: SCHEMA, next, logs: Object.fromEntries(entries) })}\n`);
  await folder.sync();
}

/** Sorted numbers as ranges, the second number of each excluded: mostly most entries of a log are for others. */
function ranges(sorted: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const number of sorted) {
    const last = found.at(-1);
    if (last?.[1] === number) last[1] += 1;
    else found.push([number, number + 1]);
  }
  return found;
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
