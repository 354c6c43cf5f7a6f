import type { Core } from "./core.ts";
import { LAG_OBSERVE_MS } from "./limits.ts";
import type { Lag } from "./service.ts";

/** Since when we know of entries of a peer's log that we do not hold: by our own clock, as what others claim measures nothing. */
export class LagWatch {
  readonly #core: Core;
  /** Milliseconds since 1970, by id. */
  readonly #behindSince = new Map<string, number>();
  #scheduled = false;

  constructor(core: Core) {
    this.#core = core;
    core.onChange(() => this.#schedule());
    this.#observe();
  }

  of(id: string): Lag {
    const entries = this.#entriesBehind(id);
    this.#note(id, entries);
    const since = this.#behindSince.get(id);
    const ms = since === undefined ? 0 : this.#core.clock.now() - since;
    return { entries, seconds: Math.max(0, Math.floor(ms / 1000)) };
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#core.clock.after(LAG_OBSERVE_MS, () => {
      this.#scheduled = false;
      this.#observe();
    });
  }

  #observe(): void {
    const peers = this.#core.trust.peers();
    for (const { id } of peers) this.#note(id, this.#entriesBehind(id));
    for (const id of this.#behindSince.keys()) if (this.#core.trust.get(id) === undefined) this.#behindSince.delete(id);
  }

  #note(id: string, entries: number): void {
    if (entries === 0) this.#behindSince.delete(id);
    else if (!this.#behindSince.has(id)) this.#behindSince.set(id, this.#core.clock.now());
  }

  #entriesBehind(id: string): number {
    const mirror = this.#core.mirrorOf(id);
    if (mirror === undefined) return 0;
    return Math.max(0, (mirror.seen?.size ?? 0) - mirror.store.head.size);
  }
}
