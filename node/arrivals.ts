import type { Core } from "./core.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { ARRIVALS_LOOK_MAX, ARRIVALS_MAX, ARRIVALS_WAIT_MS, MAX_WATCHERS } from "./limits.ts";
import type { Reader } from "./reader.ts";
import { type Arrival, type ArrivalQuery, type Arrivals, type EntrySummary, ServiceError } from "./service.ts";

/** How far somebody has seen each log: by id and epoch, the number of leaves. */
type Seen = Map<string, number>;

const PLACE = /^([0-9a-f]{64}\/\d{1,16}):(\d{1,16})$/;

/**
 * Records of other authorities as they arrive, for those who wait for them. What somebody has seen he says himself, so
 * that nothing is kept here of those who went away, and a restart loses nothing.
 */
export class ArrivalFeed {
  readonly #core: Core;
  readonly #entries: Entries;
  readonly #reader: Reader;
  readonly #dutiesOf: (entry: string) => Promise<Arrival["duties"]>;
  #waiting = 0;

  constructor(core: Core, entries: Entries, reader: Reader, dutiesOf: (entry: string) => Promise<Arrival["duties"]>) {
    this.#core = core;
    this.#entries = entries;
    this.#reader = reader;
    this.#dutiesOf = dutiesOf;
  }

  /** At once where something has arrived since, or nothing was seen yet; else when it does, or after a while. */
  async next({ after, lang }: ArrivalQuery, signal: AbortSignal): Promise<Arrivals> {
    if (after === undefined) return { entries: [], after: format(this.#now()) };
    if (this.#waiting >= MAX_WATCHERS)
      throw new ServiceError("REFUSED", `${MAX_WATCHERS} others wait for what arrives`, "end one entente watch");
    this.#waiting++;
    try {
      const seen = parse(after);
      const end = this.#core.clock.now() + ARRIVALS_WAIT_MS;
      for (;;) {
        const entries = await this.#take(seen, lang);
        const left = end - this.#core.clock.now();
        if (entries.length > 0 || left <= 0 || signal.aborted) return { entries, after: format(seen) };
        await this.#change(seen, left, signal);
      }
    } finally {
      this.#waiting--;
    }
  }

  #logs(): readonly NamedLog[] {
    return this.#entries.logs().filter(({ mirror }) => mirror !== undefined);
  }

  #now(): Seen {
    return new Map(this.#logs().map((log) => [keyOf(log), log.store.head.size]));
  }

  #hasNews(seen: Seen): boolean {
    return this.#logs().some((log) => log.store.head.size > (seen.get(keyOf(log)) ?? 0));
  }

  /** What has arrived, in the order of each log; `seen` moves on. */
  async #take(seen: Seen, lang: string | undefined): Promise<readonly Arrival[]> {
    const found: Arrival[] = [];
    let looked = 0;
    for (const log of this.#logs()) {
      const { size } = log.store.head;
      for (let index = seen.get(keyOf(log)) ?? 0; index < size; index++) {
        if (found.length >= ARRIVALS_MAX || looked++ >= ARRIVALS_LOOK_MAX) return found;
        const entry = await this.#reader.summary(log, index, lang);
        seen.set(keyOf(log), index + 1);
        if (entry.kind === "record") found.push({ entry, duties: await this.#duties(entry) });
      }
    }
    return found;
  }

  /** What this authority owes about it. Of what cannot be read it is asked nothing. */
  async #duties({ entry, type }: EntrySummary): Promise<Arrival["duties"]> {
    if (type === null) return [];
    try {
      return (await this.#dutiesOf(entry)).filter(({ mine, about }) => mine && about === entry);
    } catch (error) {
      // Its case has not arrived yet.
      if (error instanceof ServiceError) return [];
      throw error;
    }
  }

  #change(seen: Seen, ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.#hasNews(seen)) resolve();
    };
    const wake = (): void => resolve();
    const cancel = this.#core.clock.after(ms, resolve);
    const stopListening = this.#core.onChange(look);
    signal.addEventListener("abort", wake);
    // It may have come while the last look was on its way.
    look();
    return promise.finally(() => {
      cancel();
      stopListening();
      signal.removeEventListener("abort", wake);
    });
  }
}

function keyOf({ id, epoch }: NamedLog): string {
  return `${id}/${epoch}`;
}

function format(seen: Seen): readonly string[] {
  return Array.from(seen, ([key, size]) => `${key}:${size}`);
}

function parse(after: readonly string[]): Seen {
  return new Map(
    after.map((text) => {
      const [, key = "", size] = PLACE.exec(text) ?? [];
      if (size === undefined) throw new ServiceError("INVALID", `${text.slice(0, 100)} is no place in a log`, null);
      return [key, Number(size)];
    }),
  );
}
