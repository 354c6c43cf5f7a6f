import { describe, expect, it } from "vitest";
import type { Disk } from "../../node/disk.ts";
import { LogStore } from "../../node/log-store.ts";
import { Mirror } from "../../node/mirror.ts";
import { PartStore } from "../../node/part-store.ts";
import { ReaderAudiences } from "../../node/reader-audiences.ts";
import { sha256 } from "../../keys/sha256.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";

const prng = new Prng("mirror");
const owner = makeAuthority("nvwa.nl", prng.fork("owner"));
const reader = makeAuthority("baua.de", prng.fork("reader"));

/** A disk on which whoever looks through it waits until `release` is called. */
function slowToScan(disk: Disk): Disk & { readonly scanned: Promise<void>; release(): void } {
  const [scanned, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    ...disk,
    scanned: scanned.promise,
    release: released.resolve,
    async *scan(range) {
      scanned.resolve();
      await released.promise;
      yield* disk.scan(range);
    },
  };
}

async function openMirror(disk: Disk): Promise<Mirror> {
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
    chain: owner.chain,
    floor: undefined,
    onChain: () => Promise.resolve(),
    onStored: () => undefined,
    onAlarm: () => undefined,
    onFailed: fail,
  });
}

describe("a mirror", () => {
  it("stores what it accepts while it looks for parts that are missing", async () => {
    const log = new HandMadeLog(owner);
    const audience = log.addAudience(reader);
    for (let n = 0; n < 6; n++) log.addRecord(audience, `record ${n}`);
    const disk = slowToScan(new Drive().instant());
    const mirror = await openMirror(disk);
    // The records do not come with their entries, so that the mirror looks for what is missing when they are stored.
    mirror.accept(log.batch(0, 4, { parts: log.batch(0, 2).parts }));
    await disk.scanned;
    mirror.accept(log.batch(4, log.size));
    disk.release();
    await mirror.idle();
    expect(mirror.settled).toBe(true);
    expect(mirror.store.head).toMatchObject({ size: log.size, missing: 2 });
  });
});
