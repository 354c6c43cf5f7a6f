import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { decryptKeyFile, encryptKeyFile } from "../keys/age-file.ts";
import { buildFirstCharter } from "../keys/charter-builder.ts";
import { CharterError } from "../keys/charter-error.ts";
import { admitPublicKey, keyPairFromSeed, verifySignature } from "../keys/ed25519.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { KeyError } from "../keys/key-error.ts";
import { readSecretFile, writeSecretFile } from "../keys/key-files.ts";
import { formatKeyBundle } from "../keys/key-bundle.ts";
import { formatOnlineKeys, generateOnlineKeys, type OnlineKeys, parseOnlineKeys } from "../keys/online-keys.ts";
import { sha256 } from "../keys/sha256.ts";
import { createCosigner, createNoteSigner, type NoteSigner } from "../keys/signer.ts";
import { toHex, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { FormatError } from "../protocol/format-error.ts";
import { authorityId, origin } from "../protocol/name.ts";
import { parseNote } from "../protocol/note.ts";
import { MAX_CHARTER_SIGNATURES } from "../protocol/limits.ts";
import type { BatchCrypto } from "../protocol/verify-batch.ts";
import { createLocalApi } from "./api/local-api.ts";
import { parseAddress } from "./address.ts";
import { isoTime, seconds, SYSTEM_CLOCK } from "./clock.ts";
import { CheckedDisk, describeKey } from "./checked-disk.ts";
import { Core } from "./core.ts";
import { type Config, type GivenSettings, type LoadedConfig, parseConfig } from "./config.ts";
import { examineDataDir } from "./data-checks.ts";
import {
  dataDir,
  type DataDir,
  lockHolder,
  makeDirectories,
  prepareSocketPath,
  readConfigFile,
  removeNodeFile,
  writeConfig,
  writeNodeFile,
} from "./data-dir.ts";
import { type Disk, DiskError } from "./disk.ts";
import { DiskGuard } from "./disk-guard.ts";
import { measureSpace } from "./disk-space.ts";
import { Entries } from "./entries.ts";
import { failStop } from "./fail-stop.ts";
import { HeadsFile } from "./heads-file.ts";
import { bytesKey } from "./keyspace.ts";
import { openLevelDisk } from "./level-disk.ts";
import type { Logger } from "./logger.ts";
import { LogStore } from "./log-store.ts";
import { openMetricsPort } from "./metrics-port.ts";
import { createNetwork } from "./network.ts";
import { createNodeService, storeOperator } from "./node-service.ts";
import { OwnLog } from "./own-log.ts";
import { createRandomPool } from "./random-pool.ts";
import type { Finding, NodeService } from "./service.ts";
import { Indexer } from "./search/indexer.ts";
import { SlotFile } from "./slot-file.ts";
import { STAGED_MS } from "./limits.ts";
import { TransportError } from "./transport.ts";
import type { CoreInit } from "./wiring.ts";

const VERSION = "0.1.0";
/** Of the store's own layout; a store of another one is refused with a sentence. */
const STORE_FORMAT = "2";
const PUT_BACK =
  "put the store of the newest backup back (docs/operations.md, Put back): what came after it comes again from peers";
const FORMAT_KEY = bytesKey("meta", utf8Encode("format"));
const IDENTITY_KEY = bytesKey("meta", utf8Encode("identity"));

const CRYPTO: BatchCrypto = { sha256, verify: verifySignature, admitKey: admitPublicKey };

const random = createRandomPool();

export type InitOptions = {
  readonly dataDir: string;
  readonly name: string;
  readonly title: string;
  readonly country: string;
  /** Multiaddrs, e.g. `/ip4/0.0.0.0/tcp/4001`. */
  readonly listen: readonly string[];
  /** What peers are told; may be empty. */
  readonly announce: readonly string[];
  readonly roots: number;
  readonly rootThreshold: number;
  /** Whether to make an approver key. */
  readonly approver: boolean;
  /** Where root and next-root key files are written; not kept by the node. */
  readonly offlineDir: string;
  readonly passphrase: string;
  readonly offlinePassphrase: string;
  /** The first operator, whose token is written into the data directory. */
  readonly operator: string;
};

export type InitResult = {
  readonly id: string;
  readonly fingerprint: string;
  readonly offlineFiles: readonly string[];
  readonly tokenFile: string;
};

export type StartOptions = {
  readonly dataDir: string;
  readonly passphrase: string;
  readonly log: Logger;
  /** Settings that win over those of the file. */
  readonly settings?: GivenSettings;
};

export type RunningNode = {
  readonly service: NodeService;
  readonly name: string;
  readonly socketPath: string;
  stop(): Promise<void>;
  /** Resolves when the node cannot go on and should be stopped. */
  readonly failed: Promise<Error>;
};

export type NodeErrorCode =
  | "ALREADY_INITIALISED"
  | "NOT_INITIALISED"
  | "LOCKED"
  | "STORE_VERSION"
  | "LISTEN_FAILED"
  | "CONFIG"
  | "KEYS"
  | "OFFLINE_DIR_EXISTS"
  | "DISK_FULL"
  | "INVALID"
  | "STORE";

class NodeError extends Error {
  readonly code: NodeErrorCode;
  readonly hint: string | null;
  constructor(code: NodeErrorCode, message: string, hint: string | null = null) {
    super(message);
    this.name = "NodeError";
    this.code = code;
    this.hint = hint;
  }
}

/** Makes keys, data directory and the log with its first charter. Refuses to touch what is there already. */
export async function initNode(options: InitOptions): Promise<InitResult> {
  const paths = dataDir(options.dataDir);
  if ((await readConfigFile(paths)) !== undefined) {
    throw new NodeError(
      "ALREADY_INITIALISED",
      `there is a node in ${paths.root} already`,
      "entente start, or choose another directory with --data",
    );
  }
  checkAddresses(options);
  const keys = generateOnlineKeys(
    { name: options.name, epoch: 0, roles: options.approver ? ["approver/1"] : [] },
    random,
  );
  const roots = rootSigners(options, 1);
  const next = rootSigners(options, 1 + options.roots);
  const note = firstCharter(options, keys, roots, next);
  await makeDirectories(paths);
  const offlineFiles = await writeOffline(options, [...roots, ...next]);
  await writeSecretFile(paths.onlineKeys, await encryptKeyFile(formatOnlineKeys(keys), options.passphrase), {
    overwrite: false,
  });
  const id = authorityId(sha256, parseNote(note, MAX_CHARTER_SIGNATURES).text);
  const token = toHex(random(32));
  await createStore(paths, options, keys, note, id, token);
  const tokenFile = join(paths.operators, `${options.operator}.token`);
  await writeSecretFile(tokenFile, `${token}\n`, { overwrite: false });
  // Last, so that a node that was begun and not finished is not taken for one.
  await writeConfig(paths, { name: options.name, listen: [...options.listen], announce: [...options.announce] });
  return { id: toHex(id), fingerprint: fingerprint(id), offlineFiles, tokenFile };
}

/** The settings of the node in a directory, with what is wrong with them. `given` wins over the file. */
export async function loadConfig(directory: string, given: GivenSettings = {}): Promise<LoadedConfig> {
  const paths = dataDir(directory);
  const text = await readConfigFile(paths);
  if (text !== undefined) return parseConfig(text, given);
  if (await stat(paths.onlineKeys).catch(() => undefined))
    throw new NodeError(
      "CONFIG",
      `${paths.config} is not there, though the keys of a node are`,
      "put it back from a backup: docs/operations.md, Put back",
    );
  throw new NodeError(
    "NOT_INITIALISED",
    `there is no node in ${paths.root}`,
    "entente init --name … --title … --country …",
  );
}

/** What is to be seen of the node in a directory, running or not: `doctor`. */
export function examineNode(directory: string): Promise<readonly Finding[]> {
  return examineDataDir(directory);
}

/** Opens the store, takes up the exchange, and offers the local API. */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const paths = dataDir(options.dataDir);
  const config = validConfig(paths, await loadConfig(options.dataDir, options.settings));
  const keys = await unlock(paths, options.passphrase);
  const broken = Promise.withResolvers<Error>();
  const store = new CheckedDisk(failStop(await openStore(paths), broken.resolve), (key) =>
    options.log.warn(
      { value: describeKey(key) },
      "a stored value is damaged and was read from its copy: entente scrub",
    ),
  );
  const closing: (() => Promise<unknown>)[] = [() => store.close()];
  try {
    await makeDirectories(paths);
    await writeNodeFile(paths, isoTime(seconds(SYSTEM_CLOCK)));
    closing.push(() => removeNodeFile(paths));
    const heads = await SlotFile.open(paths.heads);
    closing.push(() => heads.close());
    const space = await openSpace(paths, config, options.log);
    closing.push(() => Promise.resolve(space.close()));
    const core = await openCore({ disk: space.watch(store), space, log: options.log }, heads, keys, config);
    await core.parts.sweep(seconds(SYSTEM_CLOCK) - STAGED_MS / 1000);
    const indexer = new Indexer(core, new Entries(core), paths.searchIndex);
    const { service, sweep, folding } = await createNodeService({
      core,
      version: VERSION,
      announce: config.announce,
      paths,
      checked: store,
      indexer,
    });
    closing.push(() => core.stop());
    await core.start();
    closing.push(() => indexer.stop());
    indexer.start();
    closing.push(() => folding.stop());
    folding.start();
    closing.push(() => sweep.stop());
    sweep.start();
    const socketPath = await prepareSocketPath(paths);
    const api = await createLocalApi({
      service,
      socketPath,
      log: options.log,
      stop: () => process.kill(process.pid, "SIGTERM"),
    });
    closing.push(() => api.close());
    if (config.metrics !== undefined) closing.push(await openMetricsPort(config.metrics, service, options.log));
    return {
      service,
      name: config.name,
      socketPath,
      failed: Promise.race([core.failed, broken.promise]),
      stop: () => closeAll(closing, options.log),
    };
  } catch (error) {
    await closeAll(closing, options.log);
    throw startError(error);
  }
}

