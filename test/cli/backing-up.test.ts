import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createFakeNode, type FakeNode } from "../support/fake-node.ts";
import { runInProcess } from "../support/fake-world.ts";
import { jsonLines, type CliResult } from "../support/run-cli.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await createFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

function entente(...args: readonly string[]): Promise<CliResult> {
  return runInProcess([...args, "--data", node.dataDir]);
}

it("backup says what it wrote and what is not in it", async () => {
  const out = join(node.dataDir, "out");
  expect(await entente("backup", out)).toEqual({
    code: 0,
    stdout: `${out}: 1234 values, 5.0 MiB, written and read back\nnot in it: keys/online.key.age, keys/heads\n`,
    stderr: "",
  });
  const [report] = jsonLines(await entente("backup", "relative", "--json"));
  expect(report).toMatchObject({
    schema: "entente/backup/1",
    directory: join(process.cwd(), "relative"),
    values: 1234,
  });
  expect(await entente("backup", join(node.dataDir, "exists"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("exists already\nhint: "),
  });
});
