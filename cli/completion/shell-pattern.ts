import type { ValueOption } from "./grammar.ts";

// What the scripts for bash and zsh write alike. Names are of the list of commands: letters and hyphens.

/** Where the value of an option stands, as a pattern for the command, a space and the option. */
export function placeOf({ command, option }: ValueOption): string {
  return command === undefined ? `*" ${option}"` : `"${command} ${option}"`;
}

/** One pattern for all of them. */
export function anyOf(patterns: readonly string[]): string {
  return [...new Set(patterns)].join(" | ");
}

export function quoted(name: string): string {
  return `"${name}"`;
}
