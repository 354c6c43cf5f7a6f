import { describe, expect, it } from "vitest";
import type { Disk } from "../../node/disk.ts";
import { logKey } from "../../node/keyspace.ts";
import { SYSTEM_CLOCK } from "../../node/clock.ts";
import { LogStore } from "../../node/log-store.ts";
import { Mirror } from "../../node/mirror.ts";
import { PartStore } from "../../node/part-store.ts";
import { ReaderAudiences } from "../../node/reader-audiences.ts";
import { sha256 } from "../../keys/sha256.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { pausedReason } from "../../node/followed-logs.ts";
import { LackingCursor } from "../../node/mirror-parts.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { rotate } from "../support/rotation.ts";

const prng = new Prng("mirror");
const owner = makeAuthority("nvwa.nl", prng.fork("owner"));
const reader = makeAuthority("baua.de", prng.fork("reader"));
const stranger = makeAuthority("tukes.fi", prng.fork("stranger"));

async function openMirror(disk: Disk, chain = owner.chain, floor?: string): Promise<Mirror> {
  const store = await LogStore.open(disk, sha256, owner.chain.id, 0);
  const fail = (error: unknown): never => {
    throw error;
  };
  return new Mirror({
    disk,
    store,
    parts: new PartStore(disk, sha256, (length) => new Uint8Array(length)),
    crypto: CRYPTO,
    audiences: new ReaderAudiences(store, reader.chain.id, reader.keys.members),
    name: owner.name,
    chain,
    floor,
    onChain: () => Promise.resolve(),
    onStored: () => undefined,
    clock: SYSTEM_CLOCK,
    erasedIn: () => undefined,
    onErased: () => undefined,
    onAlarm: () => undefined,
    onFailed: fail,
  });
}

