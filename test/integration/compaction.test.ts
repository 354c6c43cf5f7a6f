import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { utf8Encode } from "../../protocol/bytes.ts";
import { CheckedDisk } from "../../node/checked-disk.ts";
import type { Disk } from "../../node/disk.ts";
import { bytesKey, logKey, numberKey, prefixRange } from "../../node/keyspace.ts";
import { openLevelDisk } from "../../node/level-disk.ts";
import { removeNodes, temporaryDirectory } from "../support/nodes.ts";

const NEEDLE = utf8Encode("the factory in question is Lane 9");
const QUEUE = prefixRange(bytesKey("queue"));

async function isInFiles(directory: string): Promise<boolean> {
  for (const name of await readdir(directory))
    if ((await readFile(join(directory, name))).includes(Buffer.from(NEEDLE))) return true;
  return false;
}

/** Enough that LevelDB writes tables of several levels. */
async function fill(disk: Disk, from: number, count: number): Promise<void> {
  for (let at = from; at < from + count; at++) {
    await disk.write([{ key: logKey("parts", 1, at), value: randomBytes(256 * 1024) }], false);
    await disk.write([{ key: numberKey("queue", 1_000_000 + at), value: randomBytes(1024) }], false);
  }
}

/** How the bytes come to lie in the files before they are compacted away. */
const HISTORIES: Record<string, (disk: Disk) => Promise<void>> = {
  "written and deleted at once": async (disk) => {
    await disk.write([{ key: numberKey("queue", 5), value: NEEDLE }], true);
    await disk.write([{ key: numberKey("queue", 5), value: undefined }], true);
  },
  "replaced at once": async (disk) => {
    await disk.write([{ key: numberKey("queue", 5), value: NEEDLE }], true);
    await disk.write([{ key: numberKey("queue", 5), value: utf8Encode("another") }], true);
  },
  "replaced, both in one table of a deep level": async (disk) => {
    await disk.write([{ key: numberKey("queue", 5), value: NEEDLE }], true);
    await disk.write([{ key: numberKey("queue", 5), value: utf8Encode("another") }], true);
    await fill(disk, 0, 100);
  },
  "deleted long after": async (disk) => {
    await fill(disk, 0, 60);
    await disk.write([{ key: numberKey("queue", 5), value: NEEDLE }], true);
    await fill(disk, 60, 60);
    await disk.write([{ key: numberKey("queue", 5), value: undefined }], true);
    await fill(disk, 120, 10);
  },
};

it.for(Object.entries(HISTORIES))(
  "what was %s is in no file after compaction",
  { timeout: 60_000 },
  async ([, play]) => {
    const directory = await temporaryDirectory();
    const disk = new CheckedDisk(await openLevelDisk(directory), () => undefined);
    await play(disk);
    expect(await isInFiles(directory), "or nothing is shown here").toBe(true);
    await disk.compact([QUEUE]);
    expect(await isInFiles(directory)).toBe(false);
    await disk.close();
    expect(await isInFiles(directory)).toBe(false);
  },
);

afterAll(removeNodes);

it("waits for a scan that began before, and leaves the values that stand", async () => {
  const directory = await temporaryDirectory();
  const disk = new CheckedDisk(await openLevelDisk(directory), () => undefined);
  const kept = { key: numberKey("queue", 4), value: utf8Encode("kept") };
  await disk.write([{ key: numberKey("queue", 5), value: NEEDLE }, kept], true);
  const scan = disk.scan(QUEUE)[Symbol.asyncIterator]();
  await scan.next();
  await disk.write([{ key: numberKey("queue", 5), value: undefined }], true);
  const compacted = disk.compact([QUEUE]);
  expect((await scan.next()).done).toBe(false);
  expect((await scan.next()).done).toBe(true);
  await compacted;
  expect(await isInFiles(directory)).toBe(false);
  expect(new Uint8Array((await disk.get(kept.key)) ?? [])).toEqual(kept.value);
  await disk.close();
});
