import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";

export const OWN_NAME = "measured.example";

/** What the measuring process asks of `others.ts`. */
export type Order =
  | { readonly do: "start"; readonly count: number; readonly entries: number }
  | { readonly do: "publish"; readonly at: number }
  | { readonly do: "stop" };

/** Of the answers `time` is `sharedNow()` when it was begun. */
export type Answer =
  | { readonly did: "start"; readonly addresses: readonly string[] }
  | { readonly did: "publish"; readonly at: number; readonly index: number; readonly time: number };

/** Both processes know all authorities without telling each other. */
export function authorityOf(who: number | "measured"): Authority {
  const name = who === "measured" ? OWN_NAME : `m${who}.example`;
  return makeAuthority(name, new Prng(`scale ${name}`));
}

/** In milliseconds; the same in all processes of a machine. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
