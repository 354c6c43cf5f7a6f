import { toHex } from "../../protocol/bytes.ts";
import { type Chain, disavowedFrom } from "../../protocol/charter-chain.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { Background } from "../background.ts";
import type { Core } from "../core.ts";
import { DiskError } from "../disk.ts";
import type { Entries, NamedLog } from "../entries.ts";
import { indexOfKey, logKey, prefixRange } from "../keyspace.ts";
import { INDEX_AGAIN_STEP, INDEX_REST_TIMES, INDEX_RETRY_MS, INDEX_SLICE_ENTRIES, INDEX_SLICE_MS } from "../limits.ts";
import type { StoredEntry } from "../log-store.ts";
import type { IndexStatus } from "../service.ts";
import { isWithout, searchAnew } from "./anew.ts";
import { type EntryWords, SearchDatabase } from "./database.ts";
import { type Readable, wordsOf } from "./entry-words.ts";
import { ReadableEntries } from "./readable.ts";
import { SearchError } from "./search-error.ts";

/** Says which records this program understands: a later one finds more in those that are indexed already. */
const KNOWS = RECORD_TYPES.map(({ name, version }) => `${name}/${version}`).join(" ");

/**
 * Keeps the search index as the logs are: behind them, in slices that hold up nothing, each of which is one transaction
 * with the position to which it leads. Whatever is wrong with the file, it is deleted and made anew.
 */
export class Indexer {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #database: SearchDatabase;
  readonly readable: ReadableEntries;
  /** Logs of which was seen that the index is of what they hold, by id and epoch. */
  readonly #checked = new Set<string>();
  /** Until when logs are left alone of which something could not be read, by the same. */
  readonly #unreadable = new Map<string, number>();
  readonly #background: Background;

  /** `path`: of the file, which is made where it is not there. */
  constructor(core: Core, entries: Entries, path: string) {
    this.#core = core;
    this.#entries = entries;
    this.#database = new SearchDatabase(path, KNOWS);
    this.readable = new ReadableEntries(core.parts);
    const step = (): Promise<boolean> => this.#step();
    this.#background = new Background({ core, what: "the search index", step, restTimes: INDEX_REST_TIMES });
  }

  start(): void {
    this.#background.start();
  }

  /** Resolves when the file is closed. */
  async stop(): Promise<void> {
    await this.#background.stop();
    this.#database.close();
  }

  /** Entries that are found by their words. */
  get count(): number {
    return this.#database.entries;
  }

