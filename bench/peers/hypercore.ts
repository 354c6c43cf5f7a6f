import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import Hypercore from "hypercore";
import type { Follower, Origin, Replicator } from "./peer.ts";

type Link = { readonly port: number; readonly key: string };

/** Hypercore 11 over its own Noise stream on loopback TCP, default options, no DHT. */
export const hypercore: Replicator = {
  name: "hypercore",
  about: `Hypercore ${versionOf("hypercore")} (hypercore-storage ${versionOf("hypercore-storage")}), default options; nothing is fsynced`,
  openWriter: openOrigin,
  open: openCore,
  async openFollower(directory, text) {
    const link: Link = JSON.parse(text);
    return new HypercoreFollower(await openCore(directory, Buffer.from(link.key, "hex")), link.port);
  },
};

async function openCore(directory: string, key?: Uint8Array): Promise<Hypercore> {
  const core = new Hypercore(directory, key);
  await core.ready();
  return core;
}

async function openOrigin(directory: string): Promise<Origin> {
  const core = await openCore(directory);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    replicate(core, socket, false);
  });
  return {
    async append(record) {
      await core.append(record);
    },
    async appendBatch(records) {
      await core.append(records);
    },
    async serve() {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      return JSON.stringify({ port, key: Buffer.from(core.key).toString("hex") });
    },
    verify: (count) => audit(core, count),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await core.close();
    },
  };
}

class HypercoreFollower implements Follower {
  readonly #core: Hypercore;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(core: Hypercore, port: number) {
    this.#core = core;
    this.#port = port;
  }

  async pull(count: number): Promise<void> {
    this.#socket = connect(this.#port, "127.0.0.1");
    replicate(this.#core, this.#socket, true);
    await this.#core.download({ start: 0, end: count }).done();
    if (!(await this.#core.has(0, count))) throw new Error("not all blocks are stored");
  }

  watch(count: number, onRecord: (record: Uint8Array) => void): void {
    this.#core.download({ start: count, end: -1 });
    this.#follow(count, onRecord).catch(() => undefined);
  }

  records(count: number): AsyncIterable<Uint8Array> {
    return this.#core.createReadStream({ start: 0, end: count });
  }

  /** Each block was checked against the signed root as it arrived. */
  verify(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.#core.close();
  }

  async #follow(from: number, onRecord: (record: Uint8Array) => void): Promise<void> {
    for (let index = from; ; index++) onRecord(await this.#core.get(index));
  }
}

/** Hashes every block and node again; it does not check the signature of the head. */
async function audit(core: Hypercore, count: number): Promise<void> {
  const found = await core.core.audit({ dryRun: true });
  if (found.corrupt || found.droppedBlocks > 0 || found.droppedTreeNodes > 0 || found.blocks !== count)
    throw new Error(`the core does not pass its audit: ${JSON.stringify(found)}`);
}

function replicate(core: Hypercore, socket: Socket, isInitiator: boolean): void {
  socket.setNoDelay(true);
  const stream = core.replicate(isInitiator);
  // Both end with an error when the other side goes first.
  stream.on("error", () => undefined);
  socket.on("error", () => undefined);
  stream.pipe(socket).pipe(stream);
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
