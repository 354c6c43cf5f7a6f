/** Time as the cores see it; the simulation hands in a virtual one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once after `ms`; the result cancels. */
  after(ms: number, action: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    // A pending timer is no reason for the process to stay.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Randomness of `length` bytes. */
export type Random = (length: number) => Uint8Array;

/** Whole seconds since 1970, as leaves and cosignatures carry them. */
export function seconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}

/** The last second that RFC 3339 can write. */
const LAST_SECOND = 253_402_300_799;

/** RFC 3339 in UTC, whole seconds; what a peer claims beyond that is its last one. */
export function isoTime(secondsSince1970: number): string {
  return `${new Date(Math.min(secondsSince1970, LAST_SECOND) * 1000).toISOString().slice(0, 19)}Z`;
}
