import type { Command, OptionSpecs } from "../command.ts";
import { GLOBAL_OPTIONS } from "../parse-arguments.ts";

/** What can stand at a place of the command line, as far as the list of commands tells. */
export type Candidates =
  | { readonly kind: "files" | "directories" | "unknown" }
  | { readonly kind: "words"; readonly words: readonly Word[] };

/** What can be typed, and what it does. */
export type Word = { readonly word: string; readonly help: string };

/** An option that takes a value, of one command or, without one, of all. */
export type ValueOption = { readonly command?: string; readonly option: string; readonly value: Candidates };

/** The list of commands as a shell needs it. */
export type Grammar = {
  /** Commands of one word, and the first words of the others. */
  readonly first: readonly Word[];
  /** The second words, by the first. */
  readonly second: readonly (readonly [first: string, words: readonly Word[]])[];
  /** Names of two words. */
  readonly pairs: readonly string[];
  readonly options: readonly (readonly [command: string, options: readonly Word[]])[];
  readonly everyOption: readonly Word[];
  readonly values: readonly ValueOption[];
  readonly arguments: readonly (readonly [command: string, argument: Candidates])[];
};

export function grammarOf(commands: readonly Command[]): Grammar {
  const names = commands.map(({ name, summary }) => ({ words: name.split(" "), summary }));
  const groups = [...new Set(names.flatMap(({ words }) => (words.length > 1 ? (words[0] ?? "") : [])))];
  const secondOf = (group: string): readonly Word[] =>
    names.flatMap(({ words: [one, two], summary }) =>
      one === group && two !== undefined ? [{ word: two, help: summary }] : [],
    );
  return {
    first: [
      ...names.flatMap(({ words: [one = "", two], summary }) =>
        two === undefined ? [{ word: one, help: summary }] : [],
      ),
      ...groups
        .filter((group) => !names.some(({ words }) => words.join(" ") === group))
        .map((group) => ({
          word: group,
          help: secondOf(group)
            .map(({ word }) => word)
            .join(", "),
        })),
      HELP,
    ],
    second: groups.map((group) => [group, secondOf(group)]),
    pairs: names.filter(({ words }) => words.length > 1).map(({ words }) => words.join(" ")),
    options: commands.map(({ name, options }) => [name, optionWords(options)]),
    everyOption: optionWords(GLOBAL_OPTIONS),
    values: [
      ...commands.flatMap(({ name, options }) => valueOptions(options).map((value) => ({ command: name, ...value }))),
      ...valueOptions(GLOBAL_OPTIONS),
    ],
    arguments: [
      ...commands.map(({ name, usage }) => [name, candidatesOf(usage)] as const),
      [
        HELP.word,
        {
          kind: "words",
          words: [...new Set(names.map(({ words }) => words[0] ?? ""))].map((word) => ({ word, help: "" })),
        },
      ],
    ],
  };
}

const HELP: Word = { word: "help", help: "what a command does, with examples" };

function optionWords(options: OptionSpecs): readonly Word[] {
  return Object.entries(options).map(([name, { help }]) => ({ word: `--${name}`, help }));
}

function valueOptions(options: OptionSpecs): readonly ValueOption[] {
  return Object.entries(options)
    .filter(([, { type }]) => type === "string")
    .map(([name, { value = "" }]) => ({ option: `--${name}`, value: candidatesOf(value) }));
}

/** By what help calls it: `FILE`, `DIR|LOG`, or the words themselves, `csv|jsonl`. */
function candidatesOf(placeholder: string): Candidates {
  if (/^FILE\b/.test(placeholder)) return { kind: "files" };
  if (/^DIR\b/.test(placeholder)) return { kind: "directories" };
  if (!/^[a-z]+(?:\|[a-z]+)+$/.test(placeholder)) return { kind: "unknown" };
  return { kind: "words", words: placeholder.split("|").map((word) => ({ word, help: "" })) };
}
