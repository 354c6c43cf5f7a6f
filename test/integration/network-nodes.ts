import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { Connection as LibConnection, Libp2p, MessageStream, PrivateKey, Stream } from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { createNetwork } from "../../node/network.ts";
import type { NetworkInit } from "../../node/network.ts";
import type { Connection, FrameStream, Transport } from "../../node/transport.ts";

/** A started network that remembers what its handlers were told. */
export type TestNode = {
  readonly network: Transport;
  readonly peerKey: Uint8Array;
  readonly connections: Connection[];
  readonly streams: FrameStream[];
  readonly disconnected: Connection[];
  /** The n-th stream that the far end opens, waited for. */
  stream(n: number): Promise<FrameStream>;
};

export type Carrier = "tcp" | "memory";

export type MemoryTransport = NonNullable<NetworkInit["transports"]>[number];

/** Long enough for a busy machine; what is as it should be takes milliseconds. */
const WAIT_MS = 20_000;

let nodeCount = 0;
const cleanUps: (() => Promise<unknown>)[] = [];

/** Call after each test. */
export async function stopNodes(): Promise<void> {
  // One after the other: two nodes that close the same connection at once wait for each other for half a second.
  for (const stop of cleanUps.splice(0)) await stop();
}

/** `carry`: the memory transport, unless a test looks into what it is given. */
export async function startNode(carrier: Carrier, carry: MemoryTransport = memory()): Promise<TestNode> {
  nodeCount += 1;
  const seed = seedOf(nodeCount);
  const init: NetworkInit =
    carrier === "tcp"
      ? { seed, listen: ["127.0.0.1:0"] }
      : { seed, listen: [`/memory/node-${nodeCount}`], transports: [carry] };
  const network = await createNetwork(init);
  const node = { network, peerKey: await keyOf(seed), connections: [], streams: [], disconnected: [] };
  cleanUps.push(() => network.stop());
  return { ...node, ...(await listenTo(network, node)) };
}

export async function startPair(carrier: Carrier): Promise<{ a: TestNode; b: TestNode; connection: Connection }> {
  const [a, b] = await Promise.all([startNode(carrier), startNode(carrier)]);
  const connection = await a.network.dial(addressOf(b), b.peerKey, soon());
  return { a, b, connection };
}

/** A stream between two nodes: `a` opened it, `b` answers on it. */
export async function openPair(
  carrier: Carrier,
): Promise<{ a: FrameStream; b: FrameStream; nodes: Awaited<ReturnType<typeof startPair>> }> {
  const nodes = await startPair(carrier);
  const a = await nodes.connection.openStream(soon());
  return { a, b: await nodes.b.stream(0), nodes };
}

export function addressOf(node: TestNode): string {
  const address = node.network.addresses()[0];
  if (address === undefined) throw new Error("the node does not listen");
  return address;
}

/** A node without any of our own code, connected to `node` with a stream open, which can say what ours never would. */
export type Stranger = {
  /** Its end of the stream, on which it sends any bytes. */
  readonly raw: Stream;
  readonly connection: LibConnection;
  /** What its muxer runs over: here it speaks Yamux itself. */
  readonly muxed: MessageStream;
  /** What its encryption runs over. */
  readonly socket: MessageStream;
  /** The node's end of the stream. */
  readonly framed: FrameStream;
};

/** Streams of libp2p's own ping that were opened to the stranger, who never answers them, end in `pings`. */
export async function startStranger(node: TestNode, pings: Stream[] = []): Promise<Stranger> {
  const { libp2p, muxed, sockets } = await createStranger();
  await libp2p.handle("/ipfs/ping/1.0.0", (stream) => void pings.push(stream));
  const connection = await libp2p.dial(multiaddr(addressOf(node)), { signal: soon() });
  const raw = await connection.newStream("/entente/exchange/1", { signal: soon() });
  const framed = await node.stream(0);
  return { raw, connection, muxed: first(muxed), socket: first(sockets), framed };
}

type Beneath = { readonly libp2p: Libp2p; readonly muxed: MessageStream[]; readonly sockets: MessageStream[] };

/** What its connections run over is there once they are. It has an Ed25519 key unless it is given another. */
export async function createStranger(privateKey?: PrivateKey): Promise<Beneath> {
  const muxed: MessageStream[] = [];
  const sockets: MessageStream[] = [];
  const muxer = yamux()();
  const libp2p = await createLibp2p({
    ...(privateKey === undefined ? {} : { privateKey }),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      () => ({
        protocol: muxer.protocol,
        createStreamMuxer: (over) => (muxed.push(over), muxer.createStreamMuxer(over)),
      }),
    ],
    connectionGater: { denyOutboundUpgradedConnection: (_, socket) => (sockets.push(socket), false) },
    connectionMonitor: { enabled: false },
  });
  cleanUps.push(async () => libp2p.stop());
  return { libp2p, muxed, sockets };
}

function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error("there is none");
  return value;
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(WAIT_MS);
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `isSo`, or fails after `ms`. */
export async function until(isSo: () => boolean, ms = WAIT_MS): Promise<void> {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not so after ${ms} ms: ${isSo.toString()}`);
    await delay(2);
  }
}

function seedOf(n: number): Uint8Array {
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, n);
  return seed;
}

async function keyOf(seed: Uint8Array): Promise<Uint8Array> {
  return (await generateKeyPairFromSeed("Ed25519", seed)).publicKey.raw;
}

type Told = { connections: Connection[]; streams: FrameStream[]; disconnected: Connection[] };

async function listenTo(network: Transport, told: Told): Promise<Pick<TestNode, "stream">> {
  await network.start({
    onConnection: (connection) => told.connections.push(connection),
    onStream: (stream) => told.streams.push(stream),
    onDisconnect: (connection) => told.disconnected.push(connection),
  });
  return {
    async stream(n) {
      await until(() => told.streams.length > n);
      const stream = told.streams[n];
      if (stream === undefined) throw new Error("no such stream");
      return stream;
    },
  };
}
