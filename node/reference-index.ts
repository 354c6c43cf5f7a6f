import { toHex } from "../protocol/bytes.ts";
import type { Reference } from "../protocol/name.ts";
import { FormatError } from "../protocol/format-error.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { leafHash } from "../protocol/merkle/hash.ts";
import { parsePart } from "../protocol/part.ts";
import { type Envelope, parseEnvelope } from "../protocol/record/envelope.ts";
import type { Core } from "./core.ts";
import type { DiskWrite } from "./disk.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { bytesKey, logKey, prefixRange, u32, u48 } from "./keyspace.ts";
import type { Reader } from "./reader.ts";
import { type EntrySummary, type EntryText, ServiceError } from "./service.ts";

/** Entries of one thread that are shown; a case has dozens. */
const THREAD_MAX = 1000;
/** References one record is followed for while climbing to the beginning of a thread. */
const CLIMB_MAX = 1000;

const NOTHING = new Uint8Array(0);

export type Place = { readonly log: NamedLog; readonly index: number };

/** Which entries refer to which: computed from the records held, rebuilt at any time, brought up to date when asked. */
export class ReferenceIndex {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #reader: Reader;

  constructor(core: Core, entries: Entries, reader: Reader) {
    this.#core = core;
    this.#entries = entries;
    this.#reader = reader;
  }

