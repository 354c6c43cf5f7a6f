import { chmodSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SearchError } from "./search-error.ts";

/** Of the tables below, and of what is written into them: a file of another number is made anew. */
const SCHEMA = 2;

/**
 * `words` keeps no text, only which token stands where. Its tokenizer parts at spaces and folds nothing that is not folded:
 * `tokens.ts` has done all.
 */
const TABLES = `
  CREATE TABLE made (knows TEXT NOT NULL);
  CREATE TABLE log (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, epoch INTEGER NOT NULL,
    position INTEGER NOT NULL, last TEXT NOT NULL, UNIQUE (id, epoch));
  CREATE TABLE entry (number INTEGER PRIMARY KEY AUTOINCREMENT, log INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE (log, at));
  CREATE TABLE purge (due INTEGER PRIMARY KEY);
  CREATE VIRTUAL TABLE words USING fts5 (tokens, content='', contentless_delete=1, tokenize='ascii');
  INSERT INTO words (words, rank) VALUES ('automerge', 0), ('deletemerge', 0), ('crisismerge', 1000);
  PRAGMA user_version = ${SCHEMA};`;

/**
 * The write-ahead log is copied into the file in small steps; nothing waits for the disk but these copies: after a power
 * failure the file is what it was a moment before. What is deleted is overwritten.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  PRAGMA wal_autocheckpoint = 256;
  PRAGMA journal_size_limit = 4194304;
  PRAGMA cache_size = -8192;
  PRAGMA temp_store = MEMORY;`;

/** Pages that one step of tidying writes: five milliseconds. */
const MERGE_PAGES = 16;

/** Segments after which tidying begins: to find a word each of them is looked into. */
const SEGMENTS_MAX = 24;

/** How far a log is indexed. */
export type LogPosition = {
  readonly id: string;
  readonly epoch: number;
  /** Entries below it are in the index, as far as they belong there. */
  readonly position: number;
  /** Leaf hash of the last of them, in hex; empty where there is none. */
  readonly last: string;
};

export type EntryPlace = { readonly id: string; readonly epoch: number; readonly index: number };

export type EntryWords = {
  readonly index: number;
  /** Everything by which it is found; `undefined` where it is in the index no more. */
  readonly words: string | undefined;
  /** Whether words by which it was found are to be overwritten. */
  readonly hasLost: boolean;
};

/** What one transaction brings. */
export type IndexStep = {
  /** How far the log was indexed when this was made: else somebody began anew meanwhile, and nothing is written. */
  readonly from: number;
  readonly log: LogPosition;
  readonly entries: readonly EntryWords[];
  /** Whether it must outlive a power failure: what is not repeated from `from` on. */
  readonly isDurable: boolean;
};

/** The better the smaller its rank. */
export type Hit = EntryPlace & { readonly rank: number };

/**
 * The search index: one SQLite file that is made from the logs, and may be lost at any time. It is opened when it is first
 * used; what is there and cannot be used is deleted. Everything throws `SearchError`.
 */
export class SearchDatabase {
  readonly #path: string;
  /** What the program can read of records: another one would have indexed other words. */
  readonly #knows: string;
  #opened: Open | undefined;

  constructor(path: string, knows: string) {
    this.#path = path;
    this.#knows = knows;
  }

  /** Deletes all; it begins anew with the next use. */
  renew(): void {
    this.close();
    this.#guard(() => removeFiles(this.#path));
  }

  /** Whether somebody deleted or replaced the file. */
  get isGone(): boolean {
    return this.#opened !== undefined && this.#opened.inode !== inodeOf(this.#path);
  }

  /** Entries that are found by their words. */
  get entries(): number {
    return this.#open.entries;
  }

  position(id: string, epoch: number): LogPosition {
    return this.#open.positions.get(`${id}/${epoch}`) ?? { id, epoch, position: 0, last: "" };
  }

