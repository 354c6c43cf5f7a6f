import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDirectory } from "../../cli/verify/directory-reader.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
  await mkdir(join(dir, "parts"));
  await writeFile(join(dir, "leaf.cbor"), "leaf");
  await writeFile(join(dir, "parts", "0.part"), "0123456789");
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const ignore = (): void => undefined;

describe("a proof directory on disk", () => {
  it("is listed and read", async () => {
    let read = 0;
    const reader = await openDirectory(dir, (bytes) => (read += bytes));
    expect(new Map(reader.files)).toEqual(
      new Map([
        ["leaf.cbor", { isPlain: true, size: 4 }],
        ["parts/0.part", { isPlain: true, size: 10 }],
      ]),
    );
    expect(reader.totalBytes).toBe(14);
    expect(Buffer.from((await reader.read("leaf.cbor", 4)) ?? []).toString()).toBe("leaf");
    const pieces: string[] = [];
    for await (const piece of reader.readPieces("parts/0.part", 4)) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(["0123", "4567", "89"]);
    expect(read).toBe(14);
  });

  it("names the directories in which nothing is", async () => {
    await mkdir(join(dir, "witnesses"));
    await mkdir(join(dir, "parts", "more", "deep"), { recursive: true });
    const { emptyDirectories } = await openDirectory(dir, ignore);
    expect(emptyDirectories.toSorted()).toEqual(["parts/more/deep", "witnesses"]);
  });

  it("gives no file that is too large, absent or outside", async () => {
    const reader = await openDirectory(join(dir, "parts"), ignore);
    expect(await reader.read("0.part", 9)).toBeUndefined();
    expect(await reader.read("1.part", 9)).toBeUndefined();
    expect(await reader.read("../leaf.cbor", 9)).toBeUndefined();
  });

  it("follows no link, and waits for no pipe", async () => {
    await symlink("/etc/passwd", join(dir, "link"));
    await symlink(dir, join(dir, "loop"));
    execFileSync("mkfifo", [join(dir, "pipe")]);
    const { files } = await openDirectory(dir, ignore);
    for (const path of ["link", "loop", "pipe"]) expect(files.get(path)).toEqual({ isPlain: false, size: 0 });
    expect(files.size).toBe(5);
  });

  it("is not deceived by what takes the place of a file meanwhile", async () => {
    const reader = await openDirectory(dir, ignore);
    await rm(join(dir, "leaf.cbor"));
    await symlink("/etc/passwd", join(dir, "leaf.cbor"));
    await expect(reader.read("leaf.cbor", 100)).rejects.toThrow();
    await rm(join(dir, "leaf.cbor"));
    execFileSync("mkfifo", [join(dir, "leaf.cbor")]);
    await expect(reader.read("leaf.cbor", 100)).rejects.toThrow("changed while it was verified");
    await truncate(join(dir, "parts", "0.part"), 3);
    await expect(reader.read("parts/0.part", 100)).rejects.toThrow("changed while it was verified");
  });

  it("is refused where it goes too deep, is no directory or is not there", async () => {
    await mkdir(join(dir, ...Array.from({ length: 14 }, () => "d")), { recursive: true });
    await expect(openDirectory(dir, ignore)).rejects.toMatchObject({ code: "FILE" });
    await expect(openDirectory(join(dir, "leaf.cbor"), ignore)).rejects.toMatchObject({ code: "FILE" });
    await expect(openDirectory(join(dir, "absent"), ignore)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