  async thread(
    entry: EntryText,
    language?: string,
  ): Promise<readonly { readonly depth: number; readonly entry: EntrySummary }[]> {
    await this.upToDate();
    const shown: { depth: number; entry: EntrySummary }[] = [];
    for await (const { log, index, depth } of this.#below(await this.#climb(this.#entries.locate(entry))))
      shown.push({ depth, entry: await this.#reader.summary(log, index, language) });
    return shown;
  }

  /** Entries of one authority (by id) that refer to this one, directly or not. */
  async answers(entry: EntryText, authority: string): Promise<readonly EntryText[]> {
    await this.upToDate();
    const found: EntryText[] = [];
    for await (const { log, index, depth } of this.#below(this.#entries.locate(entry)))
      if (depth > 0 && log.id === authority) found.push(this.#entries.entryText(log, index));
    return found;
  }

  /** The place of an entry that a reference names, if it is here and what stands there is what is meant. */
  async find(reference: Reference): Promise<Place | undefined> {
    const log = this.#entries.logs().find((one) => one.id === toHex(reference.id) && one.epoch === reference.epoch);
    if (log === undefined || reference.index >= log.store.head.size) return undefined;
    return toHex(await this.leafHash({ log, index: reference.index })) === toHex(reference.leafHash)
      ? { log, index: reference.index }
      : undefined;
  }

  /** Brings the index up to what is stored. */
  async upToDate(): Promise<void> {
    while (await this.step());
  }

  /** Indexes the next run of one log; whether there was one. */
  async step(): Promise<boolean> {
    const { sight } = this.#core.parts;
    for (const log of this.#entries.logs()) {
      if ((await this.#from(log)) >= log.store.head.size) continue;
      // In turn: a record that comes late has the log looked through again from there. And nothing that is read goes meanwhile.
      if (await log.store.inTurn(() => sight.run(() => this.#indexRun(log)))) return true;
    }
    return false;
  }

  /** The first entry of a log that was not looked through. */
  async #from({ store }: NamedLog): Promise<number> {
    const stored = await this.#core.init.disk.get(logKey("indexed", store.number));
    return stored === undefined ? 0 : Buffer.from(stored).readUIntBE(0, 6);
  }

  /** Entries held that refer to the one whose leaf has this hash, at most so many. */
  async referrers(leafHashOf: Uint8Array, max: number): Promise<readonly Place[]> {
    const logs = new Map(this.#entries.logs().map((log) => [log.store.number, log]));
    const places: Place[] = [];
    const range = { ...prefixRange(bytesKey("reference", leafHashOf)), limit: max };
    for await (const [key] of this.#core.init.disk.scan(range)) {
      const tail = Buffer.from(key.subarray(33));
      const log = logs.get(tail.readUInt32BE(0));
      if (log !== undefined) places.push({ log, index: tail.readUIntBE(4, 6) });
    }
    return places;
  }

  async leafHash({ log, index }: Place): Promise<Uint8Array> {
    const leaf = await log.store.readLeaf(index);
    if (leaf === undefined)
      throw new ServiceError("NOT_FOUND", `${this.#entries.entryText(log, index)} is not here`, null);
    return leafHash(this.#core.init.crypto.sha256, leaf);
  }

  /** An entry and everything held that refers to it, in causal order, each once. */
  async *#below(start: Place): AsyncGenerator<Place & { readonly depth: number }> {
    const seen = new Set<string>();
    const open = [{ ...start, depth: 0 }];
    for (let place = open.pop(); place !== undefined && seen.size < THREAD_MAX; place = open.pop()) {
      const text = this.#entries.entryText(place.log, place.index);
      if (seen.has(text)) continue;
      seen.add(text);
      yield place;
      const { depth } = place;
      const referrers = await this.referrers(await this.leafHash(place), THREAD_MAX);
      open.push(...referrers.map((next) => ({ ...next, depth: depth + 1 })).reverse());
    }
  }

  /** The first entry of the thread: the first reference of each, until there is none that is here. */
  async #climb(from: Place): Promise<Place> {
    const seen = new Set<string>();
    let place = from;
    for (let steps = 0; steps < CLIMB_MAX; steps++) {
      seen.add(this.#entries.entryText(place.log, place.index));
      const above = await this.#firstReference(place);
      if (above === undefined || seen.has(this.#entries.entryText(above.log, above.index))) return place;
      place = above;
    }
    return place;
  }

  async #firstReference(place: Place): Promise<Place | undefined> {
    const [reference] = (await this.#envelope(place))?.refs ?? [];
    return reference === undefined ? undefined : this.find(reference);
  }

  async #envelope({ log, index }: Place): Promise<Envelope | undefined> {
    const leaf = await log.store.readLeaf(index);
    return leaf === undefined ? undefined : this.#envelopeAt(log, index, leaf);
  }

  async #envelopeAt(log: NamedLog, index: number, leaf: Uint8Array): Promise<Envelope | undefined> {
    const reading = readLeaf(leaf);
    if (reading.status !== "known" || reading.leaf.kind !== "record") return undefined;
    const part = await this.#entries.recordPart(log, index, reading.leaf);
    return part === undefined ? undefined : envelopeOf(part, log.store.id);
  }

  /** Whether there was one. */
  async #indexRun(log: NamedLog): Promise<boolean> {
    const { store } = log;
    const { disk } = this.#core.init;
    const cursorKey = logKey("indexed", store.number);
    const from = await this.#from(log);
    const { size } = store.head;
    if (from >= size) return false;
    for await (const run of store.entryRuns(from, size)) {
      if (run.length === 0) continue;
      const writes: DiskWrite[] = [];
      let next = from;
      for (const entry of run) {
        next = entry.index + 1;
        const envelope = await this.#envelopeAt(log, entry.index, entry.leaf);
        if (envelope === undefined) continue;
        writes.push({ key: logKey("caseDirty", store.number, entry.index), value: NOTHING });
        for (const reference of envelope.refs) {
          writes.push({
            key: bytesKey("reference", reference.leafHash, u32(store.number), u48(entry.index)),
            value: NOTHING,
          });
        }
      }
      await disk.write([...writes, { key: cursorKey, value: u48(next) }], false);
      break;
    }
    return true;
  }
}

function envelopeOf(part: Uint8Array, owner: Uint8Array): Envelope | undefined {
  try {
    return parseEnvelope(parsePart(part, owner).content);
  } catch (error) {
    // One bad record is set aside; the index goes on.
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
