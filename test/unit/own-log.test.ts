import { describe, expect, it } from "vitest";
import type { Disk } from "../../node/disk.ts";
import { DiskError } from "../../node/disk.ts";
import { HeadsFile } from "../../node/heads-file.ts";
import { LogStore } from "../../node/log-store.ts";
import { type EntryDraft, OwnLog, type OwnLogInit } from "../../node/own-log.ts";
import { MAX_LEAF_SIZE } from "../../protocol/limits.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { sha256 } from "../primitives.ts";

const noFile = { read: () => Promise.resolve(undefined), replace: () => Promise.resolve() };

async function openLog(change: Partial<OwnLogInit> = {}, disk: Disk = new Drive().instant()): Promise<OwnLog> {
  return new OwnLog({
    store: await LogStore.open(disk, sha256, new Uint8Array(32), 0),
    origin: "a.example",
    sign: () => "— a.example AAAAAAAA",
    sha256,
    clock: { now: () => 1_800_000_000_000, after: () => () => undefined },
    heads: await HeadsFile.open(noFile),
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: () => undefined,
    ...change,
  });
}

const entry: EntryDraft = {
  leaf: (time) => ({ kind: "followers", time, ids: [] }),
  parts: [],
  extra: () => [],
};
const idOf = (n: number): Uint8Array => Uint8Array.from([n >> 8, n & 255, ...new Uint8Array(30)]);
const tooLarge: EntryDraft = {
  leaf: (time) => ({ kind: "followers", time, ids: Array.from({ length: MAX_LEAF_SIZE / 34 }, (_, n) => idOf(n)) }),
  parts: [],
  extra: () => [],
};

describe("the own log", () => {
  it("is idle only when the head of what it acknowledged stands in the heads file", async () => {
    const written = Promise.withResolvers<void>();
    let replace = (): Promise<void> => Promise.resolve();
    const heads = await HeadsFile.open({ ...noFile, replace: () => replace() });
    replace = () => written.promise;
    const log = await openLog({ heads });
    await log.append([entry]);
    let isIdle = false;
    const idle = log.idle().then(() => (isIdle = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([isIdle, log.announced.size]).toEqual([false, 0]);
    written.resolve();
    await idle;
    expect(log.announced.size).toBe(1);
  });

  it("refuses what does not fit into a leaf, and only that", async () => {
    const log = await openLog();
    const appended = await Promise.allSettled([log.append([entry]), log.append([tooLarge]), log.append([entry])]);
    expect(appended).toMatchObject([
      { status: "fulfilled", value: 0 },
      { status: "rejected", reason: { code: "LEAF_MALFORMED" } },
      { status: "fulfilled", value: 1 },
    ]);
    expect(log.store.head.size).toBe(2);
  });

  it("appends nothing while the node may not sign", async () => {
    let ready = true;
    const log = await openLog({ ready: () => ready });
    await log.append([entry]);
    const appended = log.append([entry]);
    ready = false;
    await expect(appended).rejects.toMatchObject({ code: "NOT_READY" });
    ready = true;
    expect(await log.append([entry])).toBe(1);
  });

  it("appends nothing more after the store failed, and says that the node cannot go on", async () => {
    const disk = new Drive().instant();
    let isBroken = false;
    const write: Disk["write"] = (writes, sync) =>
      isBroken ? Promise.reject(new DiskError("FULL", "the disk is full")) : disk.write(writes, sync);
    const failures: unknown[] = [];
    const breaking: Disk = {
      get: (key) => disk.get(key),
      getMany: (keys) => disk.getMany(keys),
      scan: (range) => disk.scan(range),
      compact: (ranges) => disk.compact(ranges),
      close: () => disk.close(),
      write,
    };
    const log = await openLog({ onFailed: (error) => failures.push(error) }, breaking);
    await log.append([entry]);
    isBroken = true;
    await expect(log.append([entry])).rejects.toMatchObject({ code: "FULL" });
    isBroken = false;
    await expect(log.append([entry])).rejects.toMatchObject({ code: "FULL" });
    expect(failures).toHaveLength(1);
    expect(log.store.head.size).toBe(1);
  });
});
