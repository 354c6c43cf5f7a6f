import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { GLOBAL_OPTIONS } from "../../cli/parse-arguments.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines } from "../support/run-cli.ts";

const dir = mkdtempSync(join(tmpdir(), "entente-completion-"));
afterAll(() => rmSync(dir, { recursive: true }));

const BASH = join(dir, "entente.bash");
const ZSH = join(dir, "entente.zsh");
beforeAll(async () => {
  writeFileSync(BASH, (await runInProcess(["completion", "bash"])).stdout);
  writeFileSync(ZSH, (await runInProcess(["completion", "zsh"])).stdout);
  writeFileSync(join(dir, "charter of baua.txt"), "");
  mkdirSync(join(dir, "charters"));
});

/** Loads the script as a person's shell does and asks for each line of words what bash would offer for the last one. */
const ASK_BASH = `
source "$1" || exit
[[ $(complete -p entente) == "complete -F _entente entente" ]] || exit
while IFS=$'\\t' read -ra COMP_WORDS; do
  [[ \${COMP_WORDS[-1]} == "<empty>" ]] && COMP_WORDS[-1]=
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _entente
  (IFS=$'\\t'; printf '%s\\n' "\${COMPREPLY[*]}")
done`;

/** What bash offers for the last of the words in each line; words are divided as bash divides them, `=` on its own. */
function askBash(...lines: readonly (readonly string[])[]): string[][] {
  const input = lines.map((words) => ["entente", ...words.map((word) => word || "<empty>")].join("\t")).join("\n");
  const shell = spawnSync("bash", ["--norc", "-u", "-c", ASK_BASH, "bash", BASH], {
    cwd: dir,
    input: `${input}\n`,
    encoding: "utf8",
  });
  expect(shell.stderr).toBe("");
  return shell.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t").filter((word) => word !== ""));
}

describe("in bash", () => {
  it("every command is offered, word by word", () => {
    const [first = []] = askBash([""]);
    const names = new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? ""));
    expect(first.toSorted()).toEqual([...names.add("help")].toSorted());
    const second = COMMANDS.map(({ name }) => name.split(" ")).filter(({ length }) => length === 2);
    for (const [i, offered] of askBash(...second.map(([group = ""]) => [group, ""])).entries())
      expect(offered).toContain(second[i]?.[1]);
  });

  it("every option of every command is offered, and none of another", () => {
    const offered = askBash(...COMMANDS.map(({ name }) => [...name.split(" "), "--"]));
    const options = COMMANDS.map((command) => [...Object.keys(command.options), ...Object.keys(GLOBAL_OPTIONS)]);
    expect(offered).toEqual(options.map((names) => names.map((name) => `--${name}`)));
  });

  it.each([
    ["pe", ["peer"]],
    ["peer p", ["pending"]],
    ["--data charters peer p", ["pending"]],
    ["peer --json p", ["pending"]],
    ["--data = charters peer p", ["pending"]],
    ["export --fo", ["--force", "--format"]],
    ["export --format ", ["csv", "jsonl"]],
    ["export --format = j", ["jsonl"]],
    ["export --format =", ["csv", "jsonl"]],
    ["--format ", []],
    ["start --log-level w", ["warn"]],
    ["completion ", ["bash", "zsh"]],
    ["help ve", ["verify", "verify-measure"]],
    ["peer add cha", ["charter of baua.txt", "charters"]],
    ["charter export --out charter", ["charter of baua.txt", "charters"]],
    ["verify cha", ["charters"]],
    ["fetch nvwa.nl:12 --out cha", ["charters"]],
    ["status --data cha", ["charters"]],
    ["peer show ", []],
    ["nonsense ", []],
    ["nonsense --js", ["--json"]],
  ])("%s", (line, offered) => {
    const [found = []] = askBash(line.split(" "));
    expect(found.toSorted()).toEqual(offered);
  });
});

/** Types a line and two tabs into a zsh at a terminal of its own, and waits for what must appear. */
const ASK_ZSH = `
zmodload zsh/zpty
zpty person zsh -fi
zpty -w person "module_path=($module_path) fpath=($fpath) PS1= LISTMAX=1000; autoload -U compinit; compinit -u -D; source $1; print rea''dy"
zpty -r -m person seen '*ready*'
zpty -w -n person "$2"$'\\t\\t'
zpty -r -m person seen "*$3*"
print -r -- "$seen"`;

const hasZsh = spawnSync("zsh", ["--version"]).status === 0;

describe.skipIf(!hasZsh)("in zsh", () => {
  it.each([
    ["entente pe", "peer"],
    ["entente peer ", "set-address *-- say where a trusted authority is reached"],
    ["entente --data charters peer ", "pending *-- list authorities"],
    ["entente operator add anna --o", "--out"],
    ["entente operator add anna -", "--out *-- where to write the token"],
    ["entente export --format ", "csv *jsonl"],
    ["entente export --format=js", "--format=jsonl"],
    ["entente peer add charter\\ ", "of*baua.txt"],
    ["entente verify c", "harters"],
  ])(
    "%s",
    (line, expected) => {
      const shell = spawnSync("zsh", ["-fc", ASK_ZSH, "zsh", ZSH, line, expected], {
        cwd: dir,
        encoding: "utf8",
        timeout: 20_000,
      });
      expect(shell).toMatchObject({ status: 0, signal: null });
    },
    30_000,
  );
});

describe("completion", () => {
  it("of a shell that is not known says which are", async () => {
    expect(await runInProcess(["completion", "fish"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("only for bash and zsh"),
    });
  });

  it("as JSON has the script", async () => {
    const result = await runInProcess(["completion", "bash", "--json"]);
    expect(jsonLines(result)).toEqual([
      {
        schema: "entente/completion/1",
        shell: "bash",
        script: expect.stringContaining("complete -F _entente entente"),
      },
    ]);
  });
});
