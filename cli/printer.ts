import { safeJson, safeLine } from "./print-safe.ts";
import type { World } from "./world.ts";

/** Plain JSON values. */
type Fields = object;

/**
 * Where all output goes through, so that none of it is unsafe: an element of `lines` is one line, whatever a peer wrote
 * into it.
 */
export type Printer = {
  readonly isJson: boolean;
  /** A result: as text for people, or one JSON object with `schema` first. */
  result(schema: string, fields: Fields, render: () => readonly string[]): void;
  /** A list: as text for people, or one JSON object a line. */
  list<T extends Fields>(schema: string, items: readonly T[], render: () => readonly string[]): void;
  /** For people, beside the result: on the standard error. */
  note(...lines: readonly string[]): void;
  /** Verbatim on the standard output: only for files of our own node. */
  raw(text: string): void;
};

export function createPrinter(world: Pick<World, "stdout" | "stderr">, isJson: boolean): Printer {
  const json = (schema: string, fields: Fields): void => {
    world.stdout.write(`${safeJson({ schema, ...fields })}\n`);
  };
  const text = (lines: readonly string[]): void => {
    for (const line of lines) world.stdout.write(`${safeLine(line).trimEnd()}\n`);
  };
  return {
    isJson,
    result: (schema, fields, render) => (isJson ? json(schema, fields) : text(render())),
    list: (schema, items, render) => (isJson ? items.forEach((item) => json(schema, item)) : text(render())),
    note: (...lines) => lines.forEach((line) => world.stderr.write(`${safeLine(line).trimEnd()}\n`)),
    raw: (content) => world.stdout.write(content),
  };
}
