import { toHex } from "../protocol/bytes.ts";
import { type LeafReading, readLeaf } from "../protocol/leaf/leaf.ts";
import type { LogStore } from "./log-store.ts";

/** Ids (hex) in the followers leaf in force, as far as the log is stored; nobody before the first. */
export async function readFollowers(store: LogStore): Promise<ReadonlySet<string>> {
  const { followers } = store.head;
  const leaf = followers < 0 ? undefined : await store.controlLeaf(followers);
  return (leaf === undefined ? undefined : followersOf(readLeaf(leaf))) ?? new Set();
}

/** Ids (hex) in a followers leaf; `undefined` for every other leaf. */
export function followersOf(reading: LeafReading): ReadonlySet<string> | undefined {
  return reading.status === "known" && reading.leaf.kind === "followers"
    ? new Set(reading.leaf.ids.map(toHex))
    : undefined;
}