function validConfig(paths: DataDir, { config, problems }: LoadedConfig): Config {
  if (config !== undefined) return config;
  const [first] = problems;
  throw new NodeError(
    "CONFIG",
    `${paths.config}: ${first?.path ?? ""}: ${first?.reason ?? ""}`,
    "entente config check",
  );
}

function openSpace(paths: DataDir, config: Config, log: Logger): Promise<DiskGuard> {
  return DiskGuard.open({
    measure: () => measureSpace(paths.store),
    clock: SYSTEM_CLOCK,
    log,
    marks: { low: config.diskLow, full: config.diskFull },
  });
}

async function openCore(
  outside: Pick<CoreInit, "disk" | "space" | "log">,
  file: SlotFile,
  keys: OnlineKeys,
  config: Config,
): Promise<Core> {
  const identity = await outside.disk.get(IDENTITY_KEY);
  if (identity === undefined)
    throw new NodeError(
      "STORE",
      "the store has no log",
      "put it back from a backup, or begin anew in another directory",
    );
  const transport = await createNetwork({ seed: keys.node.exportSeed(), listen: config.listen });
  const heads = await HeadsFile.open(file);
  return Core.open(
    { ...outside, heads, clock: SYSTEM_CLOCK, random, transport, keys, crypto: CRYPTO, fetch: config },
    identity,
    keys.epoch,
  );
}

