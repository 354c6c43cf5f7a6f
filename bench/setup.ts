import { createRandomPool } from "../node/random-pool.ts";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildFirstCharter } from "../keys/charter-builder.ts";
import { admitPublicKey, keyPairFromSeed, verifySignature } from "../keys/ed25519.ts";
import { formatOnlineKeys, generateOnlineKeys, type OnlineKeys, parseOnlineKeys } from "../keys/online-keys.ts";
import { sha256 } from "../keys/sha256.ts";
import { createCosigner, createNoteSigner } from "../keys/signer.ts";
import { CheckedDisk } from "../node/checked-disk.ts";
import { SYSTEM_CLOCK } from "../node/clock.ts";
import { Core } from "../node/core.ts";
import { type DataDir, dataDir } from "../node/data-dir.ts";
import type { Disk } from "../node/disk.ts";
import { Entries } from "../node/entries.ts";
import { DEFAULT_FETCH } from "../node/fetch-policy.ts";
import { DiskGuard } from "../node/disk-guard.ts";
import { measureSpace } from "../node/disk-space.ts";
import { HeadsFile } from "../node/heads-file.ts";
import { openLevelDisk } from "../node/level-disk.ts";
import { LogStore } from "../node/log-store.ts";
import { silentLogger } from "../node/logger.ts";
import { createNetwork } from "../node/network.ts";
import { OwnLog } from "../node/own-log.ts";
import { Indexer } from "../node/search/indexer.ts";
import { SlotFile } from "../node/slot-file.ts";
import type { Peer } from "../node/trust.ts";
import { toHex } from "../protocol/bytes.ts";
import { type Chain, checkChain } from "../protocol/charter-chain.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";

const CRYPTO: BatchCrypto = { sha256, verify: verifySignature, admitKey: admitPublicKey };
const random = createRandomPool();

/** An authority as it is handed from process to process: unlocking its keys is not what is measured. */
export type Authority = {
  readonly name: string;
  /** The online keys as PEM. */
  readonly keys: string;
  /** The first charter, signed. */
  readonly charter: string;
};

export function createAuthority(name: string): Authority {
  const keys = generateOnlineKeys({ name, epoch: 0, roles: [] }, random);
  const root = createNoteSigner(`${name}/root/1`, keyPairFromSeed(random(32)));
  const next = createNoteSigner(`${name}/root/2`, keyPairFromSeed(random(32)));
  const charter = buildFirstCharter({
    authority: name,
    title: name,
    country: "EU",
    rootThreshold: 1,
    roots: [root],
    next: { threshold: 1, vkeys: [next.vkey] },
    log: createNoteSigner(name, keys.log),
    witness: createCosigner(`${name}/witness`, keys.witness),
    node: createNoteSigner(`${name}/node`, keys.node),
    member: keys.members[0].publicKey,
    roles: [],
  });
  return { name, keys: formatOnlineKeys(keys), charter };
}

export type BenchNode = {
  readonly core: Core;
  readonly paths: DataDir;
  readonly checked: CheckedDisk;
  /** Not started. */
  readonly indexer: Indexer;
  close(): Promise<void>;
};

/** Begins a node: an empty store and the log with its first charter. */
export async function createNode(directory: string, authority: Authority): Promise<void> {
  await mkdir(directory, { recursive: true });
  const disk = new CheckedDisk(await openLevelDisk(join(directory, "store")), () => undefined);
  const file = await SlotFile.open(join(directory, "heads"));
  await appendCharter(disk, await HeadsFile.open(file), authority);
  await file.close();
  await disk.close();
}

async function appendCharter(disk: Disk, heads: HeadsFile, { name, keys, charter }: Authority): Promise<void> {
  const log = new OwnLog({
    store: await LogStore.open(disk, sha256, chainOf(charter).id, 0),
    origin: name,
    sign: (text) => createNoteSigner(name, parseOnlineKeys(keys).log).sign(text),
    sha256,
    clock: SYSTEM_CLOCK,
    heads,
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: (error) => console.error(error),
  });
  await log.append([{ leaf: (time) => ({ kind: "charter", time, note: charter }), parts: [], extra: () => [] }]);
  await log.reannounce();
}

/** Opens what `createNode` began, as `startNode` does after unlocking the keys; it listens and dials once started. */
export async function openNode(directory: string, authority: Authority, listen: readonly string[]): Promise<BenchNode> {
  const keys: OnlineKeys = parseOnlineKeys(authority.keys);
  const disk = new CheckedDisk(await openLevelDisk(join(directory, "store")), () => undefined);
  const file = await SlotFile.open(join(directory, "heads"));
  const heads = await HeadsFile.open(file);
  const transport = await createNetwork({ seed: keys.node.exportSeed(), listen });
  const space = await DiskGuard.open({
    measure: () => measureSpace(directory),
    marks: { low: 0, full: 0 },
    clock: SYSTEM_CLOCK,
    log: silentLogger,
  });
  const outside = { disk, heads, clock: SYSTEM_CLOCK, random, transport, space };
  const init = { ...outside, keys, crypto: CRYPTO, fetch: DEFAULT_FETCH, log: silentLogger };
  const core = await Core.open(init, chainOf(authority.charter).id, 0);
  core.failed.then(giveUp, giveUp);
  const close = async (): Promise<void> => {
    await core.stop();
    space.close();
    // The head of the last append may still be on its way into the heads file.
    await heads.record(core.ownLog.key, core.ownLog.announced);
    await file.close();
    await disk.close();
  };
  const paths = dataDir(directory);
  const indexer = new Indexer(core, new Entries(core), paths.searchIndex);
  return { core, paths, checked: disk, indexer, close };
}

/** The other authority as somebody who is trusted. */
export function trusted({ name, charter }: Authority, addresses: readonly string[]): Peer {
  const chain = chainOf(charter);
  return {
    id: toHex(chain.id),
    name,
    chain,
    addresses,
    floor: null,
    addedBy: "bench",
    addedAt: 0,
    instance: null,
    starts: 0,
    lastSeen: null,
  };
}

export function chainOf(charter: string): Chain {
  const checked = checkChain([{ epoch: 0, index: 0, note: charter }], CRYPTO);
  if (!checked.ok) throw new Error(checked.message);
  return checked.chain;
}

function giveUp(reason: unknown): void {
  console.error(reason);
  process.exit(1);
}
