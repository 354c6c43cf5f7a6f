import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdDirectory } from "../../cli/drop/held-directory.ts";
import { type Lying, QUIET_MS, Watched } from "../../cli/drop/lying.ts";
import { MAX_DROP_SCAN } from "../../cli/limits.ts";

let dir: string;
let watched: Watched;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
  watched = new Watched();
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function lookAt(now: number): Promise<Lying> {
  await using folder = await holdDirectory(dir);
  return await watched.look(folder, now);
}

describe("what lies in a drop folder", () => {
  it("is complete when it has not changed for five seconds, in the order of the names", async () => {
    for (const name of ["b.json", "a.json"]) await writeFile(join(dir, name), "{}");
    expect(await lookAt(0)).toEqual({ complete: [], isMore: true, unnamed: [] });
    expect(await lookAt(QUIET_MS - 1)).toMatchObject({ complete: [], isMore: true });
    expect(await lookAt(QUIET_MS)).toEqual({ complete: ["a.json", "b.json"], isMore: false, unnamed: [] });
  });

  it("is not complete while it grows, or is written again with the same length and time", async () => {
    const path = join(dir, "a.json");
    await writeFile(path, "{}");
    await lookAt(0);
    await appendFile(path, " ");
    expect((await lookAt(QUIET_MS)).complete).toEqual([]);
    await writeFile(path, "[] ");
    await utimes(path, 1, 1);
    await lookAt(QUIET_MS + 1);
    await writeFile(path, "{} ");
    await utimes(path, 1, 1);
    expect((await lookAt(2 * QUIET_MS + 1)).complete).toEqual([]);
    expect((await lookAt(3 * QUIET_MS + 1)).complete).toEqual(["a.json"]);
  });

  it("is not complete as a directory while a file in it changes, or comes", async () => {
    await mkdir(join(dir, "alert"));
    await writeFile(join(dir, "alert", "photo.jpg"), "pix");
    await lookAt(0);
    await appendFile(join(dir, "alert", "photo.jpg"), "els");
    expect((await lookAt(QUIET_MS)).complete).toEqual([]);
    await writeFile(join(dir, "alert", "record.json"), "{}");
    expect((await lookAt(2 * QUIET_MS)).complete).toEqual([]);
    expect((await lookAt(3 * QUIET_MS)).complete).toEqual(["alert"]);
  });

  it("is left alone where its name says that it is not finished, and where it is a folder of ours", async () => {
    for (const name of [".a.json", "a.json.tmp", "a.PART", "a.filepart", "a.json~", "a.partial"])
      await writeFile(join(dir, name), "{}");
    for (const name of ["taking", "done", "refused"]) await mkdir(join(dir, name));
    await lookAt(0);
    expect(await lookAt(QUIET_MS)).toEqual({ complete: [], isMore: false, unnamed: [] });
  });

  it("is offered as a link or a pipe too, without looking through it", async () => {
    await symlink("/dev/zero", join(dir, "link"));
    execFileSync("mkfifo", [join(dir, "pipe")]);
    await lookAt(0);
    expect((await lookAt(QUIET_MS)).complete).toEqual(["link", "pipe"]);
  });

  it("cannot be named where its name is not UTF-8, which is said", async () => {
    await writeFile(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0x61, 0xff])]), "{}");
    await writeFile(join(dir, "b\uFFFD"), "{}");
    await lookAt(0);
    expect(await lookAt(QUIET_MS)).toMatchObject({ complete: ["b\uFFFD"], unnamed: ["a\uFFFD"] });
  });

  it("is taken a thousand at a time", async () => {
    for (let i = 0; i <= MAX_DROP_SCAN; i++) await writeFile(join(dir, `${10_000 + i}`), "");
    await lookAt(0);
    const { complete, isMore } = await lookAt(QUIET_MS);
    expect([complete.length, isMore]).toEqual([MAX_DROP_SCAN, true]);
  });
});
