import type { Command, CommandGroup, OptionSpecs } from "./command.ts";
import { GLOBAL_OPTIONS } from "./parse-arguments.ts";
import { indent } from "./text.ts";

/** All commands, one a line. */
export function overview(groups: readonly CommandGroup[], version: string): string[] {
  const width = Math.max(...groups.flatMap(({ commands }) => commands.map(({ name }) => name.length)));
  return [
    `entente ${version}: the node of a market-surveillance authority`,
    "",
    "Usage: entente COMMAND [ARGUMENTS] [OPTIONS]",
    ...groups.flatMap(({ title, commands }) => [
      "",
      title,
      ...indent(commands.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`)),
    ]),
    "",
    ...optionLines("Options of every command", GLOBAL_OPTIONS),
    "",
    "More: entente help COMMAND; an example of a record: entente template alert; entente --version",
  ];
}

/** The commands of one word, such as `peer`. */
export function groupHelp(word: string, commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `Usage: entente ${word} COMMAND [ARGUMENTS] [OPTIONS]`,
    "",
    ...indent(commands.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`)),
    "",
    `More: entente help ${commands[0]?.name ?? word}`,
  ];
}

export function helpOf(command: Command): string[] {
  const { name, usage, summary, description, options, examples } = command;
  return [
    [`entente ${name}`, usage, ...requiredOptions(options)].filter((word) => word !== "").join(" "),
    "",
    ...indent([`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`]),
    ...description.flatMap((paragraph) => ["", ...indent(wrap(paragraph, 78))]),
    ...(Object.keys(options).length === 0 ? [] : ["", ...optionLines("Options", options)]),
    "",
    ...optionLines("Options of every command", GLOBAL_OPTIONS),
    "",
    examples.length === 1 ? "Example" : "Examples",
    ...indent(examples),
  ];
}

/** Those without which the command refuses. */
function requiredOptions(options: OptionSpecs): readonly string[] {
  return Object.entries(options).flatMap(([name, { required, value }]) =>
    required === true ? [`--${name} ${value ?? ""}`] : [],
  );
}

function optionLines(title: string, options: OptionSpecs): string[] {
  const faces = Object.entries(options).map(
    ([name, { value }]) => `--${name}${value === undefined ? "" : ` ${value}`}`,
  );
  const width = Math.max(...faces.map((face) => face.length));
  const lines = Object.values(options).map(
    (option, i) => `${faces[i]?.padEnd(width)}  ${option.help}${remark(option)}`,
  );
  return [title, ...indent(lines)];
}

function remark({ multiple, required }: OptionSpecs[string]): string {
  if (multiple === true) return "; may be repeated";
  return required === true ? "; required" : "";
}

function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