/** In the reverse order of opening; every step is tried, and the first failure is logged. */
async function closeAll(closing: (() => Promise<unknown>)[], log: Logger): Promise<void> {
  for (const close of closing.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log.error({ error: String(error) }, "closing failed");
    }
  }
}

async function unlock(paths: DataDir, passphrase: string): Promise<OnlineKeys> {
  try {
    return parseOnlineKeys(await decryptKeyFile(await readSecretFile(paths.onlineKeys), passphrase));
  } catch (error) {
    if (error instanceof KeyError)
      throw new NodeError(
        "KEYS",
        error.message.includes(paths.onlineKeys) ? error.message : `${paths.onlineKeys}: ${error.message}`,
        "the passphrase is taken from --passphrase-file, a systemd credential, or the terminal",
      );
    throw error;
  }
}

async function openStore(paths: DataDir): Promise<Disk> {
  const disk = await openLevelDisk(paths.store, false).catch(async (error: unknown) => {
    if (error instanceof DiskError && error.code === "LOCKED") {
      throw new NodeError(
        "LOCKED",
        `the store in ${paths.root} is in use by ${await lockHolder(paths)}`,
        "entente stop, or work with the running node",
      );
    }
    throw startError(error);
  });
  const checked = new CheckedDisk(disk, () => undefined);
  const format = await checked
    .get(FORMAT_KEY)
    .catch(() => disk.get(FORMAT_KEY))
    .catch(async (error: unknown) => {
      await disk.close();
      throw startError(error);
    });
  if (format !== undefined && utf8Decode(format) === STORE_FORMAT) return disk;
  await disk.close();
  if (format === undefined)
    throw new NodeError("STORE", `the store in ${paths.store} is damaged: it does not say what it is`, PUT_BACK);
  throw new NodeError(
    "STORE_VERSION",
    `the store in ${paths.root} has format ${printable(format)}, this program reads ${STORE_FORMAT}`,
    "run the version that wrote it",
  );
}

/** What a damaged store has in the place of a format may be anything. */
function printable(format: Uint8Array): string {
  return Buffer.from(format.subarray(0, 16))
    .toString("latin1")
    .replaceAll(/[^ -~]/g, "?");
}

