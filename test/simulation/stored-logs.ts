import { toHex } from "../../protocol/bytes.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { CheckedDisk, describeKey } from "../../node/checked-disk.ts";
import { logKey, prefixRange } from "../../node/keyspace.ts";
import { LogStore } from "../../node/log-store.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { Authority } from "./authority.ts";
import type { Disk } from "../../node/disk.ts";

/** A drive as nodes use it; here no bit of it flips by itself. */
export function checked(disk: Disk): Disk {
  return new CheckedDisk(disk, (key) => {
    throw new Error(`a stored value is damaged: ${describeKey(key)}`);
  });
}

/** A log as it lies on a disk, looked at from outside. */
export function openStored(disk: Disk, owner: Authority): Promise<LogStore> {
  return LogStore.open(checked(disk), sha256, owner.chain.id, 0);
}

/** Its leaf hashes, in hex. */
export async function storedHashes(store: LogStore): Promise<readonly string[]> {
  const leaves = await store.readLeaves(0, store.head.size);
  return leaves.map((leaf) => toHex(leafHash(sha256, leaf)));
}

/** How many parts are marked as addressed to the reader and not here. */
export async function missingMarks(disk: Disk, store: LogStore): Promise<number> {
  let marks = 0;
  for await (const _ of disk.scan(prefixRange(logKey("missing", store.number)))) marks += 1;
  return marks;
}
