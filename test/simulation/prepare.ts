import { toHex } from "../../protocol/bytes.ts";
import type { Clock } from "../../node/clock.ts";
import { HeadsFile } from "../../node/heads-file.ts";
import { LogStore } from "../../node/log-store.ts";
import { OwnLog } from "../../node/own-log.ts";
import { type Peer, TrustStore } from "../../node/trust.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { sha256 } from "../../keys/sha256.ts";
import { type Authority, CRYPTO } from "./authority.ts";
import { checked } from "./stored-logs.ts";
import type { Drive } from "./virtual-disk.ts";

/** Lays out a drive as `entente init` and `entente peer add` do: a log with its charter, and whom it trusts. */
export async function prepare(
  drive: Drive,
  authority: Authority,
  peers: readonly Authority[],
  clock: Clock,
): Promise<void> {
  const { keys, chain, charter, name } = authority;
  const disk = checked(drive.instant());
  const store = await LogStore.open(disk, sha256, chain.id, 0);
  const heads = await HeadsFile.open(drive.instantFile());
  const signer = createNoteSigner(name, keys.log);
  const log = new OwnLog({
    store,
    origin: name,
    sign: (text) => signer.sign(text),
    sha256,
    clock,
    heads,
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: fail,
  });
  await log.append([{ leaf: (time) => ({ kind: "charter", time, note: charter }), parts: [], extra: () => [] }]);
  const trust = await TrustStore.open(disk, CRYPTO);
  for (const peer of peers) await trust.put(peerOf(peer));
}

function peerOf({ name, chain }: Authority): Peer {
  const nothingSeen = { instance: null, starts: 0, lastSeen: null };
  const added = { addedBy: "simulation", addedAt: 0 };
  return { id: toHex(chain.id), name, chain, addresses: [name], floor: null, ...added, ...nothingSeen };
}

function fail(error: unknown): never {
  throw error;
}
