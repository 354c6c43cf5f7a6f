import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import type { Command } from "../../cli/command.ts";
import { GLOBAL_OPTIONS, parseCommand, parseGlobals, splitCommandLine } from "../../cli/parse-arguments.ts";

const NAMES = COMMANDS.map(({ name }) => name);

function command(name: string): Command {
  const found = COMMANDS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

describe("which command is meant", () => {
  it.each([
    ["peer add f.txt", "peer add", ["f.txt"]],
    ["--data d peer --json add f.txt", "peer add", ["--data", "d", "--json", "f.txt"]],
    ["publish peer --to add", "publish", ["peer", "--to", "add"]],
    ["list --limit 5", "list", ["--limit", "5"]],
    ["peer", "peer", ["peer"]],
    ["", "", []],
  ])("%s", (line, name, rest) => {
    expect(splitCommandLine(line === "" ? [] : line.split(" "), NAMES)).toMatchObject({ name, rest });
  });
});

describe("the options of a command", () => {
  it("are typed: flags, values, lists", () => {
    const { args, options } = parseCommand(command("publish"), [
      "f.json",
      "--to",
      "a.nl",
      "--to=b.nl,c.nl",
      "--preview",
    ]);
    expect(args).toEqual(["f.json"]);
    expect(options).toMatchObject({ to: ["a.nl", "b.nl,c.nl"], preview: true, draft: false, attach: [], ref: [] });
  });

  it.each([
    ["grant", ["ptac.lv"], "grant needs --like NAME"],
    ["show", ["--lang", "nl"], "show needs ENTRY"],
    ["publish", ["f.json", "g.json", "--to", "a.nl"], "too many arguments: g.json"],
    ["publish", ["f.json", "--to", ""], "--to is empty"],
    ["publish", ["f.json", "--to"], "--to needs a value"],
    ["publish", ["f.json", "--to", "--preview"], "--to needs a value"],
    ["publish", ["f.json", "--two", "a.nl"], "unknown option --two"],
    ["publish", ["f.json", "--to", "a.nl", "--preview=yes"], "--preview takes no value"],
    ["status", ["-x"], "unknown option -x"],
  ])("%s %j: %s", (name, rest, message) => {
    expect(() => parseCommand(command(name), rest)).toThrow(message);
  });

  it("never surprise: Node's words for programmers do not reach people", () => {
    expect(() => parseCommand(command("status"), ["-x"])).not.toThrow(/positional|Unknown/);
  });
});

describe("the list of commands", () => {
  it("has no name twice, and help for each", () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    for (const {
      summary,
      examples,
      name,
      options,
      usage,
      arguments: [least, most],
    } of COMMANDS) {
      expect(summary).toMatch(/^[a-z].*[^.]$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(example).toContain(`entente ${name}`);
      expect(Object.keys(options).filter((option) => option in GLOBAL_OPTIONS)).toEqual([]);
      expect(least).toBeLessThanOrEqual(most);
      expect(usage === "" || name === "settle").toBe(most === 0);
    }
  });

  it("has examples that parse", () => {
    for (const { examples } of COMMANDS) {
      for (const example of examples) {
        const words = [...(example.split(/ [|<>] /)[0] ?? "").matchAll(/"([^"]*)"|(\S+)/g)].map(
          ([, quoted, word]) => quoted ?? word ?? "",
        );
        const { name, rest } = splitCommandLine(words.slice(1), NAMES);
        expect(() => parseCommand(command(name), rest), example).not.toThrow();
      }
    }
  });
});

describe("the global options", () => {
  it("are found wherever they stand, also in a line that is wrong", () => {
    expect(parseGlobals(["--json", "nonsense", "--bad", "--data", "d"])).toMatchObject({
      isJson: true,
      dataDir: "d",
      wantsHelp: false,
    });
    expect(parseGlobals(["publish", "-h"])).toMatchObject({ wantsHelp: true });
  });
});
