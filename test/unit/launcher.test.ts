import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PackageJson = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = PackageJson.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

const FLAGS = z.array(z.string()).parse(JSON.parse(readFileSync(join(ROOT, "cli/start-flags.json"), "utf8")));

/** The Node that runs npm: an old one, where only an old one is installed. */
const INSTALLED = process.env["npm_node_execpath"] ?? process.execPath;
/** What stands at node_modules/.bin/node: nothing, an erased file, a Node of another version. */
const BROKEN = { absent: undefined, erased: "", "too old": fakeNode("v22.12.0") };
const SENTENCE = /^Entente needs Node \d+\.\d+\.\d+ or newer, but .+: run "npm ci" in .+\.\n$/;

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

describe.each(Object.entries(BROKEN))("with node_modules/.bin/node %s", (_, node) => {
  const project = projectWith(node);

  it.each(Object.keys(scripts))("npm run %s says in a sentence what to do", (name) => {
    expectSentence(runScript(project, name), 1);
  });

  it("the command says in a sentence what to do", () => {
    expectSentence(runCommand(project, ["-r", "./pretend-old.cjs", "cli/entente.cjs", "status"]), 5);
  });
});

describe("with a working node", () => {
  const project = projectWith(fakeNode("v24.21.0"));

  it("a script goes on to its program", () => {
    expect(runScript(project, "start").stdout).toBe("ran cli/entente.cjs start\n");
  });

  it("the command goes on to main.ts, in this process where it can", () => {
    const direct = runCommand(project, ["cli/entente.cjs", "status", "--json"]);
    expect(direct).toMatchObject({ status: 3, stdout: "main.ts status --json\n", stderr: "" });
  });

  it("the command starts a node, which stays, with the flags that keep it small, in the same process", () => {
    const started = runCommand(project, ["cli/entente.cjs", "start", "--json"]);
    expect(started).toMatchObject({ status: 3, stdout: `main.ts start --json ${FLAGS.join(" ")}\n`, stderr: "" });
    const handedOver = runCommand(project, ["-r", "./pretend-old.cjs", "cli/entente.cjs", "start"]);
    expect(handedOver.stdout).toBe(`ran ${FLAGS.join(" ")} ${join(project, "cli/main.ts")} start\n`);
  });

  it("the command hands over to the node that was installed when this one is too old", () => {
    const handedOver = runCommand(project, ["-r", "./pretend-old.cjs", "cli/entente.cjs", "status"]);
    expect(handedOver).toMatchObject({ status: 0, stdout: `ran ${join(project, "cli/main.ts")} status\n`, stderr: "" });
  });

  it("handing over passes on signals and the exit code", async () => {
    const project = projectWith(
      `#!/bin/sh\n[ "$1" = --version ] && exec echo v24.21.0\nexec ${process.execPath} "$@"\n`,
    );
    const child = spawn(process.execPath, ["-r", "./pretend-old.cjs", "cli/entente.cjs", "wait"], { cwd: project });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([7, null]);
  });
});

it("says so when nothing was installed", () => {
  const project = projectWith(undefined);
  rmSync(join(project, "node_modules"), { recursive: true });
  expectSentence(runScript(project, "test"), 1);
});

it("is what npm runs", () => {
  const run = spawnSync("npm", ["--silent", "start"], { cwd: projectWith(""), encoding: "utf8" });
  expectSentence(run, 1);
});

function expectSentence(run: SpawnSyncReturns<string>, status: number): void {
  expect(run).toMatchObject({ status, stdout: "" });
  expect(run.stderr).toMatch(SENTENCE);
}

/** Runs a script of package.json as npm does, with an old Node further down the path. */
function runScript(project: string, name: string): SpawnSyncReturns<string> {
  const PATH = [join(project, "node_modules/.bin"), join(project, "old"), "/usr/bin", "/bin"].join(":");
  const env = { ...process.env, PATH, npm_node_execpath: INSTALLED };
  return spawnSync("/bin/sh", ["-c", scripts[name] ?? ""], { cwd: project, env, encoding: "utf8" });
}

function runCommand(project: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
}

function projectWith(node: string | undefined): string {
  const project = mkdtempSync(join(tmpdir(), "entente-launcher-"));
  directories.push(project);
  for (const file of ["package.json", "cli/require-node.cjs", "cli/entente.cjs", "cli/start-flags.json"])
    cpSync(join(ROOT, file), join(project, file));
  mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
  if (node !== undefined) put(project, "node_modules/.bin/node", node);
  put(project, "old/node", fakeNode("v20.20.2"));
  put(project, "pretend-old.cjs", 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });');
  put(project, "cli/main.ts", MAIN);
  return project;
}

/** Stands for cli/main.ts: answers with its arguments, and the flags it runs with, and code 3, or waits to be told to stop and ends with code 7. */
const MAIN = `
const [command, ...options] = process.argv.slice(2);
process.exitCode = 3;
if (command === "wait") {
  const timer = setTimeout(() => {}, 10_000);
  process.on("SIGTERM", () => { clearTimeout(timer); process.exitCode = 7; });
}
console.log(["main.ts", command, ...options, ...process.execArgv].join(" "));
`;

function fakeNode(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && exec echo ${version}\necho "ran $*"\n`;
}

function put(project: string, file: string, content: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), content, { mode: 0o755 });
}
