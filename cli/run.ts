import { debuglog } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { KeyError } from "../keys/key-error.ts";
import { FormatError } from "../protocol/format-error.ts";
import { nearestWord } from "../protocol/nearest-word.ts";
import { CliError, exitCodeOf } from "./cli-error.ts";
import type { Command } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS } from "./commands.ts";
import { createContext } from "./context.ts";
import { findDataDir } from "./data-dir.ts";
import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import { forDataDir } from "./for-data-dir.ts";
import { groupHelp, helpOf, overview } from "./help.ts";
import { parseCommand, parseGlobals, splitCommandLine } from "./parse-arguments.ts";
import { recordExample } from "./record-example.ts";
import { createPrinter } from "./printer.ts";
import type { Printer } from "./printer.ts";
import type { World } from "./world.ts";

/** Runs one command line, `argv` without the program's name. Never throws. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  const globals = parseGlobals(argv);
  const print = createPrinter(world, globals.isJson);
  try {
    const { name, rest, words } = splitCommandLine(
      argv,
      COMMANDS.map((command) => command.name),
    );
    if (name === "" && argv.includes("--version")) return showVersion(print);
    if (name === "help" || (name === "" && globals.wantsHelp)) return showHelp(print, words.slice(1).join(" "));
    const isGroup = COMMANDS.every((command) => command.name !== name) && commandsOf(name).length > 0;
    if (globals.wantsHelp && isGroup) return showHelp(print, name);
    const command = findCommand(name, words[1]);
    if (globals.wantsHelp) return showHelp(print, command.name);
    const { args, options } = parseCommand(command, rest);
    const dataDir = findDataDir(world, globals.dataDir);
    return (await command.run(createContext(COMMANDS, world, print, dataDir, globals), args, options)) ?? EXIT.done;
  } catch (error) {
    return report(print, error, globals.dataDir);
  }
}

function showVersion(print: Printer): ExitCode {
  const { version } = packageJson;
  print.result("entente/version/1", { version }, () => [`entente ${version}`]);
  return EXIT.done;
}

/** On a command, on a type of record, or on all of it. */
function showHelp(print: Printer, topic: string): ExitCode {
  const group = commandsOf(topic);
  const isWord = group.length > 0 && COMMANDS.every(({ name }) => name !== topic);
  const lines =
    topic === ""
      ? overview(COMMAND_GROUPS, packageJson.version)
      : isWord
        ? groupHelp(topic, group)
        : (recordHelp(topic) ?? helpOf(findCommand(topic)));
  print.result("entente/help/1", { text: lines.join("\n") }, () => lines);
  return EXIT.done;
}

/** An example of a record, where no command has that name. */
function recordHelp(topic: string): readonly string[] | undefined {
  return COMMANDS.some(({ name }) => name === topic) ? undefined : recordExample(topic);
}

/** `next`: the word after the name, where that is no command by itself. */
function findCommand(name: string, next = ""): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name === "") throw new CliError("USAGE", "no command given", "entente help");
  const [word = "", second = next] = name.split(" ");
  const group = commandsOf(word).map((one) => one.name);
  if (group.length > 0 && second === "")
    throw new CliError("USAGE", `${word} needs one more word: ${group.join(", ")}`, `entente help ${word}`);
  const wanted = group.length > 0 ? `${word} ${second}` : name;
  const firsts = COMMANDS.map((one) => one.name.split(" ")[0] ?? "");
  const near = nearestWord(wanted, group.length > 0 ? group : [...new Set(firsts)]);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  const topic = near ?? (group.length > 0 ? word : "");
  throw new CliError("USAGE", `there is no command ${wanted}${meant}`, `entente help ${topic}`.trimEnd());
}

/** The commands that begin with this word, of which it is none itself. */
function commandsOf(word: string): readonly Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${word} `));
}

function report(print: Printer, thrown: unknown, dataDir: string | undefined): ExitCode {
  const error = toCliError(thrown);
  const { code, message, hint, data } = error;
  print.note(`entente: ${message}`, ...(hint === null ? [] : [`hint: ${forDataDir(hint, dataDir)}`]));
  if (print.isJson) print.result("entente/error/1", { code, message, hint, ...data }, () => []);
  return exitCodeOf(code);
}

function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof KeyError) return new CliError("KEYS", error.message);
  if (error instanceof FormatError) return new CliError("INVALID", error.message);
  debuglog("entente")("%o", error);
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(
    "INTERNAL",
    `unexpected error: ${message}`,
    "please report it, with NODE_DEBUG=entente set and the command that you ran",
  );
}
