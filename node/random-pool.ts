import { randomFillSync } from "node:crypto";
import type { Random } from "./clock.ts";

/** Bytes drawn from the system at a time: of small draws, each record's salt among them, the call costs the most. */
const POOL_BYTES = 8 * 1024;

/** Random bytes, each handed out once. */
export function createRandomPool(): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let next = POOL_BYTES;
  return (length) => {
    if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
    if (next + length > POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    const drawn = pool.slice(next, next + length);
    pool.fill(0, next, next + length);
    next += length;
    return drawn;
  };
}
