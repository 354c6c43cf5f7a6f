import { DatabaseSync } from "node:sqlite";
import { now } from "../usage.ts";

/** Texts that one transaction takes. */
const BATCH = 200;

/**
 * What one has without this program: SQLite's FTS5 over the texts as they are, which it keeps. Its trigram tokenizer is the
 * only one of its own that finds Chinese, from three characters on.
 */
export class PlainFts5 {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    this.#database.exec("CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize='trigram')");
  }

  /** Milliseconds that it takes. */
  index(count: number, textOf: (at: number) => string): number {
    const put = this.#database.prepare("INSERT INTO texts (rowid, text) VALUES (?, ?)");
    let took = 0;
    for (let from = 0; from < count; from += BATCH) {
      const texts = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => textOf(from + at));
      const began = now();
      this.#database.exec("BEGIN");
      for (const [at, text] of texts.entries()) put.run(from + at + 1, text);
      this.#database.exec("COMMIT");
      took += now() - began;
    }
    return took;
  }

  /** The newest `limit` texts with all these words, or parts of words. */
  find(words: readonly string[], limit: number): readonly string[] {
    const expression = words.map((word) => `"${word}"`).join(" AND ");
    const find = this.#database.prepare("SELECT text FROM texts WHERE texts MATCH ? ORDER BY rowid DESC LIMIT ?");
    return find.all(expression, limit).map((row) => String(row["text"]));
  }

  close(): void {
    this.#database.close();
  }
}
