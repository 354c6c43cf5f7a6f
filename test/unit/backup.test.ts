import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backUp } from "../../node/backup.ts";
import { CheckedDisk } from "../../node/checked-disk.ts";
import { type DataDir, dataDir, makeDirectories } from "../../node/data-dir.ts";
import type { Disk } from "../../node/disk.ts";
import { bytesKey, numberKey, prefixRange } from "../../node/keyspace.ts";
import { openLevelDisk } from "../../node/level-disk.ts";
import { silentLogger } from "../../node/logger.ts";
import type { Progress } from "../../node/service.ts";
import { removeNodes, temporaryDirectory } from "../support/nodes.ts";
import { GIB, openSpace } from "../support/space.ts";

const VALUES = 500;
const value = (n: number): Uint8Array => Buffer.alloc(16 * 1024, n % 251);

let paths: DataDir;
let disk: Disk;
let copy: string;
beforeEach(async () => {
  const home = await temporaryDirectory();
  paths = dataDir(join(home, "data"));
  copy = join(home, "copy");
  await makeDirectories(paths);
  disk = new CheckedDisk(await openLevelDisk(paths.store), () => undefined);
  for (let n = 0; n < VALUES; n++) await disk.write([{ key: numberKey("queue", n), value: value(n) }], false);
  await writeFile(paths.config, '{"name": "nvwa.nl"}');
  await mkdir(join(paths.drafts, "one"), { recursive: true });
  await writeFile(join(paths.drafts, "one", "draft.json"), "{}");
  await writeFile(paths.heads, "heads");
  await writeFile(paths.onlineKeys, "keys");
});
afterEach(async () => {
  await disk.close();
  await removeNodes();
});

describe("a backup", () => {
  it("is the store as of one moment, whatever is written meanwhile", async () => {
    const progress: Progress[] = [];
    const space = await openSpace({ log: silentLogger });
    const report = await backUp({ disk, paths, space }, copy, (now) => {
      progress.push(now);
      // Before and behind where the copy is.
      void disk.write(
        [0, VALUES - 1, VALUES].map((n) => ({ key: numberKey("queue", n), value: new Uint8Array(1) })),
        false,
      );
    });
    expect(report).toMatchObject({ directory: copy, values: VALUES, leftOut: ["keys/online.key.age", "keys/heads"] });
    expect(progress.length).toBeGreaterThan(10);
    expect(progress.every(({ done, total }) => done <= total)).toBe(true);
    const copied = new CheckedDisk(await openLevelDisk(dataDir(copy).store), () => undefined);
    const found = await Array.fromAsync(copied.scan(prefixRange(bytesKey("queue"))));
    await copied.close();
    expect(found.map(([, bytes]) => bytes)).toEqual(Array.from({ length: VALUES }, (_, n) => value(n)));
    expect((await readdir(copy, { recursive: true })).filter((name) => !name.startsWith("store"))).toEqual(
      expect.arrayContaining(["config.json", "operators", "drafts", "drafts/one", "drafts/one/draft.json"]),
    );
    expect(await readdir(copy)).not.toContain("keys");
  });

  it("for which there is no room leaves nothing", async () => {
    const room = { free: GIB, total: GIB };
    const space = await openSpace({ log: silentLogger }, room);
    const failing = backUp({ disk, paths, space }, copy, () => {
      room.free = 0;
      void space.look();
    });
    await expect(failing).rejects.toMatchObject({ code: "DISK_LOW" });
    expect(await readdir(join(copy, ".."))).not.toContain("copy");
  });

  it("overwrites nothing", async () => {
    await mkdir(copy);
    await writeFile(join(copy, "precious"), "");
    const space = await openSpace({ log: silentLogger });
    await expect(backUp({ disk, paths, space }, copy, () => undefined)).rejects.toMatchObject({ code: "REFUSED" });
    expect(await readdir(copy)).toEqual(["precious"]);
  });
});
