import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonLines, runCli } from "../support/run-cli.ts";
import type { CliResult } from "../support/run-cli.ts";

let home: string;
let dataDir: string;
let made: CliResult;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "entente-test-"));
  dataDir = join(home, "the data");
  for (const name of ["passphrase", "wrong"])
    await writeFile(join(home, name), `horse-battery-staple-${name}-4711\n`, { mode: 0o600 });
  made = await init(dataDir);
}, 60_000);
afterAll(async () => {
  await rm(home, { recursive: true });
});

function init(directory: string): Promise<CliResult> {
  const args = [
    ["init", "--name", "nvwa.nl", "--title", "NVWA", "--country", "NL", "--operator", "anna", "--data", directory],
    ["--offline-dir", join(home, "offline"), "--passphrase-file", join(home, "passphrase")],
    ["--offline-passphrase-file", join(home, "passphrase")],
  ];
  return runCli(args.flat());
}

describe("what is in the way is named", () => {
  it("init says what it does while that takes seconds", () => {
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("this takes some seconds") });
  });

  it("a directory that cannot be written is named, with what helps", async () => {
    // No user may make a directory there, root neither.
    const { code, stderr } = await init("/sys/entente");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/(no permission for|read-only).*\nhint: /),
    });
    expect(stderr).toContain("/sys/entente");
    await writeFile(join(home, "file"), "");
    expect((await init(join(home, "file", "data"))).stderr).toContain("no directory");
  });

  it("a wrong passphrase names the key file", async () => {
    const { code, stderr } = await runCli(["start", "--data", dataDir, "--passphrase-file", join(home, "wrong")]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(dataDir, "keys", "online.key.age")}: the passphrase is wrong`);
  });

  it("doctor looks through a link to the directory", async () => {
    const link = join(home, "link");
    await symlink(dataDir, link);
    const found = jsonLines(await runCli(["doctor", "--all", "--json", "--data", link]));
    const of = (code: string): unknown => found.find((one) => one["code"] === code)?.["level"];
    expect([of("DATA_DIRECTORY"), of("CONFIG"), of("STORE")]).toEqual(["ok", "ok", "ok"]);
    await mkdir(join(home, "empty"));
    await symlink(join(home, "nowhere"), join(home, "dangling"));
    expect((await runCli(["doctor", "--data", join(home, "dangling")])).code).toBe(3);
  });
});
