import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeadsFile } from "../../node/heads-file.ts";
import { LogStore } from "../../node/log-store.ts";
import { type EntryDraft, OwnLog } from "../../node/own-log.ts";
import type { Disk } from "../../node/disk.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import { leafHash, nodeHash } from "../../protocol/merkle/hash.ts";
import { coverCoordinates } from "../../protocol/merkle/compact-range.ts";
import { proveInclusion, verifyInclusion } from "../../protocol/merkle/proof.ts";
import { parseNote } from "../../protocol/note.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { sha256 } from "../primitives.ts";

const ID = new Uint8Array(32).fill(7);
const clock = { now: () => 1_800_000_000_000, after: () => () => undefined };

function memoryFile(): { read: () => Promise<Uint8Array | undefined>; replace: (bytes: Uint8Array) => Promise<void> } {
  let content: Uint8Array | undefined;
  return {
    read: () => Promise.resolve(content),
    replace: (bytes) => {
      content = bytes.slice();
      return Promise.resolve();
    },
  };
}

async function openLog(disk: Disk): Promise<{ log: OwnLog; store: LogStore; signatures: string[] }> {
  const store = await LogStore.open(disk, sha256, ID, 0);
  const signatures: string[] = [];
  const log = new OwnLog({
    store,
    origin: "a.example",
    sign: (text) => {
      signatures.push(text);
      return "— a.example AAAAAAAA";
    },
    sha256,
    clock,
    heads: await HeadsFile.open(memoryFile()),
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: (error) => {
      throw error;
    },
  });
  return { log, store, signatures };
}

/** A record that is told from others by its one part. */
function record(n: number): EntryDraft {
  const bytes = new Uint8Array(96).fill(n);
  return {
    leaf: (time) => ({ kind: "record", time, parts: [{ audience: 0, digest: sha256(bytes), size: 96 }] }),
    parts: [{ part: 0, bytes }],
    extra: () => [],
  };
}

const followers: EntryDraft = { leaf: (time) => ({ kind: "followers", time, ids: [] }), parts: [], extra: () => [] };

/** MTH of RFC 9162 §2.1.1, as it is written there. */
function mth(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] ?? ID;
  let k = 1;
  while (2 * k < hashes.length) k *= 2;
  return nodeHash(sha256, mth(hashes.slice(0, k)), mth(hashes.slice(k)));
}

describe("a log on disk", () => {
  it("gives concurrent appends one signature and one head", async () => {
    const { log, store, signatures } = await openLog(new Drive().instant());
    const places = await Promise.all([
      log.append([record(1)]),
      log.append([record(2), followers]),
      log.append([record(3)]),
    ]);
    expect(places).toEqual([0, 1, 3]);
    expect(signatures).toHaveLength(1);
    expect(store.head).toMatchObject({ size: 4, followers: 2 });
    expect(parseCheckpoint(parseNote(store.head.checkpoint).text)).toEqual({
      origin: "a.example",
      size: 4,
      root: store.root,
    });
  });

  it("is found again as it was, whatever was appended in what groups", async () => {
    const groups = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(), async (sizes, pick) => {
        const disk = new Drive().instant();
        const { log } = await openLog(disk);
        let n = 0;
        for (const size of sizes) await log.append(Array.from({ length: size }, () => record(n++ % 250)));
        const { store } = await openLog(disk);
        const leaves = await store.readLeaves(0, n);
        expect(leaves).toHaveLength(n);
        const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
        expect(store.root).toEqual(mth(hashes));
        const index = pick % n;
        const proof = await proveInclusion(sha256, store, index, n);
        expect(
          verifyInclusion(sha256, { index, size: n, leafHash: hashes[index] ?? ID, proof, root: store.root }),
        ).toBe(true);
        const size = (pick % n) + 1;
        expect(await store.rootAt(size)).toEqual(mth(hashes.slice(0, size)));
        expect(Uint8Array.from((await store.readSmallPart(index, 0)) ?? [])).toEqual(
          new Uint8Array(96).fill(index % 250),
        );
        expect(await store.readSmallPart(index, 1)).toBeUndefined();
        expect(await store.readNodes(coverCoordinates(size, n))).toHaveLength(coverCoordinates(size, n).length);
      }),
      { numRuns: 12 },
    );
  });

  it("reads runs from the middle of one to the middle of another", async () => {
    const { log, store } = await openLog(new Drive().instant());
    for (const size of [3, 5, 2]) await log.append(Array.from({ length: size }, (_, i) => record(i)));
    const seen: number[] = [];
    for await (const run of store.entryRuns(2, 9)) for (const entry of run) seen.push(entry.index);
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it("refuses to be extended by two at once", async () => {
    const disk = new Drive().instant();
    const { log, store } = await openLog(disk);
    const { head } = store;
    await log.append([record(1)]);
    await expect(store.commit(head, { ...head, size: 1 }, [], [])).rejects.toMatchObject({ code: "FAILED" });
    expect(store.head.size).toBe(1);
  });

  it("rejects an append whose write fails, and goes on with the next", async () => {
    const inner = new Drive().instant();
    let broken = false;
    const disk: Disk = {
      ...inner,
      write: (writes, sync) => (broken ? Promise.reject(new Error("no space")) : inner.write(writes, sync)),
    };
    const { log, store } = await openLog(disk);
    await log.append([record(1)]);
    broken = true;
    await expect(log.append([record(2)])).rejects.toThrow("no space");
    broken = false;
    expect(await log.append([record(3)])).toBe(1);
    expect(store.head.size).toBe(2);
    expect((await openLog(inner)).store.root).toEqual(store.root);
  });
});
