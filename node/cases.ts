import { toHex } from "../protocol/bytes.ts";
import { caseDigest } from "../protocol/case/digest.ts";
import { type CaseEntry, entryKey } from "../protocol/case/entry.ts";
import { type Case, foldCase } from "../protocol/case/fold.ts";
import type { CaseNode } from "../protocol/case/graph.ts";
import { groupByRoot, rootOf } from "../protocol/case/root.ts";
import { FormatError } from "../protocol/format-error.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { parseId, type Reference } from "../protocol/name.ts";
import { parsePart } from "../protocol/part.ts";
import { readRecord } from "../protocol/record/index.ts";
import { type CaseKey, CaseRows, type RowQuery } from "./case-rows.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import { DiskError, type DiskWrite } from "./disk.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { indexOfKey, logKey, prefixRange } from "./keyspace.ts";
import { CASE_CLIMB_MAX, CASE_DIRTY_STEP, CASE_ENTRIES_MAX, CASE_STEP_MS } from "./limits.ts";
import type { Place, ReferenceIndex } from "./reference-index.ts";
import { type EntryText, ServiceError } from "./service.ts";
import { Turns } from "./turns.ts";
import type { FirstWitnessed } from "./witness.ts";

/** An entry of a case where it lies, with its owner's claim of when it was appended. */
export type Member = {
  readonly place: Place;
  readonly entry: CaseEntry;
  readonly time: number;
  /** For whom the record is. */
  readonly audience: number;
};

/** By log and index. */
type ReadMembers = Map<string, Member>;

/** How many entries, and whether there may be more. */
type Refolded = { readonly taken: number; readonly isMore: boolean };

/** A case as it is here, with what its fold does not tell. */
export type HeldCase = {
  readonly root: Place;
  readonly case: Case;
  readonly members: ReadonlyMap<string, Member>;
  /** Ids of those who may read the alert, its owner left out; `undefined` where that is not known here. */
  readonly readers: readonly string[] | undefined;
};

/** Cases, folded from what is held. Rebuilt at any time, brought up to date when asked. */
export class Cases {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #references: ReferenceIndex;
  /** What a list keeps of a case, as bytes. */
  readonly #rowOf: (held: HeldCase) => Uint8Array;
  readonly #rows: CaseRows;
  readonly #turns = new Turns();

  constructor(
    core: Core,
    entries: Entries,
    references: ReferenceIndex,
    rowOf: (held: HeldCase) => Uint8Array,
    keyOf: (row: Uint8Array) => CaseKey,
  ) {
    this.#rows = new CaseRows(core.init.disk, keyOf);
    this.#core = core;
    this.#entries = entries;
    this.#references = references;
    this.#rowOf = rowOf;
  }

  /** The case to which an entry belongs. */
  async of(entry: EntryText): Promise<HeldCase> {
    const { log, index } = this.#entries.locate(entry);
    await this.#references.upToDate();
    const member = await this.#read({ log, index });
    if (member === undefined)
      throw new ServiceError("INVALID", `${entry} is no record that can be read here`, `entente show ${entry}`);
    const root = await this.#rootOf(member);
    const held = root === undefined ? undefined : await this.#fold(root);
    if (held === undefined)
      throw new ServiceError("NOT_FOUND", `the alert of the case of ${entry} is not here`, `entente thread ${entry}`);
    return held;
  }

