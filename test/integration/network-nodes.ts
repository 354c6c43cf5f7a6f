import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { Stream } from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import type { Libp2p } from "libp2p";
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

let nodeCount = 0;
const cleanUps: (() => Promise<unknown>)[] = [];

/** Call after each test. */
export async function stopNodes(): Promise<void> {
  await Promise.all(cleanUps.splice(0).map((stop) => stop()));
}

export async function startNode(carrier: Carrier): Promise<TestNode> {
  nodeCount += 1;
  const seed = seedOf(nodeCount);
  const init: NetworkInit =
    carrier === "tcp"
      ? { seed, listen: ["127.0.0.1:0"] }
      : { seed, listen: [`/memory/node-${nodeCount}`], transports: [memory()] };
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
export async function openPair(carrier: Carrier): Promise<{ a: FrameStream; b: FrameStream; nodes: Awaited<ReturnType<typeof startPair>> }> {
  const nodes = await startPair(carrier);
  const a = await nodes.connection.openStream(soon());
  return { a, b: await nodes.b.stream(0), nodes };
}

export function addressOf(node: TestNode): string {
  const address = node.network.addresses()[0];
  if (address === undefined) throw new Error("the node does not listen");
  return address;
}

/** A libp2p node without any of our own code, which can say what ours never would. */
export async function startStranger(): Promise<Libp2p> {
  const stranger = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
  cleanUps.push(async () => stranger.stop());
  return stranger;
}

/** A stream of a stranger to a node, on which raw bytes can be sent. */
export async function strangerStream(node: TestNode): Promise<{ raw: Stream; framed: FrameStream }> {
  const stranger = await startStranger();
  const connection = await stranger.dial(multiaddr(addressOf(node)), { signal: soon() });
  const raw = await connection.newStream("/entente/exchange/1", { signal: soon() });
  return { raw, framed: await node.stream(0) };
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(4_000);
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `isSo`, or fails after `ms`. */
export async function until(isSo: () => boolean, ms = 4_000): Promise<void> {
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
