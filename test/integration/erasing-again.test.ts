import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import { type Disk, DiskError } from "../../node/disk.ts";
import { ERASE_DELAY_MS } from "../../node/limits.ts";
import { concernOfKey, logKey, numberKey } from "../../node/keyspace.ts";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const [OWNER, READER] = ["nvwa.nl", "baua.de"] as const;

let node: InProcessNode;
/** Attempts to compact that are still to fail. */
let failing = 0;
let runs = 0;
let jumped = 0;
/** How long the node asked the clock to wait. */
let waits: number[] = [];
const clock: Clock = {
  now: () => SYSTEM_CLOCK.now() + jumped,
  after(ms, action) {
    waits.push(ms);
    return SYSTEM_CLOCK.after(ms, action);
  },
};

beforeEach(async () => {
  failing = 0;
  duringCompaction = () => Promise.resolve();
  jumped = 0;
  waits = [];
  const prng = new Prng(`erasing again ${runs++}`);
  const [owner, reader] = [OWNER, READER].map((name) => makeAuthority(name, prng, ["approver/1"]));
  if (owner === undefined || reader === undefined) throw new Error("there are two");
  node = await startInProcess(owner, { clock, wrapDisk: failingToCompact });
  await trust(node, [reader]);
});

afterEach(() => node.stop());

/** What happens before the next row of a case is written. */
let beforeRow: (() => Promise<void>) | undefined;

let duringCompaction = (): Promise<void> => Promise.resolve();

/** As if the disk were full, or the node had been killed, between deleting and compacting. */
function failingToCompact(disk: Disk): Disk {
  return {
    get: (key) => disk.get(key),
    getMany: (keys) => disk.getMany(keys),
    async write(writes, sync) {
      if (writes.some(({ key, value }) => concernOfKey(key) === "case" && value !== undefined)) {
        const before = beforeRow;
        beforeRow = undefined;
        await before?.();
      }
      await disk.write(writes, sync);
    },
    scan: (range) => disk.scan(range),
    async compact(ranges) {
      if (failing-- > 0) throw new DiskError("FULL", "the disk is full");
      await duringCompaction();
      await disk.compact(ranges);
    },
    close: () => disk.close(),
  };
}

/** Which of these byte strings stand in some file of the node. */
async function inFiles(marks: readonly Uint8Array[]): Promise<readonly number[]> {
  const found = new Set<number>();
  for (const name of await readdir(node.directory, { recursive: true })) {
    const path = join(node.directory, name);
    // LevelDB removes files while it goes on.
    if ((await stat(path).catch(() => undefined))?.isFile() !== true) continue;
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    for (const [at, mark] of marks.entries()) if (bytes.includes(Buffer.from(mark))) found.add(at);
  }
  return [...found].toSorted((a, b) => a - b);
}

/** Values beside those of parts, as in a store of some size: else all lies in one table, and is rewritten together. */
async function fill(): Promise<void> {
  for (let at = 0; at < 48; at++)
    for (const side of [0, 1_000])
      await node.disk.write(
        [numberKey("chunk", side, at), logKey("largePart", side, at, 0), logKey("hiddenLarge", side, at, 0)].map(
          (key) => ({ key, value: randomBytes(64 * 1024) }),
        ),
        false,
      );
}

async function isDeleted(): Promise<boolean> {
  return (await node.service.erasures())[0]?.state === "deleted";
}

it("leaves no chunk and no hash of one, also where the files were not rewritten at once", async () => {
  const large = randomBytes(150_000);
  const index = await node.publish("a toy", [READER], [large]);
  const { hashes } = (await node.core.parts.large(node.core.ownLog.store.number, index, 1)) ?? {};
  if (hashes === undefined) throw new Error("it is a large part");
  const marks = [large.subarray(100, 132), large.subarray(140_000, 140_032), hashes.slice(0, 32), hashes.slice(-32)];
  expect(await inFiles(marks), "or nothing is shown here").toEqual([0, 1, 2, 3]);
  await fill();
  failing = 1;
  const targets = [{ entry: `${OWNER}:${index}` }];
  await node.service.erase({ targets, ground: "retention", approved: true, preview: false }, "anna");
  await until("the first attempt has failed", () => failing <= 0);
  await fill();
  await node.sweep.run();
  expect(await isDeleted()).toBe(true);
  await fill();
  expect(await inFiles(marks)).toEqual([]);
});

