import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type IndexStep, SearchDatabase } from "../../node/search/database.ts";

const ID = "aa".repeat(32);

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "entente-test-"));
  path = join(home, "index", "search.sqlite");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function step(from: number, ...words: readonly string[]): IndexStep {
  return {
    from,
    log: { id: ID, epoch: 0, position: from + words.length, last: "ff" },
    entries: words.map((text, at) => ({ index: from + at, words: text, hasLost: false })),
    isDurable: false,
  };
}

function opened(knows = "alert/1"): SearchDatabase {
  return new SearchDatabase(path, knows);
}

function found(database: SearchDatabase, word: string): readonly number[] {
  return database.find(`"${word}"`, 10).map(({ index }) => index);
}

it("goes on where it ended, the newest first", () => {
  const first = opened();
  expect(first.write(step(0, "one two", "two"))).toBe(true);
  first.close();
  const second = opened();
  expect(second.position(ID, 0)).toEqual({ id: ID, epoch: 0, position: 2, last: "ff" });
  expect(second.write(step(2, "three two"))).toBe(true);
  expect(found(second, "two")).toEqual([2, 1, 0]);
  expect(second.find('"two"', 2)).toHaveLength(2);
  expect(second.count('"two"', 2)).toBe(2);
  expect(second.entries).toBe(3);
  second.close();
});

it("lies in a directory of its own, for its user alone", () => {
  const database = opened();
  database.write(step(0, "one"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, "index")).mode & 0o777).toBe(0o700);
  for (const end of ["-wal", "-shm"]) expect(statSync(`${path}${end}`).mode & 0o077).toBe(0);
  database.close();
});

it("takes nothing that does not begin where it is", () => {
  const database = opened();
  database.write(step(0, "one", "two"));
  // As when somebody deleted the file while entries were read.
  database.renew();
  expect(database.write(step(2, "three"))).toBe(false);
  expect(found(database, "three")).toEqual([]);
  expect(database.write(step(0, "one"))).toBe(true);
  expect(found(database, "one")).toEqual([0]);
  database.close();
});

it("of a step that fails nothing is there", () => {
  const database = opened();
  database.write(step(0, "one"));
  const broken = step(1, "two", "three");
  const bad = { ...broken, entries: [...broken.entries, { index: Number.NaN, words: "four", hasLost: false }] };
  expect(() => database.write({ ...bad, log: { ...bad.log, last: {} as never } })).toThrow();
  expect(database.position(ID, 0).position).toBe(1);
  expect({ two: found(database, "two"), entries: database.entries }).toEqual({ two: [], entries: 1 });
  expect(database.write(broken)).toBe(true);
  expect(found(database, "three")).toEqual([2]);
  database.close();
});

it.each([
  ["a program that reads other records", () => undefined, "alert/1 alert/2"],
  ["another schema", (file: string) => change(file, "PRAGMA user_version = 99"), "alert/1"],
  ["a table less", (file: string) => change(file, "DROP TABLE entry"), "alert/1"],
  ["no database", (file: string) => writeFileSync(file, "x".repeat(9_000)), "alert/1"],
  ["nothing", (file: string) => writeFileSync(file, ""), "alert/1"],
])("is made anew for %s", (_, damage, knows) => {
  const first = opened();
  first.write(step(0, "one"));
  first.close();
  damage(path);
  const second = opened(knows);
  expect(second.position(ID, 0).position).toBe(0);
  expect(second.write(step(0, "two"))).toBe(true);
  expect({ one: found(second, "one"), two: found(second, "two") }).toEqual({ one: [], two: [0] });
  second.close();
});

it("does not take up a write-ahead log that an older file left", () => {
  const first = opened();
  first.write(step(0, "one"));
  rmSync(path);
  expect(first.isGone).toBe(true);
  const second = opened();
  expect(second.position(ID, 0).position).toBe(0);
  expect(existsSync(path)).toBe(true);
  second.close();
  first.close();
});

it("says why it cannot be opened", () => {
  writeFileSync(join(home, "index"), "a file where the directory should be");
  const database = opened();
  expect(() => database.entries).toThrow(expect.objectContaining({ name: "SearchError", code: "FAILED" }));
});

it.each([
  ["the entry", undefined],
  ["a word of it", "kept"],
])("overwrites in the file what was lost with %s", (_, words) => {
  const database = opened();
  database.write(step(0, "kept fjordhandelen"));
  const lost = { index: 0, words, hasLost: true };
  database.write({ ...step(1), log: { id: ID, epoch: 0, position: 1, last: "ff" }, entries: [lost] });
  while (database.tidy());
  expect(found(database, "kept")).toEqual(words === undefined ? [] : [0]);
  for (const end of ["", "-wal"]) expect(readFileSync(`${path}${end}`).includes("handelen")).toBe(false);
  database.close();
});

it("stays small in the number of its segments", () => {
  const database = opened();
  for (let n = 0; n < 300; n++) {
    database.write(step(n, `word${n} common`));
    database.tidy();
  }
  expect(database.count('"common"', 1_000)).toBe(300);
  database.close();
  const raw = new DatabaseSync(path);
  expect(Number(raw.prepare("SELECT count(DISTINCT segid) AS n FROM words_idx").get()?.["n"])).toBeLessThan(40);
  raw.close();
});

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
