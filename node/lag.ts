import type { Clock } from "./clock.ts";
import { LAG_OBSERVE_MS } from "./limits.ts";
import type { Lag } from "./service.ts";

export type LagWatchInit = {
  readonly clock: Clock;
  /** Ids of those who are trusted. */
  readonly peers: () => readonly string[];
  /** Entries of the peer's log that are known and not held. */
  readonly behind: (id: string) => number;
  /** Calls back whenever one of these may have changed. */
  readonly onChange: (listener: () => void) => void;
};

/** Since when we know of entries of a peer's log that we do not hold: by our own clock, as what others claim measures nothing. */
export class LagWatch {
  readonly #init: LagWatchInit;
  /** Milliseconds since 1970, by id. */
  readonly #behindSince = new Map<string, number>();
  #scheduled = false;

  constructor(init: LagWatchInit) {
    this.#init = init;
    init.onChange(() => this.#schedule());
    this.#observe();
  }

  of(id: string): Lag {
    const entries = this.#note(id);
    const since = this.#behindSince.get(id);
    const ms = since === undefined ? 0 : this.#init.clock.now() - since;
    return { entries, seconds: Math.max(0, Math.floor(ms / 1000)) };
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#init.clock.after(LAG_OBSERVE_MS, () => {
      this.#scheduled = false;
      this.#observe();
    });
  }

  #observe(): void {
    const peers = new Set(this.#init.peers());
    for (const id of peers) this.#note(id);
    for (const id of this.#behindSince.keys()) if (!peers.has(id)) this.#behindSince.delete(id);
  }

  #note(id: string): number {
    const entries = this.#init.behind(id);
    if (entries === 0) this.#behindSince.delete(id);
    else if (!this.#behindSince.has(id)) this.#behindSince.set(id, this.#init.clock.now());
    return entries;
  }
}
