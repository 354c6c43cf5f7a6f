/** A note on a line of its own. JSON has no text over several lines, so that such a line is never part of one. */
const NOTE = /^\s*\/\//;

/** What the editor is opened again for, beside the line that it is about. */
const FAULT = "//! ";

/**
 * Without the notes of a record as people edit it; an empty line stands for each, so that all others keep their numbers.
 *
 *     // Product category; a code: toys, clothing …
 *     "category": "toys",
 */
export function withoutNotes(text: string): string {
  return text.replaceAll(/^.*$/gm, (line) => (NOTE.test(line) ? "" : line));
}

/** With a fault on the line above the one that it is about (from 0), and without those of before. */
export function withFault(text: string, line: number, fault: string): string {
  const lines = text.split("\n");
  const indent = /^\s*/.exec(lines[line] ?? "")?.[0] ?? "";
  const words = fault.split("\n").map((one) => `${indent}${FAULT}${one}`);
  return [...lines.slice(0, line), ...words, ...lines.slice(line)].join("\n");
}

export function withoutFaults(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith(FAULT))
    .join("\n");
}
