import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "../../node/service.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

let node: FakeNode;
let files: string;
beforeEach(async () => {
  node = await createFakeNode();
  files = join(node.dataDir, "files");
  await mkdir(files);
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

/** An editor that does these things in turn, one each time it is opened; `$1` is the file. */
async function editor(...scripts: readonly string[]): Promise<string> {
  const path = join(files, "editor.sh");
  const cases = scripts.map((script, at) => `${at + 1}) ${script} ;;`);
  const counter = join(files, "opened");
  await writeFile(
    path,
    `#!/bin/sh\nn=$(($(cat "${counter}" 2>/dev/null || echo 0) + 1)); echo $n > "${counter}"\ncp "$1" "${files}/seen-$n"\ncase $n in\n${cases.join("\n")}\n*) exit 9 ;;\nesac\n`,
  );
  await chmod(path, 0o755);
  return path;
}

async function edit(command: string, ...args: readonly string[]): Promise<CliResult> {
  return await runCli(["publish", "--edit", ...args], {
    cwd: files,
    env: { EDITOR: command, PATH: process.env["PATH"] ?? "", ENTENTE_DATA: node.dataDir },
  });
}

function inProcess(...args: readonly string[]): Promise<CliResult> {
  return runInProcess(args, { env: { ENTENTE_DATA: node.dataDir } });
}

function drafts(): Promise<readonly string[]> {
  return readdir(join(node.dataDir, "drafts")).catch(() => []);
}

const seen = (opening: number): Promise<string> => readFile(join(files, `seen-${opening}`), "utf8");
const change = (from: string, to: string): string => `sed -i 's/${from}/${to}/' "$1"`;

describe("publish --edit", () => {
  it("publishes what was written, without its notes", async () => {
    const result = await edit(
      await editor(change('"outcome": ".*"', '"outcome": "not-found"')),
      "follow-up",
      "--to",
      "baua.de",
    );
    expect(result).toMatchObject({ code: 0, stdout: "published: entry nvwa.nl:100\n" });
    expect(node.service.published).toMatchObject([{ input: { type: "follow-up", body: { outcome: "not-found" } } }]);
    expect(await seen(1)).toMatch(/^\/\/ follow-up: /);
    expect(await drafts()).toEqual([]);
  });

  it("opens again with what is wrong above its line, until it is right", async () => {
    const command = await editor(
      change('"category": "toys"', '"category": "toyz"'),
      `${change('"category": "toyz"', '"category": "toys"')}; ${change('"type": "alert",', '"type": "alert"')}`,
      change('"type": "alert"', '"type": "alert",'),
    );
    const result = await edit(command, "alert", "--to", "baua.de", "--known");
    expect(result).toMatchObject({ code: 0, stdout: "published: entry nvwa.nl:100\n" });
    const second = (await seen(2)).split("\n");
    const wrong = second.findIndex((line) => line.includes('"category": "toyz"'));
    expect(second[wrong - 2]).toContain('//! body.product.category: "toyz" is no code of the table');
    const third = (await seen(3)).split("\n");
    expect(third.filter((line) => line.includes("toyz"))).toEqual([]);
    const marks = third.flatMap((line, at) => (line.trimStart().startsWith("//! ") ? [at] : []));
    expect(marks).toHaveLength(1);
    expect(third[(marks[0] ?? 0) + 1]).toContain('"type": "alert"');
  });

  it("shows all that is wrong at once, each above its line", async () => {
    const wrong = [
      change('"category": "toys"', '"category": "toyz"'),
      change('"level": "serious"', '"level": "high!"'),
      change('"brands": \\[', '"brands": ["",'),
    ];
    const command = await editor(wrong.join("; "), 'echo > "$1"');
    await edit(command, "alert", "--to", "baua.de", "--known");
    const lines = (await seen(2)).split("\n");
    const marked = lines.flatMap((line, at) => {
      if (!line.includes("//! body.")) return [];
      return [
        [
          line.trim(),
          lines
            .slice(at)
            .find((next) => !next.includes("//"))
            ?.trim(),
        ] as const,
      ];
    });
    expect(marked).toEqual([
      [expect.stringContaining("body.product.category"), '"category": "toyz",'],
      [expect.stringContaining("body.product.brands[0]"), expect.stringMatching(/^"brands": \["",/)],
      [expect.stringContaining("body.risk.level"), '"level": "high!",'],
    ]);
  });

  it.each([
    ["nothing was changed", "true"],
    ["the file is empty", ': > "$1"'],
    ["the file is empty", 'echo "// only a note" > "$1"'],
    ["the editor ended with code 3", "exit 3"],
  ])("publishes nothing where %s, and goes on with it later", async (why, script) => {
    const result = await edit(await editor(script, 'cp answer.json "$1"'), "follow-up", "--to", "baua.de");
    const id = /draft (\S+)\n/.exec(result.stderr)?.[1] ?? "";
    expect(result).toEqual({
      code: 1,
      stdout: "",
      stderr: `entente: ${why}: nothing was published, and the text is kept as draft ${id}\nhint: entente publish --edit ${id}\n`,
    });
    expect(node.service.published).toEqual([]);
    expect(jsonLines(await inProcess("draft", "list", "--json"))).toMatchObject([
      { schema: "entente/edited-draft/1", id, from: "follow-up", to: ["baua.de"] },
    ]);
    expect((await inProcess("draft", "publish", id)).stderr).toContain(`entente publish --edit ${id}`);
    expect((await inProcess("draft", "publish")).code).toBe(0);
    expect(await drafts()).toEqual([`${id}.edit`]);

    const answer = { type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } };
    await writeFile(join(files, "answer.json"), JSON.stringify(answer));
    expect((await edit(join(files, "editor.sh"), id)).code).toBe(0);
    expect(node.service.published).toMatchObject([{ input: { to: ["baua.de"], refs: ["nvwa.nl:12"] } }]);
    expect(await drafts()).toEqual([]);
  });

  it("keeps the text where both it and the editor are killed, and throws it away when told", async () => {
    const command = await editor('echo "// half a sentence" > "$1"; kill -9 $PPID; exit 1');
    const result = await edit(`exec ${command}`, "follow-up", "--to", "baua.de");
    expect(result.code).toBeNull();
    const [name = ""] = await drafts();
    const dir = join(node.dataDir, "drafts", name);
    expect(await readFile(join(dir, "record.jsonc"), "utf8")).toBe("// half a sentence\n");
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(dir)) expect((await stat(join(dir, file))).mode & 0o777).toBe(0o600);
    expect((await inProcess("draft", "list")).stdout).toContain(name.replace(".edit", ""));
    expect((await inProcess("draft", "remove", name.replace(".edit", ""))).code).toBe(0);
    expect(await drafts()).toEqual([]);
  });

  it("writes a draft anew, its files and readers with it, and keeps it until then", async () => {
    await writeFile(join(files, "photo.jpg"), "pixels");
    await writeFile(
      join(files, "answer.json"),
      JSON.stringify({ type: "follow-up", refs: ["nvwa.nl:12"], body: { answers: 0, outcome: "not-found" } }),
    );
    const args = ["publish", join(files, "answer.json"), "--to", "baua.de", "--attach", join(files, "photo.jpg")];
    const id = String(jsonLines(await inProcess(...args, "--draft", "--json"))[0]?.["id"]);
    node.service.onPublish = () => {
      throw new ServiceError("DISK_FULL", "no space left", "free some");
    };
    const command = await editor('echo >> "$1"', "true", 'echo >> "$1"');
    const refused = await edit(command, id);
    expect(refused.stderr).toContain("the text is kept as draft");
    expect(await drafts()).toHaveLength(2);
    node.service.onPublish = undefined;
    const [edited = ""] = (await drafts()).filter((name) => name.endsWith(".edit"));
    expect((await edit(command, edited.replace(".edit", ""))).stderr).toContain("nothing was changed");
    expect((await edit(command, edited.replace(".edit", ""))).code).toBe(0);
    expect(await drafts()).toEqual([]);
    expect([...node.service.staged.values()].at(-1)).toMatchObject({ name: "photo.jpg", bytes: Buffer.from("pixels") });
  });

  it.each([
    [["alert", "--to", "baua.de"], {}, 1, "no editor is named"],
    [["allert", "--to", "baua.de"], { EDITOR: "true" }, 3, "there is no type, file or draft allert"],
    [["alert", "--to", "baua.de", "--preview"], { EDITOR: "true" }, 2, "exclude each other"],
  ])("refuses %j", async (args, env, code, message) => {
    const result = await runInProcess(["publish", "--edit", ...args, "--data", node.dataDir], { env });
    expect(result).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });
});

describe("publish --template", () => {
  it("prints what publish takes as it stands", async () => {
    const { stdout } = await inProcess("publish", "--template", "follow-up");
    await writeFile(join(files, "follow-up.json"), stdout);
    expect((await inProcess("publish", join(files, "follow-up.json"), "--to", "baua.de")).code).toBe(0);
    expect(await inProcess("publish", "--template", "allert")).toMatchObject({ code: 3 });
  });
});
