import type { Context } from "./context.ts";
import type { ExitCode } from "./exit-code.ts";

/** An option of a command, as `node:util` parses it and as help shows it. */
export type OptionSpec = {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly required?: boolean;
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
};

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<S extends OptionSpec> = S["type"] extends "boolean"
  ? boolean
  : S["multiple"] extends true
    ? readonly string[]
    : S["required"] extends true
      ? string
      : string | undefined;

export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: OptionValue<O[K]> };

/** What help shows of a command, and what parsing needs. */
export type CommandFace<O extends OptionSpecs> = {
  /** `peer add`. */
  readonly name: string;
  /** How its arguments are written, e.g. `FILE|-`; empty for none. */
  readonly usage: string;
  /** The least and the greatest number of arguments. */
  readonly arguments: readonly [number, number];
  /** One line, lower case. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly options: O;
  /** Each a whole command line. */
  readonly examples: readonly string[];
};

export type CommandSpec<O extends OptionSpecs> = CommandFace<O> & {
  /** The exit code, where it is not 0. */
  run(context: Context, args: readonly string[], options: OptionValues<O>): Promise<ExitCode | void>;
};

/** A command in the list, whatever its options. */
export type Command = CommandFace<OptionSpecs> & {
  run(context: Context, args: readonly string[], options: ParsedOptions): Promise<ExitCode | void>;
};

/** Commands that belong together, in the order of help. */
export type CommandGroup = { readonly title: string; readonly commands: readonly Command[] };

/** By name: as `parseOptions` made them of the specs. */
export type ParsedOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  // The values were parsed by these very specs, which the compiler cannot follow through the list of commands.
  return { ...spec, run: (context, args, options) => spec.run(context, args, options as OptionValues<O>) };
}
