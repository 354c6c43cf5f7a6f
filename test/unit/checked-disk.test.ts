import { beforeEach, describe, expect, it } from "vitest";
import { CheckedDisk } from "../../node/checked-disk.ts";
import type { Disk } from "../../node/disk.ts";
import { bytesKey, copyKey, logKey, numberKey, prefixRange } from "../../node/keyspace.ts";
import { utf8Encode } from "../../protocol/bytes.ts";
import { Drive } from "../simulation/virtual-disk.ts";

const KEY = numberKey("queue", 7);
const VALUE = utf8Encode("a record that waits");
const EVERYTHING = { gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff) };

let raw: Disk;
let disk: CheckedDisk;
let damaged: Uint8Array[];
beforeEach(async () => {
  raw = new Drive().instant();
  damaged = [];
  disk = new CheckedDisk(raw, (key) => damaged.push(key));
  await disk.write([{ key: KEY, value: VALUE }], true);
});

async function flip(key: Uint8Array, bit: number): Promise<void> {
  const bytes = new Uint8Array((await raw.get(key)) ?? []);
  bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] ?? 0) ^ (1 << (bit % 8));
  await raw.write([{ key, value: bytes }], true);
}

async function scrub(): Promise<readonly boolean[]> {
  return (await Array.fromAsync(disk.scrub(() => undefined))).map(({ isRepaired }) => isRepaired);
}

describe("what is kept twice", () => {
  it("is read whole whichever bit of it was flipped, and mended by a scrub", async () => {
    const bits = 8 * ((await raw.get(KEY)) ?? []).length;
    for (let bit = 0; bit < bits; bit++) {
      await flip(bit % 2 === 0 ? KEY : copyKey(KEY), bit);
      expect(await disk.get(KEY)).toEqual(VALUE);
      expect(await disk.getMany([KEY])).toEqual([VALUE]);
      const found = await Array.fromAsync(disk.scan(prefixRange(bytesKey("queue"))));
      expect(found.map(([, value]) => value)).toEqual([VALUE]);
      expect(damaged.splice(0).length).toBe(bit % 2 === 0 ? 3 : 0);
      expect(await scrub()).toEqual([true]);
      expect(await scrub()).toEqual([]);
    }
  });

  it("and damaged twice is not taken for whole", async () => {
    await flip(KEY, 0);
    await flip(copyKey(KEY), 9);
    await expect(disk.get(KEY)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("queue 0000"),
    });
    expect(await scrub()).toEqual([false]);
  });

  it("comes back when its key is lost, and is gone when it was deleted", async () => {
    await raw.write([{ key: KEY, value: undefined }], true);
    expect(await scrub()).toEqual([true]);
    expect(await disk.get(KEY)).toEqual(VALUE);
    await disk.write([{ key: KEY, value: undefined }], true);
    expect(await Array.fromAsync(raw.scan(EVERYTHING))).toEqual([]);
    expect(await scrub()).toEqual([]);
  });

  it("is not mended with what was written over meanwhile", async () => {
    await flip(KEY, 3);
    const scrubbing = scrub();
    const later = utf8Encode("another one");
    await Promise.all([disk.write([{ key: KEY, value: later }], true), scrubbing]);
    expect(await disk.get(KEY)).toEqual(later);
    expect(await raw.get(KEY)).toEqual(await raw.get(copyKey(KEY)));
  });

  it("is not what the tree vouches for", async () => {
    const key = logKey("leaves", 1, 0);
    await disk.write([{ key, value: VALUE }], true);
    expect(await raw.get(key)).toEqual(VALUE);
    expect(await raw.get(copyKey(key))).toBeUndefined();
    expect(await disk.get(key)).toEqual(VALUE);
  });

  it("may be empty", async () => {
    const key = bytesKey("reference");
    await disk.write([{ key, value: new Uint8Array(0) }], true);
    expect(await disk.get(key)).toEqual(new Uint8Array(0));
    await flip(key, 1);
    expect(await disk.get(key)).toEqual(new Uint8Array(0));
    expect(await scrub()).toEqual([true]);
  });
});
