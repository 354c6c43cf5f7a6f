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

  it("is refused where it is damaged as a whole rather than taken for new", async () => {
    const path = join(directory, "heads");
    const file = await SlotFile.open(path);
    await file.replace(new TextEncoder().encode("something else\n"));
    await expect(HeadsFile.open(file)).rejects.toMatchObject({ code: "CORRUPT" });
    await file.close();
  });
});
