import { readLeaf } from "../protocol/leaf/leaf.ts";
import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { WATCH_ENTRIES_MAX, WATCH_WAIT_MS, WATCHERS_MAX } from "./limits.ts";
import type { Reader } from "./reader.ts";
import { type EntrySummary, ServiceError, type Watched, type WatchQuery } from "./service.ts";

/** Tells of records as they arrive, whoever's they are. */
export class Watching {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #reader: Reader;
  #watchers = 0;

  constructor(core: Core, entries: Entries, reader: Reader) {
    this.#core = core;
    this.#entries = entries;
    this.#reader = reader;
  }

  /** Records that came after a cursor; waits for the first for a while. Without a cursor there is none, and one to begin with. */
  async watch({ cursor, lang }: WatchQuery): Promise<Watched> {
    if (cursor === null) return { entries: [], cursor: this.#now() };
    if (this.#watchers >= WATCHERS_MAX)
      throw new ServiceError("REFUSED", `${WATCHERS_MAX} programs watch already`, "end one of them");
    this.#watchers += 1;
    try {
      const end = this.#core.clock.now() + WATCH_WAIT_MS;
      for (;;) {
        const found = await this.#after(cursor, lang);
        if (found.entries.length > 0 || this.#core.clock.now() >= end) return found;
        await this.#change(end - this.#core.clock.now());
      }
    } finally {
      this.#watchers -= 1;
    }
  }

  #now(): Watched["cursor"] {
    return Object.fromEntries(this.#entries.logs().map((log) => [keyOf(log), log.store.head.size]));
  }

  async #after(cursor: Watched["cursor"], lang: string | undefined): Promise<Watched> {
    const entries: EntrySummary[] = [];
    const next: Record<string, number> = {};
    for (const log of this.#entries.logs()) {
      const key = keyOf(log);
      const { size } = log.store.head;
      // A log that came since is told of from its beginning; one that was put back begins anew where it is.
      let at = Math.min(cursor[key] ?? 0, size);
      for (; at < size && entries.length < WATCH_ENTRIES_MAX; at++)
        if (await this.#isRecord(log, at)) entries.push(await this.#reader.summary(log, at, lang));
      next[key] = at;
    }
    return { entries, cursor: next };
  }

  async #isRecord({ store }: NamedLog, index: number): Promise<boolean> {
    const leaf = await store.readLeaf(index);
    const reading = leaf === undefined ? undefined : readLeaf(leaf);
    return reading?.status === "known" && reading.leaf.kind === "record";
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        cancel();
        resolve();
      };
      const stop = this.#core.onChange(end);
      const cancel = this.#core.clock.after(ms, end);
    });
  }
}

function keyOf({ id, epoch }: NamedLog): string {
  return `${id}/${epoch}`;
}
