import { toHex } from "../protocol/bytes.ts";
import { caseDigest } from "../protocol/case/digest.ts";
import { type CaseEntry, entryKey } from "../protocol/case/entry.ts";
import { type Case, foldCase } from "../protocol/case/fold.ts";
import type { CaseNode } from "../protocol/case/graph.ts";
import { groupByRoot, rootOf } from "../protocol/case/root.ts";
import { FormatError } from "../protocol/format-error.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { parseId, type Reference } from "../protocol/name.ts";
import { parsePart } from "../protocol/part.ts";
import { readRecord } from "../protocol/record/index.ts";
import { type CaseKey, CaseRows, type RowQuery } from "./case-rows.ts";
import { isoTime } from "./clock.ts";
import type { Core } from "./core.ts";
import type { DiskWrite } from "./disk.ts";
import type { Entries } from "./entries.ts";
import { indexOfKey, logKey, prefixRange } from "./keyspace.ts";
import { CASE_CLIMB_MAX, CASE_DIRTY_STEP } from "./limits.ts";
import type { Place, ReferenceIndex } from "./reference-index.ts";
import { type EntryText, ServiceError } from "./service.ts";
import { Turns } from "./turns.ts";
import type { FirstWitnessed } from "./witness.ts";

/** An entry of a case where it lies, with its owner's claim of when it was appended. */
export type Member = { readonly place: Place; readonly entry: CaseEntry; readonly time: number };

/** By log and index. */
type ReadMembers = Map<string, Member>;

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

  /** What lists show: a row for each case, in no order. */
  async *rows(
    onProgress: (done: number) => void,
  ): AsyncGenerator<{ readonly root: EntryText; readonly row: Uint8Array }> {
    await this.upToDate(onProgress);
    const logs = new Map(this.#entries.logs().map((log) => [log.store.number, log]));
    for (const [number, log] of logs)
      for await (const [key, row] of this.#core.init.disk.scan(prefixRange(logKey("case", number))))
        yield { root: this.#entries.entryText(log, indexOfKey(key)), row };
  }

  /** References of those entries of a case that another authority may read too, as far as is known here. */
  async sharedWith(held: HeldCase, authority: string): Promise<readonly Reference[]> {
    const shared: Reference[] = [];
    for (const { place, entry } of held.members.values()) {
      const readers = await this.#readersOf(place);
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
  upToDate(onProgress: (done: number) => void): Promise<void> {
    return this.#turns.run(async () => {
      await this.#references.upToDate();
      let done = 0;
      for (const log of this.#entries.logs()) {
        for (;;) {
          const taken = await this.#refold(log.store.number);
          done += taken;
          onProgress(done);
          if (taken < CASE_DIRTY_STEP) break;
        }
      }
    });
  }

  /** Folds the cases of some entries anew. The number of entries. */
  async #refold(number: number): Promise<number> {
    const { disk } = this.#core.init;
    const log = this.#entries.logs().find(({ store }) => store.number === number);
    const writes = new Map<string, DiskWrite>();
    const roots = new Set<string>();
    const read: ReadMembers = new Map();
    let taken = 0;
    for await (const [key] of disk.scan({ ...prefixRange(logKey("caseDirty", number)), limit: CASE_DIRTY_STEP })) {
      taken++;
      writes.set(toHex(key), { key, value: undefined });
      const index = indexOfKey(key);
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
    return taken;
  }

  async #fold(root: Place, read: ReadMembers = new Map()): Promise<HeldCase | undefined> {
    const first = await this.#read(root, read);
    if (first === undefined) return undefined;
    const members = new Map<string, Member>();
    for await (const place of this.#references.referring(root)) {
      const member = await this.#read(place, read);
      if (member !== undefined) members.set(entryKey(member.entry.ref), member);
    }
    const key = entryKey(first.entry.ref);
    const group = groupByRoot([...members.values()].map(({ entry }) => entry)).get(key) ?? [];
    const readers = await this.#readersOf(root);
    const folded = foldCase(key, group, readers ?? [this.#core.ownId]);
    return folded === undefined ? undefined : { root, case: folded, members, readers };
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
    const key = `${place.log.store.number}/${place.index}`;
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
    if (bytes === undefined) return undefined;
    try {
      const record = readRecord(parsePart(bytes, log.store.id).content, reading.leaf.parts.length);
      if (record.status !== "known") return undefined;
      const hash = leafHash(this.#core.init.crypto.sha256, leaf);
      const ref = { id: parseId(log.id), epoch: log.epoch, index, leafHash: hash };
      return { place, entry: { ref, record }, time: reading.leaf.time };
    } catch (error) {
      // One bad record is set aside; the case goes on.
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Ids of those who may read the record of an entry, its owner left out. */
  async #readersOf({ log, index }: Place): Promise<readonly string[] | undefined> {
    const leaf = await log.store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    if (reading?.status !== "known" || reading.leaf.kind !== "record") return undefined;
    const [part] = reading.leaf.parts;
    if (part === undefined) return undefined;
    const members =
      log.mirror === undefined
        ? await this.#core.ownAudiences.members(part.audience)
        : (await log.mirror.audiences.get(log.mirror.chain, part.audience)).members;
    return members === undefined ? undefined : [...members];
  }
}
