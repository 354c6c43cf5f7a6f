import { parseArgs } from "node:util";
import { CliError } from "./cli-error.ts";
import type { Command, OptionSpec, OptionSpecs, ParsedOptions } from "./command.ts";

/** Taken by every command. */
export const GLOBAL_OPTIONS = {
  data: { type: "string", value: "DIR", help: "the node's directory; else ENTENTE_DATA, else the XDG data home" },
  json: { type: "boolean", help: "print JSON, as described in docs/spec/cli.md" },
  "token-file": {
    type: "string",
    value: "FILE",
    help: "who acts; else ENTENTE_TOKEN_FILE, else the token in the node's directory",
  },
  "passphrase-file": { type: "string", value: "FILE", help: "the passphrase of the node's keys; else it is asked for" },
  help: { type: "boolean", help: "show help" },
} as const satisfies OptionSpecs;

export type GlobalOptions = {
  readonly dataDir: string | undefined;
  readonly isJson: boolean;
  readonly tokenFile: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly wantsHelp: boolean;
};

export type ParsedCommand = {
  readonly args: readonly string[];
  readonly options: ParsedOptions;
};

export type CommandLine = {
  /** A command's, else the first word. */
  readonly name: string;
  /** Everything else, as it was given. */
  readonly rest: readonly string[];
  /** All that is neither an option nor a global option's value. */
  readonly words: readonly string[];
};

/** Finds the command in what was typed; global options may stand before it. */
export function splitCommandLine(argv: readonly string[], names: readonly string[]): CommandLine {
  const { tokens } = parseArgs({ args: [...argv], options: nodeOptions(GLOBAL_OPTIONS), strict: false, tokens: true });
  const words = tokens.filter((token) => token.kind === "positional");
  const all = words.map((word) => word.value);
  for (const length of [2, 1]) {
    const name = all.slice(0, length).join(" ");
    if (!names.includes(name)) continue;
    const positions = new Set(words.slice(0, length).map((word) => word.index));
    return { name, rest: argv.filter((_, i) => !positions.has(i)), words: all };
  }
  return { name: all[0] ?? "", rest: argv, words: all };
}

/** What may be known before the command is: enough to print its errors in the form that was asked for. */
export function parseGlobals(argv: readonly string[]): GlobalOptions {
  const { values } = parseArgs({ args: [...argv], options: nodeOptions(GLOBAL_OPTIONS), strict: false });
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    dataDir: text(values["data"]),
    isJson: values["json"] === true,
    tokenFile: text(values["token-file"]),
    passphraseFile: text(values["passphrase-file"]),
    wantsHelp: values["help"] === true,
  };
}

/** Strict: throws `USAGE` for an unknown option, a missing value, too few or too many arguments. */
export function parseCommand(command: Command, rest: readonly string[]): ParsedCommand {
  const specs: OptionSpecs = { ...GLOBAL_OPTIONS, ...command.options };
  const { values, positionals } = parseStrictly(command, rest, specs);
  const [least, most] = command.arguments;
  if (positionals.length < least) throw usage(command, `${command.name} needs ${command.usage}`);
  if (positionals.length > most) throw usage(command, `too many arguments: ${positionals.slice(most).join(" ")}`);
  const options = Object.entries(specs).map(
    ([name, spec]) => [name, valueOf(command, name, spec, values[name])] as const,
  );
  return { args: positionals, options: Object.fromEntries(options) };
}

function usage(command: Pick<Command, "name">, message: string): CliError {
  return new CliError("USAGE", message, `entente help ${command.name}`);
}

type RawValue = string | boolean | (string | boolean)[] | undefined;

function parseStrictly(
  command: Command,
  rest: readonly string[],
  specs: OptionSpecs,
): { values: Readonly<Record<string, RawValue>>; positionals: string[] } {
  try {
    return parseArgs({ args: [...rest], options: nodeOptions(specs), allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(command, describe(error));
  }
}

function valueOf(command: Command, name: string, spec: OptionSpec, value: RawValue): ParsedOptions[string] {
  if (spec.type === "boolean") return value === true;
  const values = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
  if (values.some((text) => text === "")) throw usage(command, `--${name} is empty`);
  if (spec.required === true && values.length === 0)
    throw usage(command, `${command.name} needs --${name} ${spec.value ?? ""}`.trimEnd());
  return spec.multiple === true ? values : values.at(-1);
}

/** In our words: Node's are sentences for programmers. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const option = /--?[\w-]+/.exec(message)?.[0] ?? "an option";
  if (message.startsWith("Unknown option")) return `unknown option ${option}`;
  if (message.includes("does not take an argument")) return `${option} takes no value`;
  return `${option} needs a value (one that begins with a dash is written ${option}=-…)`;
}

function nodeOptions(
  specs: OptionSpecs,
): Record<string, { type: "string" | "boolean"; multiple?: boolean; short?: string }> {
  const options = Object.entries(specs).map(
    ([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }] as const,
  );
  return { ...Object.fromEntries(options), help: { type: "boolean", short: "h" } };
}
