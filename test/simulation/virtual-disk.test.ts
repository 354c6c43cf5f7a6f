import { describe, expect, it } from "vitest";
import { Drive } from "./virtual-disk.ts";
import { Prng } from "./prng.ts";
import { Timeline } from "./virtual-clock.ts";
import type { MountedDisk } from "./mounted-disk.ts";

const KEYS = ["a", "b", "c", "d", "e"].map((text) => Buffer.from(text));
const VALUE = Uint8Array.of(1);

function mount(drive: Drive, timeline: Timeline): MountedDisk {
  return drive.mount({ timeline, prng: new Prng("disk"), slowness: 1, onWrite: () => undefined });
}

/** Keys that a node finds after its next start. */
function survivors(drive: Drive): string[] {
  return drive.range({ gte: Buffer.from("a"), lt: Buffer.from("z") }).map(([key]) => Buffer.from(key).toString());
}

/** Writes all keys, one after the other, and lets the first `synced` of them be durable. */
async function written(synced: number): Promise<{ drive: Drive; disk: MountedDisk }> {
  const [drive, timeline] = [new Drive(), new Timeline()];
  const disk = mount(drive, timeline);
  for (const [place, key] of KEYS.entries()) {
    disk.write([{ key, value: VALUE }], place === synced - 1).catch(() => undefined);
    await timeline.runUntil(timeline.now + 1_000);
  }
  return { drive, disk };
}

describe("the virtual disk", () => {
  it("loses what was not synced when power is lost, but for some that came first", async () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const { drive } = await written(2);
      drive.crash("power", new Prng(`crash ${seed}`));
      const left = survivors(drive);
      expect(left).toEqual(["a", "b", "c", "d", "e"].slice(0, left.length));
      counts.add(left.length);
    }
    expect([...counts].sort((a, b) => a - b)).toEqual([2, 3, 4, 5]);
  });

  it("keeps what the system was given when only the process ends", async () => {
    const { drive } = await written(0);
    drive.crash("kill", new Prng("crash"));
    expect(survivors(drive)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("never ends what was begun in a life that is over", async () => {
    const [drive, timeline] = [new Drive(), new Timeline()];
    const disk = mount(drive, timeline);
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    disk.write([{ key: Buffer.from("a"), value: VALUE }], true).then(end, end);
    disk.get(Buffer.from("a")).then(end, end);
    drive.crash("power", new Prng("crash"));
    await timeline.runUntil(10_000);
    expect(ended).toBe(false);
    expect(survivors(drive)).toEqual([]);
  });

  it("has the heads file old or new", async () => {
    const contents = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const [drive, timeline] = [new Drive(), new Timeline()];
      drive.headsFile = Buffer.from("old");
      mount(drive, timeline)
        .file()
        .replace(Buffer.from("new"))
        .catch(() => undefined);
      await timeline.runUntil(0.1);
      drive.crash("power", new Prng(`crash ${seed}`));
      contents.add(Buffer.from(drive.headsFile).toString());
    }
    expect([...contents].sort()).toEqual(["new", "old"]);
  });
});
