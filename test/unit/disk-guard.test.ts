import { beforeEach, describe, expect, it } from "vitest";
import { DiskGuard } from "../../node/disk-guard.ts";
import type { Space } from "../../node/disk-space.ts";
import { bytesKey } from "../../node/keyspace.ts";
import { DISK_LOOK_BYTES, DISK_LOOK_MS } from "../../node/limits.ts";
import type { Logger } from "../../node/logger.ts";
import { Timeline } from "../simulation/virtual-clock.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { GIB, MIB } from "../support/space.ts";

let free: number;
let isBroken: boolean;
let looks: number;
let logged: string[];
let timeline: Timeline;
beforeEach(() => {
  [free, isBroken, looks, logged, timeline] = [20 * GIB, false, 0, [], new Timeline()];
});

function measure(): Promise<Space> {
  looks += 1;
  return isBroken ? Promise.reject(new Error("no such file system")) : Promise.resolve({ free, total: 2000 * GIB });
}

function open(): Promise<DiskGuard> {
  const line =
    (level: string) =>
    ({ state, error }: Readonly<Record<string, unknown>>): void =>
      void logged.push(`${level} ${String(state ?? error)}`);
  const log: Logger = {
    error: line("error"),
    warn: line("warn"),
    info: line("info"),
    debug: line("debug"),
    child: () => log,
  };
  const clock = { now: () => timeline.now, after: (ms: number, action: () => void) => timeline.after(ms, action) };
  return DiskGuard.open({ measure, marks: { low: 512 * MIB, full: 128 * MIB }, clock, log });
}

describe("the room on the disk", () => {
  it("stops attachments first, then entries, and lets both go on by itself", async () => {
    const space = await open();
    const changes: string[] = [];
    space.onChange(() => changes.push(space.space.state));
    const steps = [
      [10_240, "ok", true, true],
      [10_239, "little", true, true],
      [512, "little", true, true],
      [511, "low", false, true],
      [128, "low", false, true],
      [127, "full", false, false],
      [0, "full", false, false],
      // A little more is not enough to begin again.
      [140, "full", false, false],
      [144, "low", false, true],
      [570, "low", false, true],
      [576, "little", true, true],
      [10_240, "ok", true, true],
    ] as const;
    for (const [mib, state, attachments, entries] of steps) {
      free = mib * MIB;
      await timeline.runUntil(timeline.now + DISK_LOOK_MS);
      expect([mib, space.space.state, space.takesAttachments, space.takesEntries]).toEqual([
        mib,
        state,
        attachments,
        entries,
      ]);
      expect(space.space).toEqual({ free: mib * MIB, total: 2000 * GIB, state });
    }
    expect(changes).toEqual(["little", "low", "full", "low", "little", "ok"]);
    expect(logged).toEqual(["info little", "warn low", "error full", "warn low", "info little", "info ok"]);
    space.close();
    await timeline.runUntil(timeline.now + 10 * DISK_LOOK_MS);
    expect(looks).toBe(steps.length + 1);
  });

  it("begins as it is found", async () => {
    free = MIB;
    expect((await open()).space.state).toBe("full");
  });

  it("is looked at before an attachment, which must leave enough", async () => {
    free = 1000 * MIB;
    const space = await open();
    await space.requireAttachment(488 * MIB);
    await expect(space.requireAttachment(489 * MIB)).rejects.toMatchObject({ code: "DISK_LOW" });
    free = 600 * MIB;
    await expect(space.requireAttachment(488 * MIB)).rejects.toMatchObject({
      code: "DISK_LOW",
      message: "the disk is low: with 600 MiB free attachments are not taken in",
    });
    space.require("attachments");
    free = 100 * MIB;
    await space.look();
    expect(() => space.require("entries")).toThrow("with 100 MiB free entries are not taken in");
  });

  it("is looked at when much was written, whatever the clock says", async () => {
    const space = await open();
    const disk = space.watch(new Drive().instant());
    const value = new Uint8Array(DISK_LOOK_BYTES / 4);
    free = 0;
    for (let n = 0; n < 3; n++) await disk.write([{ key: bytesKey("meta", Uint8Array.of(n)), value }], false);
    expect([looks, space.space.state]).toEqual([1, "ok"]);
    await disk.write([{ key: bytesKey("meta"), value }], false);
    await space.look();
    expect([looks, space.space.state]).toEqual([2, "full"]);
    expect(await disk.get(bytesKey("meta"))).toEqual(value);
  });

  it("that cannot be measured is what it was", async () => {
    const space = await open();
    isBroken = true;
    await timeline.runUntil(DISK_LOOK_MS);
    expect([space.space.state, ...logged]).toEqual(["ok", "error Error: no such file system"]);
    [isBroken, free] = [false, 0];
    await timeline.runUntil(2 * DISK_LOOK_MS);
    expect(space.space.state).toBe("full");
  });
});
