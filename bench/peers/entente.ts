import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../keys/sha256.ts";
import type { Core } from "../../node/core.ts";
import type { LogStore, StoredEntry } from "../../node/log-store.ts";
import { createNodeService } from "../../node/node-service.ts";
import type { EntryDraft } from "../../node/own-log.ts";
import { toHex } from "../../protocol/bytes.ts";
import { lastCharter } from "../../protocol/charter-chain.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart, parsePart } from "../../protocol/part.ts";
import { type Authority, type BenchNode, chainOf, createAuthority, createNode, openNode, trusted } from "../setup.ts";
import type { Follower, Origin, Replicator } from "./peer.ts";

/** Two authorities that trust each other; what one of them publishes here is addressed to the other. */
type World = { readonly origin: Authority; readonly follower: Authority };
type Link = World & { readonly address: string };

/** Entries before the first record: charter, followers, audience. */
const ENTRIES_BEFORE = 3;
const UNWATCHED = {
  version: "bench",
  announce: [],
};
const LISTEN = "/ip4/127.0.0.1/tcp/0";

export const entente: Replicator = {
  name: "entente",
  about: "this program; every append, batch and replicated entry is fsynced before it is acknowledged",
  openWriter: openOrigin,
  async open(directory) {
    const node = await openOriginNode(directory);
    await createNodeService({ ...node, ...UNWATCHED });
    await node.core.start();
    return node;
  },
  async openFollower(directory, text) {
    const link: Link = JSON.parse(text);
    await createNode(directory, link.follower);
    const node = await openNode(directory, link.follower, []);
    await node.core.start();
    return new EntenteFollower(node, link);
  },
};

async function openOrigin(directory: string): Promise<Origin> {
  if (!existsSync(worldFile(directory))) await beginOrigin(directory);
  const world = await readWorld(directory);
  const node = await openOriginNode(directory);
  const { core } = node;
  const { ownAudiences, ownLog } = core;
  // The follower, whom it would ask how far its log was, is not there yet.
  if (!core.ready) await core.decide("alone");
  // Written when the log was begun: this only finds it.
  const audience = await ownAudiences.ensure([memberOf(world.follower)]);
  const append = async (records: readonly Uint8Array[]): Promise<void> => {
    await ownLog.append(records.map((content) => draft(core, audience, content)));
  };
  return {
    append: (record) => append([record]),
    appendBatch: append,
    async serve() {
      await core.start();
      const [address = ""] = core.init.transport.addresses();
      return JSON.stringify({ ...world, address });
    },
    verify: (count) => verifyLog(node, world.origin, count),
    close: () => node.close(),
  };
}

/** Both authorities, the log of one of them, and there whom it trusts and whom it addresses. */
async function beginOrigin(directory: string): Promise<void> {
  const world: World = { origin: createAuthority("origin.example"), follower: createAuthority("follower.example") };
  await mkdir(directory, { recursive: true });
  await writeFile(worldFile(directory), JSON.stringify(world));
  await createNode(directory, world.origin);
  const node = await openNode(directory, world.origin, []);
  await node.core.addPeer(trusted(world.follower, []));
  await node.core.publishFollowers();
  await node.core.ownAudiences.ensure([memberOf(world.follower)]);
  await node.close();
}

async function openOriginNode(directory: string): Promise<BenchNode> {
  return openNode(directory, (await readWorld(directory)).origin, [LISTEN]);
}

/** An entry as the publisher makes it: part 0 with a fresh salt, padded, addressed; the leaf commits to it. */
function draft(core: Core, audience: number, content: Uint8Array): EntryDraft {
  const { id } = core.ownLog.store;
  const bytes = formatPart({
    ownerId: id,
    salt: core.init.random(32),
    name: "",
    type: "application/octet-stream",
    content,
  });
  const part = { audience, digest: partDigest(sha256, bytes), size: bytes.length };
  return { leaf: (time) => ({ kind: "record", time, parts: [part] }), parts: [{ part: 0, bytes }], extra: () => [] };
}

class EntenteFollower implements Follower {
  readonly #node: BenchNode;
  readonly #link: Link;
  readonly #originId: string;

  constructor(node: BenchNode, link: Link) {
    this.#node = node;
    this.#link = link;
    this.#originId = toHex(chainOf(link.origin.charter).id);
  }

  /** Trust is given to the origin, whose address is known: the node dials at once. */
  async pull(count: number): Promise<void> {
    const { core } = this.#node;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = core.onChange(() => {
      const head = core.mirrorOf(this.#originId)?.store.head;
      if (head !== undefined && head.size >= ENTRIES_BEFORE + count && head.missing === 0) resolve();
    });
    await core.addPeer(trusted(this.#link.origin, [this.#link.address]));
    await promise;
    stop();
  }

  watch(count: number, onRecord: (record: Uint8Array) => void): void {
    let next = ENTRIES_BEFORE + count;
    let reading = Promise.resolve();
    this.#node.core.onChange(() => {
      const from = next;
      next = Math.max(next, this.#store.head.size);
      if (next > from) reading = reading.then(() => this.#read(from, next, onRecord));
    });
  }

  async *records(count: number): AsyncGenerator<Uint8Array> {
    const store = this.#store;
    for await (const run of store.entryRuns(ENTRIES_BEFORE, ENTRIES_BEFORE + count))
      for (const entry of run) yield contentOf(entry, store.id);
  }

  verify(count: number): Promise<void> {
    return verifyLog(this.#node, this.#link.origin, count);
  }

  close(): Promise<void> {
    return this.#node.close();
  }

  get #store(): LogStore {
    const mirror = this.#node.core.mirrorOf(this.#originId);
    if (mirror === undefined) throw new Error("no mirror of the origin's log");
    return mirror.store;
  }

  async #read(from: number, to: number, onRecord: (record: Uint8Array) => void): Promise<void> {
    const store = this.#store;
    for await (const run of store.entryRuns(from, to)) for (const entry of run) onRecord(contentOf(entry, store.id));
  }
}

function contentOf(entry: StoredEntry, ownerId: Uint8Array): Uint8Array {
  const part = entry.parts[0];
  if (part === undefined) throw new Error(`entry ${entry.index} is here without its part`);
  return parsePart(part.bytes, ownerId).content;
}

async function verifyLog(node: BenchNode, { name }: Authority, count: number): Promise<void> {
  const { service } = await createNodeService({ ...node, ...UNWATCHED });
  const { size, parts, withheld, problems } = await service.verifyLog(name, () => undefined);
  // One part each, and the member list.
  const whole = size === ENTRIES_BEFORE + count && parts === count + 1 && withheld === 0 && problems.length === 0;
  if (!whole) throw new Error(`${name} does not verify: ${JSON.stringify({ size, parts, withheld, problems })}`);
}

function memberOf({ charter }: Authority): { readonly id: Uint8Array; readonly memberKey: Uint8Array } {
  const chain = chainOf(charter);
  return { id: chain.id, memberKey: lastCharter(chain).member };
}

function worldFile(directory: string): string {
  return join(directory, "authorities.json");
}

async function readWorld(directory: string): Promise<World> {
  const world: World = JSON.parse(await readFile(worldFile(directory), "utf8"));
  return world;
}
