import { toHex } from "../../protocol/bytes.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { LogStore } from "../../node/log-store.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { Authority } from "./authority.ts";
import type { Drive } from "./virtual-disk.ts";

/** A log as it lies on a drive, looked at from outside. */
export function openStored(drive: Drive, owner: Authority): Promise<LogStore> {
  return LogStore.open(drive.instant(), sha256, owner.chain.id, 0);
}

/** Its leaf hashes, in hex. */
export async function storedHashes(store: LogStore): Promise<readonly string[]> {
  const leaves = await store.readLeaves(0, store.head.size);
  return leaves.map((leaf) => toHex(leafHash(sha256, leaf)));
}
