import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import { CheckedDisk } from "../../node/checked-disk.ts";
import { Core } from "../../node/core.ts";
import { dataDir } from "../../node/data-dir.ts";
import type { Disk } from "../../node/disk.ts";
import { Entries } from "../../node/entries.ts";
import { DEFAULT_FETCH, type FetchSettings } from "../../node/fetch-policy.ts";
import type { ErasureSweep } from "../../node/erasing/sweep.ts";
import { HeadsFile } from "../../node/heads-file.ts";
import { openLevelDisk } from "../../node/level-disk.ts";
import { LogStore } from "../../node/log-store.ts";
import type { Logger } from "../../node/logger.ts";
import { createNetwork } from "../../node/network.ts";
import { createNodeService } from "../../node/node-service.ts";
import { OwnLog } from "../../node/own-log.ts";
import { Indexer } from "../../node/search/indexer.ts";
import type { NodeService, PublishInput } from "../../node/service.ts";
import type { Peer } from "../../node/trust.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { sha256 } from "../../keys/sha256.ts";
import { toHex } from "../../protocol/bytes.ts";
import { formatChainFile } from "../../protocol/chain-file.ts";
import { parseEntryName } from "../../protocol/name.ts";
import { GIB, openSpace } from "./space.ts";
import { type Authority, CRYPTO } from "../simulation/authority.ts";

/** A whole node within this process, over a real store and real TCP on loopback. */
export type InProcessNode = {
  readonly authority: Authority;
  readonly core: Core;
  readonly service: NodeService;
  readonly indexer: Indexer;
  readonly sweep: ErasureSweep;
  /** Of its data. */
  readonly directory: string;
  /** Where its file lies. */
  readonly searchIndex: string;
  readonly disk: Disk;
  /** What its disk has, as it will see at the next look. */
  readonly room: { free: number; readonly total: number };
  readonly address: string;
  /** What it logged as errors, and why it could not go on: there should be nothing. */
  readonly faults: readonly string[];
  /** Why each session ended. */
  readonly endings: readonly string[];
  /** Publishes a follow-up that says `text`, with attachments for the same readers; gives its index. */
  publish(text: string, to: readonly string[], attachments?: readonly Uint8Array[]): Promise<number>;
  /** Between trust and the followers leaf there is a moment; here it does not end. */
  trustWithoutFollowers(authority: Authority): Promise<void>;
  stop(): Promise<void>;
};

type InProcessSettings = {
  readonly clock?: Clock;
  readonly fetch?: FetchSettings;
  readonly wrapDisk?: (disk: Disk) => Disk;
};

/** The clock is right, and the settings are those of a new node, unless a test says otherwise. */
export async function startInProcess(
  authority: Authority,
  { clock = SYSTEM_CLOCK, fetch = DEFAULT_FETCH, wrapDisk = (disk) => disk }: InProcessSettings = {},
): Promise<InProcessNode> {
  const { keys, chain } = authority;
  const directory = await mkdtemp(join(tmpdir(), "entente-test-"));
  const paths = dataDir(directory);
  const disk = new CheckedDisk(wrapDisk(await openLevelDisk(paths.store)), () => undefined);
  const heads = await HeadsFile.open({ read: () => Promise.resolve(undefined), replace: () => Promise.resolve() });
  await layOut(authority, disk, heads);
  const faults: string[] = [];
  const endings: string[] = [];
  const log = watchingLogger(faults, endings);
  const transport = await createNetwork({ seed: keys.node.exportSeed(), listen: ["127.0.0.1:0"] });
  const room = { free: 100 * GIB, total: 100 * GIB };
  const space = await openSpace({ log }, room);
  const core = await Core.open(
    { disk, heads, clock, random: randomOf, transport, keys, crypto: CRYPTO, fetch, log, space },
    chain.id,
    keys.epoch,
  );
  core.failed.then((error) => faults.push(`cannot go on: ${String(error)}`)).catch(() => undefined);
  const indexer = new Indexer(core, new Entries(core), paths.searchIndex);
  const { service, sweep, folding } = await createNodeService({
    core,
    version: "test",
    announce: [],
    paths,
    checked: disk,
    indexer,
  });
  await core.start();
  indexer.start();
  folding.start();
  sweep.start();
  const [address] = transport.addresses();
  if (address === undefined) throw new Error("the node does not listen");
  return {
    authority,
    core,
    service,
    indexer,
    sweep,
    directory,
    searchIndex: paths.searchIndex,
    disk,
    room,
    address,
    faults,
    endings,
    publish: (text, to, attachments = []) => publish(service, `${authority.name}:0`, text, to, attachments),
    trustWithoutFollowers: (other) => core.addPeer(unheardOf(other)),
    async stop() {
      await sweep.stop();
      await folding.stop();
      await indexer.stop();
      await core.stop();
      space.close();
      await disk.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A peer as it is when it was added and nothing was seen of it. */
function unheardOf({ name, chain }: Authority): Peer {
  const seen = { instance: null, starts: 0, lastSeen: null };
  return { id: toHex(chain.id), name, chain, addresses: [], floor: null, addedBy: "anna", addedAt: 0, ...seen };
}

/** As `entente charter export` prints it, without addresses: the authority is only ever heard of. */
export function chainFileOf({ name, chain }: Authority): string {
  const file = { name, id: chain.id, entries: chain.entries, checkpoint: undefined, addresses: [] };
  return formatChainFile(file, sha256);
}

/** What it refers to there must be: the charter, which every log has. */
async function publish(
  service: NodeService,
  ref: string,
  text: string,
  to: readonly string[],
  attachments: readonly Uint8Array[],
): Promise<number> {
  const parts: PublishInput["parts"][number][] = [];
  for (const content of attachments) {
    const input = { name: "file.bin", type: "application/octet-stream", length: content.length };
    parts.push({ kind: "attachment", staged: (await service.stage(input, once(content))).staged });
  }
  const body = { answers: 0, outcome: "not-found", text: { en: text } };
  const { entry } = await service.publish({ type: "follow-up", version: 1, body, refs: [ref], to, parts }, "anna");
  if (entry === null) throw new Error("what should have been published was queued");
  return parseEntryName(entry).index;
}

/** The store as `entente init` leaves it, and as the charters after the first do. */
async function layOut({ name, keys, chain }: Authority, disk: Disk, heads: HeadsFile): Promise<void> {
  const signer = createNoteSigner(name, keys.log);
  const log = new OwnLog({
    store: await LogStore.open(disk, sha256, chain.id, keys.epoch),
    origin: name,
    sign: (text) => signer.sign(text),
    sha256,
    clock: SYSTEM_CLOCK,
    heads,
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: () => undefined,
  });
  for (const { note } of chain.entries)
    await log.append([{ leaf: (time) => ({ kind: "charter", time, note }), parts: [], extra: () => [] }]);
}

function watchingLogger(faults: string[], endings: string[]): Logger {
  const log: Logger = {
    error: (fields, message) => {
      const { err } = fields;
      faults.push(`${message}: ${err instanceof Error ? err.stack : JSON.stringify(fields)}`);
    },
    warn: () => undefined,
    info: ({ reason }, message) => {
      if (message === "session ended") endings.push(String(reason));
    },
    debug: () => undefined,
    child: () => log,
  };
  return log;
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

function randomOf(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