  /** All or nothing; whether it was written. Entries that are there already are replaced. */
  write({ from, log, entries, isDurable }: IndexStep): boolean {
    if (this.position(log.id, log.epoch).position !== from) return false;
    this.#guard(() =>
      this.#transaction(isDurable, () => {
        const { id, epoch, position, last } = log;
        this.#open.putLog.run(id, epoch, position, last);
        const number = this.#logNumber(id, epoch);
        for (const { index, words, hasLost } of entries) {
          const wasThere = this.#remove(number, index);
          if (words !== undefined) this.#insert(number, index, words);
          // What was replaced is words that are there again, unless some of them had to go.
          if (wasThere && (words === undefined || hasLost)) this.#purgeLater();
        }
      }),
    );
    this.#open.positions.set(`${log.id}/${log.epoch}`, log);
    return true;
  }

  /** Of what `expression` (of FTS5) finds the `limit` entries that came last, in that order. */
  find(expression: string, limit: number): readonly Hit[] {
    const rows = this.#guard(() => this.#open.find.all(expression, limit));
    return rows.map((row) => ({
      id: String(row["id"]),
      epoch: Number(row["epoch"]),
      index: Number(row["at"]),
      rank: Number(row["rank"]),
    }));
  }

  /** How many entries `expression` finds, counted to `limit`. */
  count(expression: string, limit: number): number {
    return this.#guard(() => this.#open.count.all(expression, limit).length);
  }

  /** One short step of tidying up; whether more is to be done. What was erased is overwritten by the last one. */
  tidy(): boolean {
    return this.#guard(() => {
      const { isPurging } = this.#open;
      if (!isPurging && this.#segments() <= SEGMENTS_MAX) return false;
      const before = this.#changes();
      this.#open.merge.run(this.#open.hasBegunPurge || !isPurging ? MERGE_PAGES : -MERGE_PAGES);
      this.#open.hasBegunPurge = isPurging;
      const isDone = this.#changes() - before < 2;
      if (isPurging && isDone) this.#endPurge();
      return !isDone;
    });
  }

  close(): void {
    this.#opened?.database.close();
    this.#opened = undefined;
  }

  get #open(): Open {
    return (this.#opened ??= openFile(this.#path, this.#knows));
  }

  #endPurge(): void {
    this.#open.database.exec("DELETE FROM purge; PRAGMA wal_checkpoint(TRUNCATE)");
    this.#open.isPurging = false;
    this.#open.hasBegunPurge = false;
  }

  #segments(): number {
    return Number(this.#open.segments.get()?.["count"]);
  }

  #changes(): number {
    return Number(this.#open.changes.get()?.["count"]);
  }

  #logNumber(id: string, epoch: number): number {
    return Number(this.#open.logNumber.get(id, epoch)?.["number"] ?? -1);
  }

  #insert(log: number, index: number, words: string): void {
    const { lastInsertRowid } = this.#open.putEntry.run(log, index);
    this.#open.putWords.run(lastInsertRowid, words);
    this.#open.entries += 1;
  }

  /** Whether it was there. */
  #remove(log: number, index: number): boolean {
    const number = this.#open.entryNumber.get(log, index)?.["number"];
    if (number === undefined || number === null) return false;
    this.#open.deleteWords.run(number);
    this.#open.deleteEntry.run(number);
    this.#open.entries -= 1;
    return true;
  }

  /** Deleted words still stand in the file, and are only passed over. */
  #purgeLater(): void {
    this.#open.putPurge.run();
    this.#open.isPurging = true;
    // What was merged so far may have them.
    this.#open.hasBegunPurge = false;
  }

  #transaction(isDurable: boolean, step: () => void): void {
    const { database, entries } = this.#open;
    database.exec(`PRAGMA synchronous = ${isDurable ? "FULL" : "NORMAL"}; BEGIN IMMEDIATE`);
    try {
      step();
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      this.#open.entries = entries;
      throw error;
    }
  }

  #guard<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      throw toSearchError(error);
    }
  }
}

/** What is kept of an open file: its statements, and what would take long to ask each time. */
type Open = ReturnType<typeof openFile>;

