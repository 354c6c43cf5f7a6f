import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { sha256 } from "../../keys/sha256.ts";
import { SearchDatabase } from "../../node/search/database.ts";
import { keysOf, type Readable, wordsOf } from "../../node/search/entry-words.ts";
import { formatQuestion, markPhrase, parseQuestion, type Question } from "../../node/search/question.ts";
import { type Phrase, tokensOf } from "../../node/search/tokens.ts";
import { ALERT_EXAMPLE } from "../../protocol/record/alert-example.ts";
import { alert } from "../../protocol/record/alert.ts";
import { exactKey } from "../../protocol/record/exact-key.ts";

const HOME = mkdtempSync(join(tmpdir(), "entente-test-"));
afterAll(() => rmSync(HOME, { recursive: true, force: true }));

const OWNERS = ["aa".repeat(32), "bb".repeat(32)];
const WORDS = [
  "toy",
  "Toys",
  "tøy",
  "玩具",
  "玩具熊",
  "熊",
  "RB-2",
  "rb2",
  "rb",
  "2",
  "größe",
  "5709386484552",
  "small",
  "small parts",
];
const word = fc.constantFrom(...WORDS);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));

/** An alert, before and after something of it came or went. */
const entry = fc.record({ description: text, kind: text, model: word, later: text });
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("follow"), log: fc.nat(1), count: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("again", "erase", "vanish"), log: fc.nat(1), at: fc.nat(11) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("tidy", "reopen", "delete") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("crash"), lost: fc.double({ min: 0, max: 1, noNaN: true }) }) },
);

