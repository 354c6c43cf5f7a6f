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

it("scrub says what was damaged and what became of it; what still is ends with 1", async () => {
  expect(await entente("scrub")).toEqual({
    code: 0,
    stdout:
      "12 values and 2000 entries read\n✓ head 00000001: damaged, mended from its copy\n✓ part 1 of baua.de:7: damaged, here again from a peer\n✓ all that is stored is whole\n",
    stderr: "",
  });
  node.service.proofFiles = [{ path: "x", bytes: new Uint8Array(0) }];
  expect(await entente("scrub")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("✗ part 1 of baua.de:7: damaged, asked for: it comes when"),
  });
  expect(jsonLines(await entente("scrub", "--json"))).toEqual([
    expect.objectContaining({ schema: "entente/scrub/1", values: 12, entries: 2000 }),
  ]);
});

it("backup says what it wrote and what is not in it", async () => {
  const out = join(node.dataDir, "out");
  expect(await entente("backup", out)).toEqual({
    code: 0,
    stdout: `${out}: 1234 values, 5.0 MiB, written and read back\nnot in it: keys/online.key.age, keys/heads; without a copy of the key file, kept elsewhere, it cannot be put back\n`,
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