it("leaves no hash of a chunk", async () => {
  const large = randomBytes(150_000);
  const index = await node.publish("a toy", [READER], [large]);
  const { hashes } = (await node.core.parts.large(node.core.ownLog.store.number, index, 1)) ?? {};
  if (hashes === undefined) throw new Error("it is a large part");
  const marks = [hashes.slice(0, 32), hashes.slice(-32)];
  await fill();
  expect(await inFiles(marks), "or nothing is shown here").toEqual([0, 1]);
  const targets = [{ entry: `${OWNER}:${index}`, parts: [1] }];
  await node.service.erase({ targets, ground: "retention", approved: true, preview: false }, "anna");
  await until("it is deleted", isDeleted);
  expect(await inFiles(marks)).toEqual([]);
});

it("leaves no row of a case that was made while its alert was hidden", async () => {
  const { body } = ALERT_EXAMPLE;
  const { entry } = await node.service.publish(
    { type: "alert", version: 1, body, refs: [], to: [READER], parts: [] },
    "anna",
  );
  const targets = [{ entry: entry ?? "" }];
  let erasing: Promise<unknown> = Promise.resolve();
  beforeRow = async () => {
    erasing = node.service.erase({ targets, ground: "retention", approved: false, preview: false }, "anna");
    // It may have to wait for what is made from the alert.
    await Promise.race([erasing, setTimeout(500)]);
  };
  const query = { mine: false, limit: 10 };
  await node.service.cases(query);
  await erasing;
  expect(beforeRow, "it was erased meanwhile").toBeUndefined();
  expect((await node.service.cases(query)).cases).toEqual([]);
});

it("looks again now and then, and not without end, when the clock was far ahead and was set right", async () => {
  const index = await node.publish("a toy", [READER]);
  jumped = 40 * 86_400_000;
  const targets = [{ entry: `${OWNER}:${index}` }];
  await node.service.erase({ targets, ground: "retention", approved: false, preview: false }, "anna");
  jumped = 0;
  await node.publish("another", [READER]);
  await setTimeout(100);
  waits = [];
  await setTimeout(400);
  expect(waits.length, "timers within less than half a second").toBeLessThan(20);
  // When it looks, it counts the delay from then on: what it stored says a time that is not yet.
  await node.sweep.run();
  jumped = ERASE_DELAY_MS + 1000;
  await node.sweep.run();
  expect(await isDeleted()).toBe(true);
});

it("deletes what a hold kept that ended while the rest was deleted", async () => {
  const entry = `${OWNER}:${await node.publish("a toy", [READER])}`;
  await node.service.erase({ targets: [{ entry }], ground: "retention", approved: false, preview: false }, "anna");
  await node.service.addHold(entry, "a court", "anna");
  duringCompaction = async () => {
    duringCompaction = () => Promise.resolve();
    await node.service.removeHold(entry, "anna");
  };
  jumped = ERASE_DELAY_MS + 1000;
  await node.sweep.run();
  expect(await node.service.holds()).toEqual([]);
  await node.sweep.run();
  expect(await isDeleted()).toBe(true);
});

describe("retention", () => {
  const rule = { section: "record", ground: "retention", from: "published", keep: { days: 1 } } as const;
  const asOf = "2026-01-01";

  it("refuses in its preview what it would refuse to do", async () => {
    const without = await startInProcess(makeAuthority("tukes.fi", new Prng("without an approver")));
    const input = { rules: [rule], asOf, approved: true, preview: true };
    const shown = without.service.retain(input, "anna", () => undefined).catch((error: unknown) => error);
    expect(await shown).toMatchObject({ code: "REFUSED" });
    await without.stop();
  });
});
