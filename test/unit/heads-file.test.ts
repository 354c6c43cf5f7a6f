import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HeadsFile } from "../../node/heads-file.ts";
import { SlotFile } from "../../node/slot-file.ts";

const LOG = `${"ab".repeat(32)}/0`;
const root = (n: number): Uint8Array => new Uint8Array(32).fill(n);

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "heads-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("the heads file", () => {
  it("counts starts and keeps the largest head", async () => {
    const path = join(directory, "heads");
    const first = await SlotFile.open(path);
    const heads = await HeadsFile.open(first);
    expect(heads.starts).toBe(1);
    await Promise.all([
      heads.record(LOG, { size: 3, root: root(3) }),
      heads.record(LOG, { size: 5, root: root(5) }),
      heads.record(LOG, { size: 4, root: root(4) }),
    ]);
    await first.close();
    const second = await SlotFile.open(path);
    const again = await HeadsFile.open(second);
    expect(again.starts).toBe(2);
    expect(again.get(LOG)).toEqual({ size: 5, root: root(5) });
    await again.raiseStarts(9);
    expect(again.starts).toBe(10);
    await second.close();
  });

  it("reads back the largest numbers that it may hold, and does not believe every number of starts", async () => {
    let content: Uint8Array | undefined;
    const file = {
      read: () => Promise.resolve(content),
      replace: (bytes: Uint8Array) => {
        content = bytes;
        return Promise.resolve();
      },
    };
    const heads = await HeadsFile.open(file);
    await heads.raiseStarts(Number.MAX_SAFE_INTEGER);
    expect(heads.starts).toBe(1);
    const late = `${"ab".repeat(32)}/${Number.MAX_SAFE_INTEGER}`;
    expect(await heads.record(late, { size: Number.MAX_SAFE_INTEGER, root: root(1) })).toBe(true);
    const again = await HeadsFile.open(file);
    expect(again.get(late)?.size).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("has one line for each log, of its newest epoch, none for those forgotten, and an end", async () => {
    const heads = await HeadsFile.open({ read: () => Promise.resolve(undefined), replace: () => Promise.resolve() });
    const log = (n: number, epoch: number): string => `${n.toString(16).padStart(64, "0")}/${epoch}`;
    await heads.record(log(1, 0), { size: 9, root: root(1) });
    await heads.record(log(1, 2), { size: 1, root: root(2) });
    expect(await heads.record(log(1, 1), { size: 5, root: root(3) })).toBe(false);
    expect([heads.get(log(1, 0)), heads.get(log(1, 2))?.size]).toEqual([undefined, 1]);
    let added = 1;
    while (await heads.record(log(added + 1, 0), { size: 1, root: root(1) })) added += 1;
    expect(added).toBe(400);
    await heads.forget(log(1, 0).slice(0, 64));
    expect(await heads.record(log(5000, 0), { size: 1, root: root(1) })).toBe(true);
  });

  it("survives a torn write: the other slot stands", async () => {
    const path = join(directory, "heads");
    const file = await SlotFile.open(path);
    await file.replace(new Uint8Array([1]));
    await file.replace(new Uint8Array([2]));
    await file.close();
    const bytes = await readFile(path);
    for (const slot of [0, 65_536]) {
      const torn = Buffer.from(bytes);
      torn[slot + 8] = (torn[slot + 8] ?? 0) ^ 0xff;
      await writeFile(path, torn);
      const opened = await SlotFile.open(path);
      expect(await opened.read()).toEqual(new Uint8Array([slot === 0 ? 1 : 2]));
      await opened.close();
    }
  });

  it("is refused where neither copy can be read, rather than taken for new", async () => {
    const path = join(directory, "heads");
    const file = await SlotFile.open(path);
    await file.replace(new Uint8Array([1]));
    await file.replace(new Uint8Array([2]));
    await file.close();
    const bytes = await readFile(path);
    for (const slot of [0, 65_536]) bytes[slot + 8] = (bytes[slot + 8] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    await expect(SlotFile.open(path)).rejects.toMatchObject({ code: "CORRUPT" });
  });

  it("is refused where it is damaged as a whole rather than taken for new", async () => {
    const path = join(directory, "heads");
    const file = await SlotFile.open(path);
    await file.replace(new TextEncoder().encode("something else\n"));
    await expect(HeadsFile.open(file)).rejects.toMatchObject({ code: "CORRUPT" });
    await file.close();
  });
});
