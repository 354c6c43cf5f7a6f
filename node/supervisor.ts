import type { Clock, Random } from "./clock.ts";
import { DIAL_TIMEOUT_MS, RECONNECT_MAX_MS, RECONNECT_MIN_MS, STEADY_MS } from "./limits.ts";
import { TransportError } from "./transport.ts";

export type DialTarget = { readonly id: string; readonly addresses: readonly string[]; readonly nodeKey: Uint8Array };

export type SupervisorInit = {
  readonly clock: Clock;
  readonly random: Random;
  target(id: string): DialTarget | undefined;
  isConnected(id: string): boolean;
  dial(address: string, nodeKey: Uint8Array, signal: AbortSignal): Promise<void>;
  /** `code` is for programs that read the log, `reason` for people. */
  onUnreachable(id: string, code: string, reason: string): void;
};

type Watch = { attempts: number; cancel: () => void; dialing: boolean; address: number; due: number };

/**
 * Keeps a connection to every peer that has an address, and never gives up: pauses double from half a second to a
 * minute, with jitter, and a connection that held for a while resets them. (libp2p's own keep-alive ends after 31 seconds.)
 */
export class Supervisor {
  readonly #init: SupervisorInit;
  readonly #watches = new Map<string, Watch>();
  #stopped = false;

  constructor(init: SupervisorInit) {
    this.#init = init;
  }

  watch(id: string): void {
    if (this.#stopped || this.#watches.has(id)) return;
    this.#watches.set(id, { attempts: 0, cancel: () => undefined, dialing: false, address: 0, due: Infinity });
    this.#schedule(id, 0);
  }

  forget(id: string): void {
    this.#watches.get(id)?.cancel();
    this.#watches.delete(id);
  }

  /** A person changed something: the next attempt is soon. */
  contact(id: string): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    watch.attempts = 0;
    this.#schedule(id, RECONNECT_MIN_MS);
  }

  /** A connection to the peer ended, after so long; one that ends at once is no reason to try again at once. */
  lost(id: string, afterMs: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    watch.attempts = afterMs >= STEADY_MS ? 0 : watch.attempts + 1;
    this.#schedule(id, this.#pause(watch.attempts));
  }

  stop(): void {
    this.#stopped = true;
    for (const watch of this.#watches.values()) watch.cancel();
  }

  #schedule(id: string, ms: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined || watch.dialing || this.#stopped) return;
    // Whatever asks for an attempt never delays one that is due sooner.
    const due = this.#init.clock.now() + ms;
    if (watch.due <= due) return;
    watch.cancel();
    watch.due = due;
    watch.cancel = this.#init.clock.after(ms, () => {
      watch.due = Infinity;
      this.#attempt(id, watch).catch(() => undefined);
    });
  }

  async #attempt(id: string, watch: Watch): Promise<void> {
    const target = this.#init.target(id);
    if (target === undefined || this.#stopped || watch.dialing || this.#init.isConnected(id)) return;
    const address = target.addresses[watch.address % Math.max(1, target.addresses.length)];
    if (address === undefined) return;
    watch.address += 1;
    watch.dialing = true;
    const abort = new AbortController();
    const cancel = this.#init.clock.after(DIAL_TIMEOUT_MS, () => abort.abort());
    try {
      await this.#init.dial(address, target.nodeKey, abort.signal);
    } catch (error) {
      this.#init.onUnreachable(id, codeOf(error), error instanceof Error ? error.message : String(error));
      watch.attempts += 1;
    } finally {
      cancel();
      watch.dialing = false;
    }
    if (!this.#init.isConnected(id)) this.#schedule(id, this.#pause(watch.attempts));
  }

  /** Doubling with full jitter above a half, so that many nodes do not come back in step. */
  #pause(attempts: number): number {
    const full = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempts, 10));
    const [byte = 0] = this.#init.random(1);
    return full / 2 + (full / 2) * (byte / 255);
  }
}

function codeOf(error: unknown): string {
  return error instanceof TransportError ? error.code : "FAILED";
}
