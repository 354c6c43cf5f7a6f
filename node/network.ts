import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type {
  Connection as LibConnection,
  ConnectionGater,
  Libp2p,
  Listener,
  MessageStream,
  PeerId,
  Stream,
} from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import type { Libp2pOptions } from "libp2p";
import { createLibp2p } from "libp2p";
import { parseAddress, parseListenAddress } from "./address.ts";
import { boundedMuxer } from "./network/bounded-muxer.ts";
import { dialError } from "./network/dial-error.ts";
import {
  DIAL_MS,
  HANDSHAKE_MS,
  MAX_CONNECTIONS,
  MAX_INBOUND_PER_SECOND,
  MAX_INBOUND_STREAMS,
  MAX_OUTBOUND_STREAMS,
  MAX_PENDING_HANDSHAKES,
  MAX_UNSENT_CONNECTION,
  SOCKET_INACTIVITY_MS,
  STOP_MS,
} from "./network/limits.ts";
import { listenError } from "./network/listen-error.ts";
import { EXCHANGE_PROTOCOL, PeerConnection } from "./network/peer-connection.ts";
import { peerIdOf, peerKeyOf } from "./network/peer-key.ts";
import type { Connection, Transport, TransportHandlers } from "./transport.ts";
import { TransportError } from "./transport.ts";

export type NetworkInit = {
  /** Seed of the Ed25519 node key, 32 bytes. */
  readonly seed: Uint8Array;
  /** Where to listen, as in `parseListenAddress`; none to be reachable by nobody. */
  readonly listen: readonly string[];
  /** What carries connections: TCP, unless a test brings another. Addresses are then multiaddrs of that transport. */
  readonly transports?: NonNullable<Libp2pOptions["transports"]>;
};

/**
 * The network of a node: libp2p over TCP, Noise and Yamux. What we ask of libp2p and what we leave out, and why, stands
 * in `docs/decisions/libp2p.md`. Throws `ADDRESS_MALFORMED` for a listen address that is none.
 */
export async function createNetwork(init: NetworkInit): Promise<Transport> {
  const sockets: Sockets = new WeakMap();
  const listen = init.transports === undefined ? init.listen.map(parseListenAddress) : [...init.listen];
  const libp2p = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed("Ed25519", init.seed),
    addresses: { listen },
    transports: init.transports ?? [
      tcp({
        inboundSocketInactivityTimeout: SOCKET_INACTIVITY_MS,
        outboundSocketInactivityTimeout: SOCKET_INACTIVITY_MS,
      }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [boundedMuxer],
    connectionGater: gater(sockets),
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      inboundConnectionThreshold: MAX_INBOUND_PER_SECOND,
      maxIncomingPendingConnections: MAX_PENDING_HANDSHAKES,
      inboundUpgradeTimeout: HANDSHAKE_MS,
      inboundStreamProtocolNegotiationTimeout: HANDSHAKE_MS,
      addressDialTimeout: DIAL_MS,
      resolvers: {},
    },
    connectionMonitor: { enabled: false },
  });
  return new Network(libp2p, sockets, listen, init.transports === undefined ? parseAddress : String);
}

/** The socket beneath a connection, by the timeline that libp2p gives both of them. */
type Sockets = WeakMap<object, MessageStream>;

/** Admits whoever proves an Ed25519 key (the hello decides who is welcome), and sees the socket of each connection. */
function gater(sockets: Sockets): ConnectionGater {
  const denyOtherKeys = (peer: PeerId): boolean => peerKeyOf(peer) === undefined;
  const remember = (_peer: PeerId, socket: MessageStream): boolean => {
    socket.maxWriteBufferLength = MAX_UNSENT_CONNECTION;
    sockets.set(socket.timeline, socket);
    return false;
  };
  return {
    denyInboundEncryptedConnection: denyOtherKeys,
    denyOutboundEncryptedConnection: denyOtherKeys,
    denyInboundUpgradedConnection: remember,
    denyOutboundUpgradedConnection: remember,
  };
}

class Network implements Transport {
  readonly #libp2p: Libp2p;
  readonly #sockets: Sockets;
  readonly #listen: readonly string[];
  readonly #readAddress: (text: string) => string;
  readonly #connections = new Map<LibConnection, PeerConnection>();
  readonly #listeners = new Set<Listener>();

