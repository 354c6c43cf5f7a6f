import { AUTO_FETCH_MAX, AUTO_FETCH_QUOTA } from "./limits.ts";

/** What of other authorities' parts comes without being asked for: the settings `fetch` and `fetchQuota`. */
export type FetchSettings = {
  /** Bytes, by media type or a range of them (docs/operations.md): the most exact one counts. */
  readonly fetch: Readonly<Record<string, number>>;
  /** Bytes of the large parts of one log that may have come so. */
  readonly fetchQuota: number;
};

const ANY = "*/*";

export const DEFAULT_FETCH: FetchSettings = { fetch: { [ANY]: AUTO_FETCH_MAX }, fetchQuota: AUTO_FETCH_QUOTA };

/** Whether a media type or a range of them stands there. */
export function isMediaRange(text: string): boolean {
  return text === ANY || /^[a-z0-9.+-]+\/(?:\*|[a-z0-9.+-]+)$/.test(text);
}

/** Which parts come by themselves. Before a part's first chunk is here nobody knows its type. */
export class FetchPolicy {
  readonly #limits: ReadonlyMap<string, number>;
  /** In bytes. */
  readonly quota: number;
  /** Up to this size a part comes, whatever its type. */
  readonly smallest: number;
  /** Above this size none comes. */
  readonly largest: number;

  constructor({ fetch, fetchQuota }: FetchSettings) {
    this.#limits = new Map(Object.entries({ ...DEFAULT_FETCH.fetch, ...fetch }));
    this.quota = fetchQuota;
    this.smallest = Math.min(...this.#limits.values());
    this.largest = Math.max(...this.#limits.values());
  }

  limitOf(type: string): number {
    const range = `${type.replace(/\/.*$/, "")}/*`;
    return this.#limits.get(type) ?? this.#limits.get(range) ?? this.#limits.get(ANY) ?? AUTO_FETCH_MAX;
  }
}