  /** Entries that were not looked through yet. */
  get behind(): number {
    return this.#entries
      .logs()
      .reduce((sum, log) => sum + Math.max(0, endOf(this.#core, log) - this.#positionOf(log)), 0);
  }

  /** Resolves when all that was here when it was called is in the index. */
  upToDate(): Promise<void> {
    return this.#background.upToDate();
  }

  get status(): IndexStatus {
    try {
      return { entries: this.count, behind: this.behind, problem: this.#background.problem };
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      return { entries: 0, behind: 0, problem: error.message };
    }
  }

  /** Asks the index. Throws `SearchError`; a damaged file is made anew. */
  ask<T>(question: (database: SearchDatabase) => T): T {
    try {
      if (this.#database.isGone) this.#renew("the file of the search index is gone: it is made anew");
      return question(this.#database);
    } catch (error) {
      if (isDamage(error)) this.#renew("the search index is damaged: it is made anew");
      throw error;
    }
  }

  /** What the index says of an entry is not what can be read of it: it is read once more. */
  async readAnew({ store }: NamedLog, index: number): Promise<void> {
    await this.#core.init.disk.write([searchAnew(store, index)], false);
    this.#background.wake();
  }

  #renew(why: string): void {
    this.#core.log.warn({}, why);
    this.#checked.clear();
    this.#database.renew();
    this.#background.wake();
  }

  /** Does what is to be done first; whether there may be more. */
  async #step(): Promise<boolean> {
    if (this.#core.init.space.space.state === "full") return false;
    if (this.#database.isGone) this.#renew("the file of the search index is gone: it is made anew");
    // A single new alert does not wait for twenty years of somebody's history.
    const logs = this.#entries.logs().toSorted((a, b) => this.#leftOf(a) - this.#leftOf(b));
    for (const log of logs) if (await this.#stepOf(log)) return true;
    return this.#timed(() => this.#database.tidy());
  }

  async #stepOf(log: NamedLog): Promise<boolean> {
    const key = keyOf(log);
    if (performance.now() < (this.#unreadable.get(key) ?? 0)) return false;
    try {
      if (await this.#isOfThis(log)) return (await this.#again(log)) || (await this.#follow(log));
      this.#renew("the search index is of another store: it is made anew");
      return true;
    } catch (error) {
      if (isDamage(error)) {
        this.#renew("the search index is damaged: it is made anew");
        return true;
      }
      if (!(error instanceof DiskError) || error.code !== "CORRUPT") throw error;
      // A scrub mends it; the other logs need not wait for that.
      this.#core.log.warn({ log: log.name, error: error.message }, "the search index stays behind of a damaged log");
      this.#unreadable.set(key, performance.now() + INDEX_RETRY_MS);
      return false;
    }
  }

  /** Whether what is indexed of a log is the beginning of what it holds: else its store was put back from a backup. */
  async #isOfThis(log: NamedLog): Promise<boolean> {
    const { id, epoch, store } = log;
    const { position, last } = this.#database.position(id, epoch);
    if (position > endOf(this.#core, log)) return false;
    const key = keyOf(log);
    if (!this.#checked.has(key) && position > 0) {
      const leaf = await store.readLeaf(position - 1);
      if (leaf === undefined || this.#hash(leaf) !== last) return false;
    }
    this.#checked.add(key);
    return true;
  }

  /** Indexes the next run of a log; whether there was one. */
  async #follow(log: NamedLog): Promise<boolean> {
    const end = endOf(this.#core, log);
    const from = this.#positionOf(log);
    if (from >= end) return false;
    for await (const run of log.store.entryRuns(from, end)) {
      if (run.length === 0) continue;
      for (let at = 0; at < run.length && !this.#background.isStopped;) {
        const taken = await this.#slice(log, run, at);
        // Somebody began anew.
        if (taken === 0) break;
        at += taken;
      }
      break;
    }
    return true;
  }

  /** One transaction; how many entries it took, 0 where the index is not where they begin. */
  async #slice(log: NamedLog, run: readonly StoredEntry[], at: number): Promise<number> {
    const begun = performance.now();
    const { id, epoch } = log;
    const entries: EntryWords[] = [];
    let taken = 0;
    const from = run[at]?.index ?? 0;
    let last: StoredEntry | undefined;
    for (const entry of run.slice(at, at + INDEX_SLICE_ENTRIES)) {
      if (taken > 0 && performance.now() - begun > INDEX_SLICE_MS) break;
      taken += 1;
      last = entry;
      const words = this.#wordsOf(log, await this.readable.of(log, entry));
      if (words !== undefined) entries.push({ index: entry.index, words, hasLost: false });
    }
    if (last === undefined) return 0;
    const position = { id, epoch, position: last.index + 1, last: this.#hash(last.leaf) };
    const isWritten = this.#database.write({ from, log: position, entries, isDurable: false });
    await this.#background.rest(begun);
    await this.#timed(() => this.#database.tidy());
    return isWritten ? taken : 0;
  }

  /** Entries of which parts came or went later; whether there were any. */
  async #again(log: NamedLog): Promise<boolean> {
    const { disk } = this.#core.init;
    const { id, epoch, store } = log;
    const begun = performance.now();
    // In turn: a part that comes now marks its entry once more.
    const taken = await store.inTurn(async () => {
      const keys: Uint8Array[] = [];
      const entries: EntryWords[] = [];
      const position = this.#database.position(id, epoch);
      const range = { ...prefixRange(logKey("unsearched", store.number)), limit: INDEX_AGAIN_STEP };
      for await (const [key] of disk.scan(range)) {
        keys.push(key);
        const index = indexOfKey(key);
        // What is above is read when its turn comes.
        if (index >= position.position) continue;
        const words = this.#wordsOf(log, await this.readable.at(log, index));
        entries.push({ index, words, hasLost: isWithout(key) });
      }
      if (entries.length > 0)
        this.#database.write({ from: position.position, log: position, entries, isDurable: true });
      if (keys.length > 0)
        await disk.write(
          keys.map((key) => ({ key, value: undefined })),
          false,
        );
      return keys.length;
    });
    if (taken > 0) await this.#background.rest(begun);
    return taken > 0;
  }

  #wordsOf({ id }: NamedLog, readable: Readable | undefined): string | undefined {
    return readable === undefined ? undefined : wordsOf(readable, id, this.#core.init.crypto.sha256);
  }

  #positionOf({ id, epoch }: NamedLog): number {
    return this.#database.position(id, epoch).position;
  }

  #leftOf(log: NamedLog): number {
    return endOf(this.#core, log) - this.#positionOf(log);
  }

  #hash(leaf: Uint8Array): string {
    return toHex(leafHash(this.#core.init.crypto.sha256, leaf));
  }

  async #timed<T>(step: () => T): Promise<T> {
    const begun = performance.now();
    const result = step();
    await this.#background.rest(begun);
    return result;
  }
}

/** Where the entries of a log end that have an effect: what its owner took back is in no index. */
export function endOf(core: Core, { epoch, store, mirror }: NamedLog): number {
  const chain: Chain = mirror === undefined ? core.ownChain : mirror.chain;
  return Math.min(store.head.size, disavowedFrom(chain, epoch));
}

function keyOf({ id, epoch }: NamedLog): string {
  return `${id}/${epoch}`;
}

function isDamage(error: unknown): boolean {
  return error instanceof SearchError && error.code === "DAMAGED";
}