function openFile(path: string, knows: string) {
  try {
    return tryOpen(path, knows);
  } catch (error) {
    if (isOutside(error)) throw toSearchError(error);
  }
  // Whatever else is wrong with it: nothing is in it that is not made again.
  try {
    removeFiles(path);
    return tryOpen(path, knows);
  } catch (error) {
    throw toSearchError(error);
  }
}

function tryOpen(path: string, knows: string) {
  const isNew = inodeOf(path) === undefined;
  makePlace(path, isNew);
  const database = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    database.exec(SETTINGS);
    if (isNew) makeTables(database, knows);
    const { user_version: schema } = database.prepare("PRAGMA user_version").get() ?? {};
    if (schema !== SCHEMA || database.prepare("SELECT knows FROM made").get()?.["knows"] !== knows)
      throw new SearchError("DAMAGED", "the index was made by another version", undefined);
    return prepared(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A directory of its own; and nothing beside a new file that belonged to an older one, which SQLite would take for its own. */
function makePlace(path: string, isNew: boolean): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  chmodSync(dirname(path), 0o700);
  if (isNew) removeFiles(path);
}

function makeTables(database: DatabaseSync, knows: string): void {
  database.exec("BEGIN");
  database.exec(TABLES);
  database.prepare("INSERT INTO made (knows) VALUES (?)").run(knows);
  database.exec("COMMIT");
}

function prepared(database: DatabaseSync, path: string) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  const positions = new Map<string, LogPosition>();
  for (const row of statement("SELECT id, epoch, position, last FROM log").all()) {
    const [id, epoch] = [String(row["id"]), Number(row["epoch"])];
    positions.set(`${id}/${epoch}`, { id, epoch, position: Number(row["position"]), last: String(row["last"]) });
  }
  return {
    database,
    positions,
    inode: inodeOf(path),
    entries: Number(statement("SELECT count(*) AS count FROM entry").get()?.["count"]),
    isPurging: statement("SELECT due FROM purge").get() !== undefined,
    hasBegunPurge: false,
    putLog: statement(
      "INSERT INTO log (id, epoch, position, last) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position, last = excluded.last",
    ),
    logNumber: statement("SELECT number FROM log WHERE id = ? AND epoch = ?"),
    entryNumber: statement("SELECT number FROM entry WHERE log = ? AND at = ?"),
    putEntry: statement("INSERT INTO entry (log, at) VALUES (?, ?)"),
    putWords: statement("INSERT INTO words (rowid, tokens) VALUES (?, ?)"),
    deleteEntry: statement("DELETE FROM entry WHERE number = ?"),
    deleteWords: statement("DELETE FROM words WHERE rowid = ?"),
    putPurge: statement("INSERT OR IGNORE INTO purge (due) VALUES (1)"),
    // The newest first is the order in which FTS5 walks, and it ends where the limit is.
    find: statement(
      `SELECT id, epoch, at, rank FROM (SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?) AS found
       JOIN entry ON entry.number = found.rowid JOIN log ON log.number = entry.log ORDER BY found.rowid DESC`,
    ),
    count: statement("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"),
    merge: statement("INSERT INTO words (words, rank) VALUES ('merge', ?)"),
    segments: statement("SELECT count(DISTINCT segid) AS count FROM words_idx"),
    changes: statement("SELECT total_changes() AS count"),
  };
}

function removeFiles(path: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${path}${end}`, { force: true });
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** SQLite's codes: corrupt, not a database. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/** What is no fault of the file: no permission, in use, read only, input or output, full, cannot be opened. */
const OUTSIDE: ReadonlySet<number> = new Set([3, 5, 6, 8, 10, 13, 14]);

/** Also what the file system itself says. */
function isOutside(error: unknown): boolean {
  return OUTSIDE.has(codeOf(error) ?? 0) || (error instanceof Error && "syscall" in error);
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

function toSearchError(error: unknown): SearchError {
  if (error instanceof SearchError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new SearchError(DAMAGED.has(codeOf(error) ?? 0) ? "DAMAGED" : "FAILED", text, error);
}