  /** The first rows of a list. */
  async list(query: RowQuery): Promise<{ readonly rows: readonly Uint8Array[]; readonly total: number }> {
    await this.upToDate(() => undefined);
    const logs = new Set(this.#entries.logs().map(({ store }) => store.number));
    const { rows, total } = await this.#rows.list(query, ({ log }) => logs.has(log));
    return { rows: rows.map(({ row }) => row), total };
  }

  /** Every case that has a row, in no order, one after the other: none of them is kept. */
  async *all(onProgress: (done: number) => void): AsyncGenerator<HeldCase> {
    await this.upToDate(onProgress);
    for (const log of this.#entries.logs())
      for (let indexes = await this.#rootsFrom(log, 0); indexes.length > 0;) {
        const read: ReadMembers = new Map();
        await this.#readAhead(log, indexes, read);
        for (const index of indexes) {
          const held = await this.#fold({ log, index }, read);
          if (held !== undefined) yield held;
        }
        indexes = await this.#rootsFrom(log, (indexes.at(-1) ?? 0) + 1);
      }
  }

  /** The next entries of a log with which a case began. */
  async #rootsFrom({ store }: NamedLog, from: number): Promise<readonly number[]> {
    const range = { ...prefixRange(logKey("case", store.number)), gte: logKey("case", store.number, from) };
    const found = await Array.fromAsync(this.#core.init.disk.scan({ ...range, limit: CASE_DIRTY_STEP }));
    return found.map(([key]) => indexOfKey(key));
  }

  /** References of those entries of a case that another authority may read too, as far as is known here. */
  async sharedWith(held: HeldCase, authority: string): Promise<readonly Reference[]> {
    const shared: Reference[] = [];
    for (const member of held.members.values()) {
      const { place, entry } = member;
      const readers = await this.#readersOf(member);
      if (place.log.id === authority || readers?.includes(authority) === true) shared.push(entry.ref);
    }
    return shared;
  }

  /** By the key of an entry: who else than its author first signed that it was there. */
  async witnessed({ members }: HeldCase): Promise<ReadonlyMap<string, FirstWitnessed>> {
    const found = new Map<string, FirstWitnessed>();
    for (const [key, { place }] of members) {
      const { mirror } = place.log;
      const witnesses = mirror === undefined ? this.#core.ownWitnesses : this.#core.witnessesOf(mirror);
      const first = await witnesses?.firstWitnessed(place.index);
      if (first !== undefined) found.set(key, first);
    }
    return found;
  }

  digest(held: HeldCase, references: readonly Reference[]): string {
    return toHex(caseDigest(this.#core.init.crypto.sha256, held.case.root.ref, references));
  }

  /** Where a node of the fold lies, with its time. */
  static member(held: HeldCase, { key }: CaseNode): Member {
    const member = held.members.get(key);
    if (member === undefined) throw new Error("an entry of a case that is not among its members");
    return member;
  }

  static time(held: HeldCase, node: CaseNode): string {
    return isoTime(Cases.member(held, node).time);
  }

  /** Folds anew what changed. */
  async upToDate(onProgress: (done: number) => void): Promise<void> {
    await this.#references.upToDate();
    let done = 0;
    for (const { store } of this.#entries.logs())
      for (let isMore = true; isMore;) {
        const refolded = await this.#refoldInTurn(store.number);
        done += refolded.taken;
        onProgress(done);
        ({ isMore } = refolded);
      }
  }

  /** A step of the same; whether there may be more. */
  async step(): Promise<boolean> {
    if (await this.#references.step()) return true;
    for (const { store } of this.#entries.logs()) if ((await this.#refoldInTurn(store.number)).taken > 0) return true;
    return false;
  }

  /** While nothing of what it reads is put out of sight. */
  #refoldInTurn(number: number): Promise<Refolded> {
    return this.#turns.run(() => this.#core.parts.sight.run(() => this.#refold(number)));
  }

  /** Folds the cases of some entries anew. */
  async #refold(number: number): Promise<Refolded> {
    const { disk } = this.#core.init;
    const begun = performance.now();
    const log = this.#entries.logs().find(({ store }) => store.number === number);
    const writes = new Map<string, DiskWrite>();
    const roots = new Set<string>();
    const read: ReadMembers = new Map();
    const indexes: number[] = [];
    for await (const [key] of disk.scan({ ...prefixRange(logKey("caseDirty", number)), limit: CASE_DIRTY_STEP }))
      indexes.push(indexOfKey(key));
    if (log !== undefined) await this.#readAhead(log, indexes, read);
    let taken = 0;
    for (const index of indexes) {
      // Cases that somebody filled take long, and what is to be put out of sight waits.
      if (taken > 0 && performance.now() - begun > CASE_STEP_MS) break;
      taken++;
      const dirty = logKey("caseDirty", number, index);
      writes.set(toHex(dirty), { key: dirty, value: undefined });
      const member = log === undefined ? undefined : await this.#read({ log, index }, read);
      // It was erased: with an alert goes its case.
      if (member === undefined) {
        const gone = logKey("case", number, index);
        writes.set(toHex(gone), { key: gone, value: undefined });
      }
      const root = member === undefined ? undefined : await this.#rootOf(member, read);
      if (root === undefined) continue;
      const rowKey = logKey("case", root.log.store.number, root.index);
      if (roots.has(toHex(rowKey))) continue;
      roots.add(toHex(rowKey));
      const held = await this.#fold(root, read);
      writes.set(toHex(rowKey), { key: rowKey, value: held === undefined ? undefined : this.#rowOf(held) });
    }
    if (writes.size > 0) await this.#rows.write([...writes.values()]);
    return { taken, isMore: taken < indexes.length || taken === CASE_DIRTY_STEP };
  }

  /** Entries that lie side by side, as those that were imported, are read together. */
  async #readAhead(log: NamedLog, indexes: readonly number[], read: ReadMembers): Promise<void> {
    const wanted = new Set(indexes);
    try {
      for (const { from, to } of rangesOf(indexes))
        for await (const run of log.store.entryRuns(from, to))
          for (const { index, leaf, parts } of run) {
            const bytes = wanted.has(index) ? parts.find(({ part }) => part === 0)?.bytes : undefined;
            const place = { log, index };
            const member = bytes === undefined ? undefined : this.#parse(place, leaf, readLeaf(leaf), bytes);
            if (member !== undefined) read.set(placeText(place), member);
          }
    } catch (error) {
      // Then each is read by itself, and those that are damaged are left out.
      if (!(error instanceof DiskError) || error.code !== "CORRUPT") throw error;
    }
  }

  async #fold(root: Place, read: ReadMembers = new Map()): Promise<HeldCase | undefined> {
    const first = await this.#read(root, read);
    if (first === undefined) return undefined;
    const members = await this.#membersOf(root, read);
    const key = entryKey(first.entry.ref);
    const group = groupByRoot([...members.values()].map(({ entry }) => entry)).get(key) ?? [];
    const readers = await this.#readersOf(first);
    const folded = foldCase(key, group, readers ?? [this.#core.ownId]);
    return folded === undefined ? undefined : { root, case: folded, members, readers };
  }

  /** The entry and everything held that refers to it, directly or not. */
  async #membersOf(root: Place, read: ReadMembers): Promise<ReadonlyMap<string, Member>> {
    const members = new Map<string, Member>();
    const seen = new Set<string>();
    const open = [root];
    for (let place = open.pop(); place !== undefined && seen.size < CASE_ENTRIES_MAX; place = open.pop()) {
      if (seen.has(placeText(place))) continue;
      seen.add(placeText(place));
      const member = await this.#read(place, read);
      if (member !== undefined) members.set(entryKey(member.entry.ref), member);
      // Also of what cannot be read: others may have referred to it.
      const hash = member?.entry.ref.leafHash ?? (await this.#references.leafHash(place));
      open.push(...(await this.#references.referrers(hash, CASE_ENTRIES_MAX)).toReversed());
    }
    return members;
  }

  async #rootOf({ place, entry }: Member, read: ReadMembers = new Map()): Promise<Place | undefined> {
    // What stands between an entry and its alert is read first, since the rule itself asks no disk.
    const known = new Map<string, CaseEntry>([[entryKey(entry.ref), entry]]);
    const places = new Map<string, Place>([[entryKey(entry.ref), place]]);
    for (let steps = 0; steps < CASE_CLIMB_MAX; steps++) {
      const root = rootOf(entry, (reference) => known.get(entryKey(reference)));
      const key = root === undefined ? undefined : entryKey(root);
      if (root === undefined || key === undefined) return undefined;
      if (known.has(key)) return places.get(key);
      const at = await this.#references.find(root);
      const above = at === undefined ? undefined : await this.#read(at, read);
      if (at === undefined || above === undefined) return undefined;
      known.set(key, above.entry);
      places.set(key, at);
    }
    return undefined;
  }

  /** `read`: those that were read a moment ago; to read a record is most of the work. */
  async #read(place: Place, read: ReadMembers = new Map()): Promise<Member | undefined> {
    const key = placeText(place);
    const known = read.get(key);
    if (known !== undefined) return known;
    const member = await this.#readAnew(place);
    if (member !== undefined) read.set(key, member);
    return member;
  }

  async #readAnew(place: Place): Promise<Member | undefined> {
    const { log, index } = place;
    const leaf = await log.store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (leaf === undefined || reading?.status !== "known" || reading.leaf.kind !== "record") return undefined;
    const bytes = await this.#entries.recordPart(log, index, reading.leaf);
    return bytes === undefined ? undefined : this.#parse(place, leaf, reading, bytes);
  }

  #parse(place: Place, leaf: Uint8Array, reading: LeafReading, bytes: Uint8Array): Member | undefined {
    if (reading.status !== "known" || reading.leaf.kind !== "record") return undefined;
    const { log, index } = place;
    const { time, parts } = reading.leaf;
    try {
      const record = readRecord(parsePart(bytes, log.store.id).content, parts.length);
      if (record.status !== "known") return undefined;
      const hash = leafHash(this.#core.init.crypto.sha256, leaf);
      const ref = { id: parseId(log.id), epoch: log.epoch, index, leafHash: hash };
      return { place, entry: { ref, record }, time, audience: parts[0]?.audience ?? 0 };
    } catch (error) {
      // One bad record is set aside; the case goes on.
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Ids of those who may read the record of an entry, its owner left out. */
  async #readersOf({ place, audience }: Member): Promise<readonly string[] | undefined> {
    const { mirror } = place.log;
    const members =
      mirror === undefined
        ? await this.#core.ownAudiences.members(audience)
        : (await mirror.audiences.get(mirror.chain, audience)).members;
    return members === undefined ? undefined : [...members];
  }
}

function placeText({ log, index }: Place): string {
  return `${log.store.number}/${index}`;
}

/** Of ascending numbers: those that follow each other, together. */
function rangesOf(indexes: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last?.to === index) last.to = index + 1;
    else ranges.push({ from: index, to: index + 1 });
  }
  return ranges;
}