function startError(error: unknown): unknown {
  if (error instanceof TransportError)
    return new NodeError(
      "LISTEN_FAILED",
      error.message,
      "change listen or metrics in config.json, or stop what uses the port",
    );
  if (error instanceof DiskError)
    return new NodeError(
      error.code === "FULL" ? "DISK_FULL" : "STORE",
      error.message,
      error.code === "FULL" ? "make room on the disk and start again" : PUT_BACK,
    );
  // What is read at the start was written by this very program.
  if (error instanceof FormatError) return new NodeError("STORE", `the store is damaged: ${error.message}`, PUT_BACK);
  return error;
}

// Init

function firstCharter(options: InitOptions, keys: OnlineKeys, roots: readonly Root[], next: readonly Root[]): string {
  try {
    return buildFirstCharter({
      authority: options.name,
      title: options.title,
      country: options.country,
      rootThreshold: options.rootThreshold,
      roots: roots.map((root) => root.signer),
      next: { threshold: options.rootThreshold, vkeys: next.map((root) => root.signer.vkey) },
      log: createNoteSigner(origin(options.name, 0), keys.log),
      witness: createCosigner(`${options.name}/witness`, keys.witness),
      node: createNoteSigner(`${options.name}/node`, keys.node),
      member: keys.members[0].publicKey,
      roles: [...keys.roles].map(([role, key]) => createNoteSigner(`${options.name}/${role}`, key)),
    });
  } catch (error) {
    if (error instanceof FormatError || error instanceof CharterError)
      throw new NodeError("INVALID", error.message, "entente help init");
    throw error;
  }
}

type Root = { readonly name: string; readonly signer: NoteSigner; readonly pem: string };

function rootSigners(options: InitOptions, first: number): readonly Root[] {
  return Array.from({ length: options.roots }, (_, i) => {
    const name = `${options.name}/root/${first + i}`;
    const key = keyPairFromSeed(random(32));
    return { name, signer: createNoteSigner(name, key), pem: formatKeyBundle([{ name, key }]) };
  });
}

async function writeOffline(options: InitOptions, roots: readonly Root[]): Promise<readonly string[]> {
  const files = roots.map((root) => join(options.offlineDir, `${root.name.replaceAll("/", "-")}.key.age`));
  for (const file of files) {
    if ((await stat(file).catch(() => undefined)) !== undefined) {
      throw new NodeError("OFFLINE_DIR_EXISTS", `${file} exists`, "choose an empty directory with --offline-dir");
    }
  }
  await mkdir(options.offlineDir, { recursive: true, mode: 0o700 });
  for (const [i, root] of roots.entries()) {
    await writeSecretFile(files[i] ?? "", await encryptKeyFile(root.pem, options.offlinePassphrase), {
      overwrite: false,
    });
  }
  return files;
}

async function createStore(
  paths: DataDir,
  options: InitOptions,
  keys: OnlineKeys,
  note: string,
  id: Uint8Array,
  token: string,
): Promise<void> {
  // What an interrupted init left behind holds nothing yet; its keys were never shown to anybody.
  await rm(paths.store, { recursive: true, force: true });
  await rm(paths.heads, { force: true });
  const disk = new CheckedDisk(await openLevelDisk(paths.store), () => undefined);
  try {
    const file = await SlotFile.open(paths.heads);
    const heads = await HeadsFile.open(file);
    await disk.write(
      [
        { key: FORMAT_KEY, value: utf8Encode(STORE_FORMAT) },
        { key: IDENTITY_KEY, value: id },
      ],
      true,
    );
    await storeOperator({ disk, sha256 }, options.operator, token);
    const store = await LogStore.open(disk, sha256, id, 0);
    const logName = origin(options.name, 0);
    const log = new OwnLog({
      store,
      origin: logName,
      sign: (text) => createNoteSigner(logName, keys.log).sign(text),
      sha256,
      clock: SYSTEM_CLOCK,
      heads,
      ready: () => true,
      onAnnounced: () => undefined,
      onFailed: () => undefined,
    });
    await log.append([{ leaf: (time) => ({ kind: "charter", time, note }), parts: [], extra: () => [] }]);
    await log.reannounce();
    await file.close();
  } finally {
    await disk.close();
  }
}

function checkAddresses({ listen, announce }: InitOptions): void {
  try {
    for (const address of announce) parseAddress(address);
    for (const address of listen) parseAddress(address.replace(/\/tcp\/0$/, "/tcp/1"));
  } catch (error) {
    if (error instanceof TransportError)
      throw new NodeError("INVALID", error.message, "an address is written like /ip4/0.0.0.0/tcp/4001");
    throw error;
  }
}
