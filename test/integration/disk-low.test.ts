import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytesKey, type Concern, prefixRange } from "../../node/keyspace.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { GIB, MIB } from "../support/space.ts";
import { until } from "../support/until.ts";

/** Longer than entries and parts take between two nodes on one machine. */
const QUIET_MS = 500;

let owner: InProcessNode;
let reader: InProcessNode;

beforeEach(async () => {
  const prng = new Prng("disk low");
  owner = await startInProcess(makeAuthority("nvwa.nl", prng));
  reader = await startInProcess(makeAuthority("baua.de", prng));
  await trust(owner, [reader.authority]);
  await trust(reader, [owner.authority]);
  await link(reader, owner);
  await until("the reader has the log", () => entriesOf(reader, owner) === owner.core.ownLog.announced.size);
});

afterEach(async () => {
  await Promise.all([owner.stop(), reader.stop()]);
});

async function setRoom(node: InProcessNode, mib: number): Promise<void> {
  node.room.free = mib * MIB;
  await node.core.init.space.look();
}

async function missing(): Promise<number> {
  const logs = await reader.service.logs();
  return logs.find(({ name }) => name === "nvwa.nl")?.missingParts ?? 0;
}

describe("a node whose disk is low", () => {
  it("takes entries from others and no attachments, until there is room again", async () => {
    await setRoom(reader, 500);
    const index = await owner.publish("with a photograph", ["baua.de"], [randomBytes(300_000)]);
    await until("the entry came", () => entriesOf(reader, owner) > index);
    await delay(QUIET_MS);
    expect(await missing()).toBe(1);
    await expect(reader.service.fetchPart(`nvwa.nl:${index}`, 1, () => undefined)).rejects.toMatchObject({
      code: "DISK_LOW",
    });
    expect((await reader.service.status()).disk).toEqual({ free: 500 * MIB, total: 100 * GIB, state: "low" });
    await setRoom(reader, 20_000);
    await until("the attachment came", async () => (await missing()) === 0);
    expect((await reader.service.verifyLog("nvwa.nl", () => undefined)).problems).toEqual([]);
    expect([owner.faults, reader.faults]).toEqual([[], []]);
  });

  it("tells who waits for an attachment, and goes on with it later", async () => {
    const index = await owner.publish("large", ["baua.de"], [randomBytes(8 * MIB)]);
    await until("the entry came", () => entriesOf(reader, owner) > index);
    const fetching = reader.service.fetchPart(`nvwa.nl:${index}`, 1, ({ done }) => {
      if (done > 0 && reader.core.init.space.takesAttachments) void setRoom(reader, 500);
    });
    await expect(fetching).rejects.toMatchObject({ code: "DISK_LOW" });
    await setRoom(reader, 20_000);
    await until("the attachment came", async () => (await missing()) === 0);
    expect((await reader.service.verifyLog("nvwa.nl", () => undefined)).problems).toEqual([]);
  });

  it("refuses attachments from its own people, keeps nothing of them, and publishes what has none", async () => {
    await setRoom(owner, 500);
    await expect(owner.publish("with a file", ["baua.de"], [randomBytes(100_000)])).rejects.toMatchObject({
      code: "DISK_LOW",
    });
    const index = await owner.publish("without", ["baua.de"]);
    await until("it came", () => entriesOf(reader, owner) > index);
  });

  it("drops what came of an attachment when room runs out on its way", async () => {
    const input = { name: "film.mp4", type: "video/mp4", length: 8 * MIB };
    async function* content(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 8; n++) {
        if (n === 4) await setRoom(owner, 100);
        yield randomBytes(MIB);
      }
    }
    await expect(owner.service.stage(input, content())).rejects.toMatchObject({ code: "DISK_LOW" });
    for (const concern of ["staged", "chunk"] as const) expect(await count(owner, concern)).toBe(0);
  });
});

describe("a node whose disk is nearly full", () => {
  it("takes nothing from others, goes on serving, and catches up when there is room", async () => {
    const before = entriesOf(reader, owner);
    await setRoom(reader, 100);
    for (let n = 0; n < 20; n++) await owner.publish(`record ${n}`, ["baua.de"], n === 7 ? [randomBytes(200_000)] : []);
    await delay(QUIET_MS);
    // What was asked for before may still have been on its way when there was room.
    expect(entriesOf(reader, owner)).toBe(before);
    await setRoom(reader, 130);
    await delay(QUIET_MS);
    expect(entriesOf(reader, owner)).toBe(before);
    await setRoom(reader, 20_000);
    await until("it caught up", () => entriesOf(reader, owner) === owner.core.ownLog.announced.size);
    await until("with its parts", async () => (await missing()) === 0);
    expect((await reader.service.verifyLog("nvwa.nl", () => undefined)).problems).toEqual([]);
    expect(reader.faults).toEqual([expect.stringContaining("the disk is nearly full")]);
  });

  it("publishes nothing, says why, and still lets trust be withdrawn", async () => {
    const { size } = owner.core.ownLog.store.head;
    await setRoom(owner, 100);
    await expect(owner.publish("not now", ["baua.de"])).rejects.toMatchObject({
      code: "DISK_LOW",
      hint: expect.stringContaining("make room"),
    });
    expect(owner.core.ownLog.store.head.size).toBe(size);
    expect((await owner.service.removePeer("baua.de", "anna")).followers.state).toBe("appended");
    expect(owner.core.ownLog.store.head.size).toBe(size + 1);
    await setRoom(owner, 20_000);
    expect((await owner.service.status()).disk.state).toBe("ok");
  });
});

/** Values in its store. */
async function count({ disk }: InProcessNode, concern: Concern): Promise<number> {
  return (await Array.fromAsync(disk.scan(prefixRange(bytesKey(concern))))).length;
}