const question = fc.oneof(
  fc.array(
    fc.oneof(
      word,
      word.map((one) => `"${one}"`),
      fc.constantFrom("to*", "r*b", "具", "玩", "ro*", "abse*", "nt"),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
);

it("finds what a look at every entry finds, in whatever batches it was indexed and whatever broke off", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(entry, { minLength: 3, maxLength: 12 }), { minLength: 2, maxLength: 2 }),
      fc.array(step, { maxLength: 25 }),
      fc.array(question, { minLength: 4, maxLength: 8 }),
      word,
      (logs, steps, questions, model) => {
        const world = new World(logs);
        for (const one of steps) world.apply(one);
        world.followAll();
        const asked = questions.map((words) => parseQuestion(words.join(" ")));
        for (const one of [...asked, keyQuestion(model)]) expect(world.found(one)).toEqual(world.naive(one));
        world.end();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

function keyQuestion(model: string): Question {
  const key = exactKey("model", model);
  return key === undefined ? [] : [markPhrase(key, sha256)];
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Two logs, an index that follows them as the node does, and what is known of them without it. */
class World {
  readonly #logs: readonly (readonly Entry[])[];
  #path = newPath();
  #database = new SearchDatabase(this.#path, "test");
  /** By log and index. */
  readonly #state = new Map<string, "later" | "erased" | "gone">();
  /** Entries that are to be read once more, and were not yet. */
  readonly #marks = new Set<string>();
  /** Bytes of the write-ahead log that a power failure leaves. */
  #kept = 0;

  constructor(logs: readonly (readonly Entry[])[]) {
    this.#logs = logs;
  }

  apply(one: Step): void {
    if ("count" in one) this.#follow(one.log, one.count);
    else if ("at" in one) this.#change(one.do, one.log, one.at % (this.#logs[one.log]?.length ?? 1));
    else if ("lost" in one) this.#crash(one.lost);
    else if (one.do === "tidy") this.#tidy();
    else if (one.do === "delete") this.#database.renew();
    else this.#reopen(this.#path);
  }

  followAll(): void {
    for (const log of this.#logs.keys()) {
      for (let at = -1; at !== this.#position(log);) {
        at = this.#position(log);
        this.#follow(log, 3);
      }
      this.#followMarks(log);
    }
    this.#tidy();
  }

  found(asked: Question): readonly string[] {
    const hits = this.#database.find(formatQuestion(asked), 1_000);
    return hits.map(({ id, index }) => `${OWNERS.indexOf(id)}:${index}`).toSorted();
  }

  naive(asked: Question): readonly string[] {
    const all = this.#logs.flatMap((entries, log) => entries.map((_, index) => ({ log, index })));
    return all
      .filter(({ log, index }) => {
        const readable = this.#readable(log, index);
        return readable !== undefined && asked.every((forms) => forms.some((form) => isIn(readable, form)));
      })
      .map(({ log, index }) => `${log}:${index}`)
      .toSorted();
  }

  end(): void {
    this.#database.close();
  }

  #position(log: number): number {
    return this.#database.position(OWNERS[log] ?? "", 0).position;
  }

  #follow(log: number, count: number): void {
    const from = this.#position(log);
    const indexes = [...(this.#logs[log] ?? []).keys()].slice(from, from + count);
    // Erased and vanished ones were so when they were read.
    this.#write(log, from + indexes.length, indexes, false);
  }

  #write(log: number, position: number, indexes: readonly number[], isDurable: boolean): void {
    const id = OWNERS[log] ?? "";
    const from = this.#position(log);
    const entries = indexes.map((index) => {
      const readable = this.#readable(log, index);
      const words = readable === undefined ? undefined : wordsOf(readable, id, sha256);
      // What is read once more may have lost something.
      return { index, words, hasLost: isDurable };
    });
    const next = { id, epoch: 0, position, last: "" };
    expect(this.#database.write({ from, log: next, entries, isDurable })).toBe(true);
    if (isDurable) this.#kept = walSize(this.#path);
  }

  #change(what: string, log: number, index: number): void {
    this.#state.set(`${log}:${index}`, what === "again" ? "later" : what === "erase" ? "erased" : "gone");
    this.#marks.add(`${log}:${index}`);
    // Some are read at once, others when a crash has come between.
    if (index % 2 === 0) this.#followMarks(log);
  }

  #followMarks(log: number): void {
    for (const mark of this.#marks) {
      const [of, index] = mark.split(":").map(Number);
      if (of !== log || index === undefined) continue;
      if (index < this.#position(log)) this.#write(log, this.#position(log), [index], true);
      this.#marks.delete(mark);
    }
  }

  #tidy(): void {
    while (this.#database.tidy());
  }

  /** As the file lies there at this moment, without a part of what was written and never synced. */
  #crash(lost: number): void {
    const path = newPath();
    mkdirSync(dirname(path), { recursive: true });
    for (const end of ["", "-wal"])
      if (existsSync(`${this.#path}${end}`)) copyFileSync(`${this.#path}${end}`, `${path}${end}`);
    const size = walSize(path);
    const kept = Math.min(this.#kept, size);
    if (size > 0) truncateSync(`${path}-wal`, Math.floor(kept + (size - kept) * (1 - lost)));
    this.#reopen(path);
  }

  #reopen(path: string): void {
    this.#database.close();
    this.#path = path;
    this.#kept = 0;
    this.#database = new SearchDatabase(path, "test");
  }

  #readable(log: number, index: number): Readable | undefined {
    const found = this.#logs[log]?.[index];
    const state = this.#state.get(`${log}:${index}`);
    if (found === undefined || state === "erased" || state === "gone") return undefined;
    return readableOf(found, state === "later");
  }
}

let paths = 0;
function newPath(): string {
  return join(HOME, String(paths++), "search.sqlite");
}

function walSize(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** The example without numbers of cases, about another product. */
const { cases: _, product: __, ...REST } = ALERT_EXAMPLE.body;

function readableOf({ description, kind, model, later }: Entry, isLater: boolean): Readable {
  const product = { category: "toys", models: [model], kind: { en: kind }, description: { en: description } };
  const read = alert.read({ ...REST, product }, 0);
  const operators = [{ link: "importer", name: later }];
  return {
    record: { ...read, status: "known", refs: [], partKinds: [], grounds: [] },
    traceability: isLater ? { type: "traceability", version: 1, operators } : undefined,
  };
}

/** Without an index: whether a phrase stands in a text, or is a key. */
function isIn(readable: Readable, phrase: Phrase): boolean {
  const texts = [...textsOf(readable.record.body), ...(readable.traceability?.operators.map(({ name }) => name) ?? [])];
  const keys = keysOf(readable);
  const short = keys.filter(({ kind }) => kind === "model" || kind === "batch").map(({ value }) => value);
  const isMark = keys.some((key) => markPhrase(key, sha256)[0]?.tokens[0] === phrase.tokens[0]);
  return isMark || [...texts, ...short].some((one) => stands(tokensOf(one), phrase));
}

function stands(tokens: readonly string[], { tokens: wanted, isPrefix }: Phrase): boolean {
  return tokens.some((_, at) =>
    wanted.every((token, i) =>
      isPrefix && i === wanted.length - 1 ? tokens[at + i]?.startsWith(token) === true : tokens[at + i] === token,
    ),
  );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
