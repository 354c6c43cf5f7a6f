import type { Core } from "../core.ts";
import type { Entries, NamedLog } from "../entries.ts";
import type { Reader } from "../reader.ts";
import { type EntrySummary, ServiceError } from "../service.ts";
import type { EntryPlace, SearchDatabase } from "./database.ts";
import { endOf, type Indexer } from "./indexer.ts";
import { SearchError } from "./search-error.ts";

export type SearchInit = {
  readonly core: Core;
  readonly entries: Entries;
  readonly reader: Reader;
  readonly indexer: Indexer;
};

/** Asks the index; what is wrong with it is told as what can be done. */
export function ask<T>({ indexer }: SearchInit, question: (database: SearchDatabase) => T): T {
  try {
    return indexer.ask(question);
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    throw error.code === "DAMAGED"
      ? new ServiceError("REFUSED", "the search index was damaged and is being made anew", "repeat the search")
      : new ServiceError("REFUSED", `the search index cannot be used: ${error.message}`, "entente doctor");
  }
}

/** Entries that the index names, as they are now. */
export class Places {
  readonly #init: SearchInit;
  readonly #logs: ReadonlyMap<string, NamedLog>;

  constructor(init: SearchInit) {
    this.#init = init;
    this.#logs = new Map(init.entries.logs().map((log) => [`${log.id}/${log.epoch}`, log]));
  }

  /** The log of an entry that is here and has an effect. */
  logOf({ id, epoch, index }: EntryPlace): NamedLog | undefined {
    const log = this.#logs.get(`${id}/${epoch}`);
    return log !== undefined && index < endOf(this.#init.core, log) ? log : undefined;
  }

  /** `undefined` where its record cannot be read any more, which the index is then told. */
  async summary(place: EntryPlace, language: string | undefined): Promise<EntrySummary | undefined> {
    const { reader, indexer } = this.#init;
    const log = this.logOf(place);
    if (log === undefined) return undefined;
    const summary = await reader.summary(log, place.index, language);
    if (summary.type !== null) return summary;
    await indexer.readAnew(log, place.index);
    return undefined;
  }
}