describe("a mirror", () => {
  it("tells who asks which parts are missing, anew when some came, and passes on what cannot be had", async () => {
    const log = new HandMadeLog(owner);
    const audience = log.addAudience(reader);
    for (let n = 0; n < 6; n++) log.addRecord(audience, `record ${n}`);
    const mirror = await openMirror(new Drive().instant());
    // Two records do not come with their entries.
    mirror.accept(log.batch(0, log.size, { parts: log.batch(0, 6).parts }));
    await mirror.idle();
    expect(mirror.store.head).toMatchObject({ size: log.size, missing: 2 });
    const cursor = new LackingCursor();
    const lacking = (): Promise<unknown> =>
      new Promise((resolve) => {
        const known = mirror.lacking(cursor, () => resolve(mirror.lacking(cursor, () => undefined)));
        if (known !== undefined) resolve(known);
      });
    expect(await lacking()).toEqual({ from: 6, to: 8 });
    mirror.parts.passLacking(cursor, { from: 6, to: 8, next: 7 });
    expect(await lacking()).toEqual({ from: 7, to: 8 });
    // An answer about what came meanwhile by another does not pass over what was not asked for here.
    mirror.parts.passLacking(cursor, { from: 2, to: 7, next: 7 });
    expect(await lacking()).toEqual({ from: 7, to: 8 });
    mirror.parts.passLacking(cursor, { from: 7, to: 8, next: 8 });
    expect(await lacking()).toBeUndefined();
    expect(cursor.isThrough(mirror.parts.version)).toBe(true);
  });

  it("marks what a grant opens to us of entries that came before, and goes on with that when it is opened anew", async () => {
    const log = new HandMadeLog(owner);
    const other = log.addAudience(stranger);
    const mine = log.addAudience(reader);
    const first = log.addRecord(other, "for another", new Uint8Array(100_000));
    log.addRecord(mine, "for us");
    const items = [{ epoch: 0, past: other, from: other + 1, to: log.size }];
    const grant = log.add({ kind: "grant", time: 1_700_000_000, audience: mine, items, approval: "" });
    const disk = new Drive().instant();
    const mirror = await openMirror(disk);
    mirror.accept(
      log.batch(0, log.size, { parts: log.batch(mine, mine + 1).parts.map((part) => ({ ...part, offset: mine })) }),
    );
    await mirror.idle();
    const opened = [
      { index: other, part: 0 },
      { index: first, part: 0 },
      { index: first, part: 1 },
    ];
    const own = { index: first + 1, part: 0 };
    expect(await mirror.parts.missing(0, 10)).toEqual([...opened, own]);
    expect([mirror.store.head.missing, mirror.granted.pending]).toEqual([4, undefined]);
    // As a crash leaves it before anything was marked.
    const { head, number } = mirror.store;
    const unmarked = opened.map(({ index, part }) => ({
      key: logKey("missing", number, index, part),
      value: undefined,
    }));
    await mirror.store.commit(head, { ...head, missing: 1 }, [], [...unmarked, mirror.granted.write(grant)]);
    const again = await openMirror(disk);
    await again.load();
    await again.idle();
    expect(await again.parts.missing(0, 10)).toEqual([...opened, own]);
    expect([again.store.head.missing, again.granted.pending]).toEqual([4, undefined]);
  });

  it("opens, and asks for nothing more, where a chain does not fit what is stored", async () => {
    const log = new HandMadeLog(owner);
    while (log.size < 10) log.addPlain();
    const disk = new Drive().instant();
    const mirror = await openMirror(disk);
    mirror.accept(log.batch(0, log.size));
    await mirror.idle();
    const { chainAt } = rotate(owner, "log", "mirror");
    const misled = await openMirror(disk, chainAt(4));
    expect([misled.contested, misled.reached]).toEqual([
      expect.stringContaining("does not fit its charters"),
      undefined,
    ]);
    expect(pausedReason(misled)).toBe(misled.contested);
    misled.adopt(chainAt(10));
    expect([misled.contested, misled.reached?.size]).toEqual([undefined, 10]);
  });

  it("tells two roots of one size apart, in a checkpoint without entries and in the one it was added with", async () => {
    const log = new HandMadeLog(owner);
    while (log.size < 10) log.addPlain();
    const other = log.branch(6);
    other.add({ kind: "followers", time: 1_700_000_000, ids: [] });
    const disk = new Drive().instant();
    const mirror = await openMirror(disk);
    mirror.accept(log.batch(0, log.size));
    await mirror.idle();
    const answer = { id: log.id, epoch: 0, cosignatures: [] };
    await mirror.acceptCheckpoint({ ...answer, checkpoint: log.branch(7).checkpoint() });
    const forked = mirror.acceptCheckpoint({ ...answer, checkpoint: other.checkpoint() });
    await expect(forked).rejects.toMatchObject({ code: "BATCH_FORK" });
    const added = await openMirror(disk, owner.chain, other.checkpoint());
    await added.load();
    expect(added.contested).toContain("another history");
    added.adopt(rotate(owner, "log", "after a fork").chainAt(20));
    expect(added.contested, "no charter mends a fork").toContain("another history");
  });

  it("forgets what a key signed that turns out not to have been in force there", async () => {
    const log = new HandMadeLog(owner);
    while (log.size < 10) log.addPlain();
    const thief = log.branch(10);
    while (thief.size < 700) thief.addPlain();
    const disk = new Drive().instant();
    const mirror = await openMirror(disk);
    mirror.accept(log.batch(0, log.size));
    await mirror.idle();
    await mirror.acceptCheckpoint({ id: log.id, epoch: 0, checkpoint: thief.checkpoint(), cosignatures: [] });
    expect(mirror.seen?.size).toBe(700);
    const { note, key, chainAt } = rotate(owner, "log", "after a theft");
    mirror.adopt(chainAt(10));
    expect([mirror.seen, mirror.contested]).toEqual([undefined, undefined]);
    log.add({ kind: "charter", time: 1_800_000_000, note });
    mirror.accept(log.batch(10, 11, { checkpoint: log.checkpoint({ key }) }));
    await mirror.idle();
    const reopened = await openMirror(disk, chainAt(10));
    expect([reopened.seen?.size, reopened.reached?.size, reopened.contested]).toEqual([11, 11, undefined]);
  });

  it("counts what is missing of a step that is on its way either wholly or not at all", async () => {
    const log = new HandMadeLog(owner);
    const audience = log.addAudience(reader);
    log.addRecord(audience, "first");
    const list = log.batch(0, 2).parts;
    const disk = new Drive().instant();
    let durable = Promise.resolve();
    const mirror = await openMirror({
      get: (key) => disk.get(key),
      getMany: (keys) => disk.getMany(keys),
      scan: (range) => disk.scan(range),
      compact: (ranges) => disk.compact(ranges),
      close: () => disk.close(),
      // Readable at once, durable later.
      write: (writes, sync) => disk.write(writes, sync).then(() => durable),
    });
    mirror.accept(log.batch(0, 3, { parts: list }));
    await mirror.idle();
    for (const text of ["second", "third", "fourth"]) log.addRecord(audience, text);
    const gate = Promise.withResolvers<void>();
    durable = gate.promise;
    mirror.accept(log.batch(3, log.size, { parts: [] }));
    await new Promise((resolve) => setImmediate(resolve));
    const counted = mirror.parts.missingBelow(3, 10);
    gate.resolve();
    expect(await counted).toEqual({ count: 1, listed: [{ index: 2, part: 0 }] });
    await mirror.idle();
    expect(mirror.store.head.missing).toBe(4);
  });
});
