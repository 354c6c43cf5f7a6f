/**
 * What the node's cores ask of a network. libp2p implements it in `network.ts`; the simulation implements it over a
 * seeded virtual network. A connection is already encrypted and its far end already proved to hold `peerKey`.
 */

/** A bidirectional stream of whole frames. One side opened it and asks on it; the other answers on it. */
export interface FrameStream {
  readonly connection: Connection;
  /**
   * Queues one frame (≤ MAX_FRAME_SIZE bytes, length prefix added here). Resolves when the sender may queue the next one
   * (back-pressure), rejects with `TransportError` once the stream is closed.
   */
  send(frame: Uint8Array): Promise<void>;
  /**
   * The next whole frame; `undefined` when the far end closed cleanly between frames. Rejects with `TransportError`
   * when the stream broke, ended inside a frame, or announced a frame over MAX_FRAME_SIZE. Nothing more is read from the
   * far end than one read buffer beyond the frame asked for. Only one receive may be outstanding.
   */
  receive(): Promise<Uint8Array | undefined>;
  /** Says that nothing more is sent; never throws, bounded in time. */
  close(): Promise<void>;
  /** Drops the stream at once. */
  abort(): void;
}

export interface Connection {
  /** Raw Ed25519 public key (32 bytes) which the far end proved in the Noise handshake. */
  readonly peerKey: Uint8Array;
  readonly direction: "inbound" | "outbound";
  /** For people and logs only, e.g. `/ip4/127.0.0.1/tcp/4001`. */
  readonly remoteAddress: string;
  /** Opens a stream on `/entente/exchange/1`. */
  openStream(signal: AbortSignal): Promise<FrameStream>;
  /** Closes the connection and its streams; never throws, bounded in time. */
  close(): Promise<void>;
}

export interface TransportHandlers {
  /** A connection is up, in either direction. */
  onConnection(connection: Connection): void;
  /** The far end opened a stream on `/entente/exchange/1`. */
  onStream(stream: FrameStream): void;
  /** The connection is gone; its streams have rejected or will. Called once. */
  onDisconnect(connection: Connection): void;
}

export interface Transport {
  /** Listens, and calls the handlers from now on. */
  start(handlers: TransportHandlers): Promise<void>;
  /**
   * Connects to an address and checks that the far end proves `peerKey`; without it, to whoever answers there. The
   * connection also reaches `onConnection`.
   */
  dial(address: string, peerKey: Uint8Array | undefined, signal: AbortSignal): Promise<Connection>;
  /** Where this node listens now, with the real port. */
  addresses(): readonly string[];
  stop(): Promise<void>;
}

export type TransportErrorCode =
  | "STREAM_CLOSED"
  | "STREAM_RESET"
  | "FRAME_TOO_LARGE"
  | "FRAME_TRUNCATED"
  | "DIAL_FAILED"
  | "WRONG_PEER"
  | "ADDRESS_MALFORMED"
  | "LISTEN_FAILED";

export class TransportError extends Error {
  readonly code: TransportErrorCode;
  constructor(code: TransportErrorCode, message: string) {
    super(message);
    this.name = "TransportError";
    this.code = code;
  }
}