  constructor(libp2p: Libp2p, sockets: Sockets, listen: readonly string[], readAddress: (text: string) => string) {
    this.#libp2p = libp2p;
    this.#sockets = sockets;
    this.#listen = listen;
    this.#readAddress = readAddress;
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#libp2p.addEventListener("connection:open", (event) => this.#opened(event.detail, handlers));
    this.#libp2p.addEventListener("connection:close", (event) => this.#closed(event.detail, handlers));
    this.#libp2p.addEventListener("peer:disconnect", (event) => this.#forget(event.detail));
    this.#libp2p.addEventListener("transport:listening", (event) => this.#listeners.add(event.detail));
    this.#libp2p.addEventListener("transport:close", (event) => this.#listeners.delete(event.detail));
    await this.#libp2p.handle(
      EXCHANGE_PROTOCOL,
      (stream, connection) => this.#streamOpened(stream, connection, handlers),
      {
        maxInboundStreams: MAX_INBOUND_STREAMS,
        maxOutboundStreams: MAX_OUTBOUND_STREAMS,
      },
    );
    try {
      await this.#libp2p.start();
    } catch (error) {
      throw listenError(error, this.#listen);
    }
  }

  async dial(address: string, peerKey: Uint8Array | undefined, signal: AbortSignal): Promise<Connection> {
    const expected = peerKey === undefined ? undefined : peerIdOf(peerKey);
    const place = multiaddr(this.#readAddress(address));
    const target = expected === undefined ? place : place.encapsulate(`/p2p/${expected.toString()}`);
    // Forced, so that this address is tried, and no connection is handed out that is about to end.
    const dialled = await this.#libp2p.dial(target, { signal, force: true }).catch((error: unknown) => {
      throw dialError(error, address, signal);
    });
    // Noise has compared the keys already, if the carrier told it what to expect; not every carrier does.
    if (expected !== undefined && !dialled.remotePeer.equals(expected)) {
      dialled.abort(new Error("another node than the one expected"));
      throw new TransportError("WRONG_PEER", `another node than the one expected answers at ${address}`);
    }
    const connection = this.#connections.get(dialled);
    if (connection === undefined)
      throw new TransportError("DIAL_FAILED", `no connection to ${address}: closed as it was opened`);
    return connection;
  }

  addresses(): readonly string[] {
    return [...this.#listeners].flatMap((listener) => listener.getAddrs()).map(String);
  }

  async stop(): Promise<void> {
    // What cannot be closed in good order is dropped below; libp2p's complaint about it helps nobody.
    await within(
      STOP_MS,
      Promise.resolve(this.#libp2p.stop()).catch(() => undefined),
    );
    for (const connection of this.#connections.values()) connection.abort("the node stops");
  }

  #opened(connection: LibConnection, handlers: TransportHandlers): void {
    // Of a connection that is closed already libp2p never says so again.
    if (connection.status !== "open") return;
    const peerKey = peerKeyOf(connection.remotePeer);
    const socket = this.#sockets.get(connection.timeline);
    if (peerKey === undefined || socket === undefined) {
      connection.abort(new Error("a connection that passed no gate"));
      return;
    }
    const opened = new PeerConnection(connection, socket, peerKey);
    this.#connections.set(connection, opened);
    handlers.onConnection(opened);
  }

  #streamOpened(stream: Stream, connection: LibConnection, handlers: TransportHandlers): void {
    const owner = this.#connections.get(connection);
    if (owner === undefined) stream.abort(new Error("the connection is closed"));
    else handlers.onStream(owner.frames(stream));
  }

  #closed(connection: LibConnection, handlers: TransportHandlers): void {
    const closed = this.#connections.get(connection);
    if (closed === undefined) return;
    this.#connections.delete(connection);
    handlers.onDisconnect(closed);
  }

  /** libp2p's address book stays empty: ours is the table of peers, and strangers would make it grow. */
  #forget(peer: PeerId): void {
    this.#libp2p.peerStore.delete(peer).catch(() => undefined);
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, ms);
  await Promise.race([work, deadline.promise]).finally(() => clearTimeout(timer));
}
