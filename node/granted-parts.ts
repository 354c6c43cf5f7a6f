import type { Chain } from "../protocol/charter-chain.ts";
import type { LeafReading } from "../protocol/leaf/leaf.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import type { ErasedParts } from "./erasing/erased-parts.ts";
import type { Grants } from "./grants.ts";
import { indexOfKey, logKey, prefixRange, u48 } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";
import { missingMark } from "./missing-mark.ts";
import type { PartStore } from "./part-store.ts";
import type { AudienceJudge } from "./reader-audiences.ts";

/** Entries looked through in one step: its marks are one write, and others get their turn between two. */
const STEP_ENTRIES = 2_048;

export type GrantedPartsInit = {
  readonly disk: Disk;
  readonly store: LogStore;
  readonly parts: PartStore;
  readonly audiences: AudienceJudge;
  readonly grants: Grants;
  readonly erased: ErasedParts;
  readonly chain: () => Chain;
};

/**
 * What a grant opens to us of entries that came before it: each such part is marked as missing, and then asked for like
 * any other. How far that is gone is stored with the marks, so that it goes on after a crash.
 */
export class GrantedParts {
  readonly #init: GrantedPartsInit;
  /** Grant → the first entry that is not looked through. */
  readonly #open = new Map<number, number>();

  constructor(init: GrantedPartsInit) {
    this.#init = init;
  }

  async load(): Promise<void> {
    const { disk, store } = this.#init;
    for await (const [key, value] of disk.scan(prefixRange(logKey("grantTodo", store.number))))
      this.#open.set(indexOfKey(key), Buffer.from(value).readUIntBE(0, 6));
  }

  /** The first grant whose parts are not all marked yet: until they are, nobody can say what is missing from there on. */
  get pending(): number | undefined {
    return this.#open.size === 0 ? undefined : Math.min(...this.#open.keys());
  }

  /** Written with the grant leaf of this index. */
  write(index: number): DiskWrite {
    return { key: this.#key(index), value: u48(0) };
  }

  /** A grant is stored from now on. */
  begin(index: number): void {
    this.#open.set(index, 0);
  }

  /** Marks what is open to us; resolves with whether anything became missing. */
  async run(): Promise<boolean> {
    let marked = false;
    for (const [index, from] of this.#open) {
      for (let next = from; next >= 0;) {
        const at = next;
        const step = await this.#init.store.inTurn(() => this.#step(index, at));
        marked ||= step.marked;
        next = step.next;
      }
      this.#open.delete(index);
    }
    return marked;
  }

  /** Looks through some entries; `next` is negative when all are done. */
  async #step(index: number, from: number): Promise<{ readonly marked: boolean; readonly next: number }> {
    const { audiences, chain, grants, store } = this.#init;
    const { head } = store;
    const grant = grants.all.find((one) => one.index === index);
    const mine = grant !== undefined && (await audiences.get(chain(), grant.audience)).mine;
    const end = mine ? Math.max(...grant.items.map(({ to }) => to)) : 0;
    const writes: DiskWrite[] = [];
    const to = Math.min(end, from + STEP_ENTRIES);
    const leaves = await store.readLeaves(from, to);
    for (const [offset, leaf] of leaves.entries()) {
      const reading = readLeaf(leaf);
      for (const part of grantedParts(from + offset, reading, grant?.items ?? []))
        if (await this.#isLacking(from + offset, part, reading))
          writes.push({
            key: logKey("missing", store.number, from + offset, part),
            value: missingMark(reading, part),
          });
    }
    const isDone = to >= end;
    const todo: DiskWrite = { key: this.#key(index), value: isDone ? undefined : u48(to) };
    await store.commit(head, { ...head, missing: head.missing + writes.length }, [], [...writes, todo]);
    return { marked: writes.length > 0, next: isDone ? -1 : to };
  }

  async #isLacking(index: number, part: number, reading: LeafReading): Promise<boolean> {
    const { disk, store, parts, erased } = this.#init;
    if ((await disk.get(logKey("missing", store.number, index, part))) !== undefined) return false;
    if ((await erased.mark(index, part)) !== undefined) return false;
    const size = commitmentOf(reading, part)?.size ?? 0;
    if (size <= CHUNK_SIZE) return (await store.readSmallPart(index, part)) === undefined;
    const large = await parts.large(store.number, index, part);
    return large === undefined || large.hashes.length === 0;
  }

  #key(index: number): Uint8Array {
    return logKey("grantTodo", this.#init.store.number, index);
  }
}

type Items = readonly { readonly past: number; readonly from: number; readonly to: number }[];

/** Parts of an entry that these items open, and the member lists of the audiences that they name. */
function grantedParts(index: number, reading: LeafReading, items: Items): readonly number[] {
  if (reading.status !== "known") return [];
  if (reading.leaf.kind === "audience") return items.some(({ past }) => past === index) ? [0] : [];
  if (reading.leaf.kind !== "record") return [];
  return reading.leaf.parts.flatMap(({ audience }, part) =>
    audience < index && items.some(({ past, from, to }) => past === audience && from <= index && index < to)
      ? [part]
      : [],
  );
}
