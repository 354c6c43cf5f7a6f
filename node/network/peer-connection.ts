import type { Connection as LibConnection, MessageStream, Stream } from "@libp2p/interface";
import type { Connection, FrameStream } from "../transport.ts";
import { TransportError } from "../transport.ts";
import { FramedStream } from "./framed-stream.ts";
import { CLOSE_MS } from "./limits.ts";

/** The one protocol that nodes speak to each other. */
export const EXCHANGE_PROTOCOL = "/entente/exchange/1";

/** A libp2p connection whose far end proved an Ed25519 key. */
export class PeerConnection implements Connection {
  readonly peerKey: Uint8Array;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly #connection: LibConnection;
  readonly #socket: MessageStream;

  /** `socket` is what `connection` runs over: it alone knows how much is unsent. */
  constructor(connection: LibConnection, socket: MessageStream, peerKey: Uint8Array) {
    this.peerKey = peerKey;
    this.direction = connection.direction;
    this.remoteAddress = connection.remoteAddr.decapsulate("/p2p").toString();
    this.#connection = connection;
    this.#socket = socket;
  }

  async openStream(signal: AbortSignal): Promise<FrameStream> {
    try {
      return this.frames(await this.#connection.newStream(EXCHANGE_PROTOCOL, { signal }));
    } catch (error) {
      const code = this.#connection.status === "open" ? "STREAM_RESET" : "STREAM_CLOSED";
      throw new TransportError(
        code,
        `no stream to ${this.remoteAddress}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** A stream that the far end opened on this connection. */
  frames(stream: Stream): FrameStream {
    return new FramedStream(this, stream, this.#socket);
  }

  async close(): Promise<void> {
    try {
      await this.#connection.close({ signal: AbortSignal.timeout(CLOSE_MS) });
    } catch {
      this.abort("the connection did not close in time");
    }
  }

  abort(reason: string): void {
    this.#connection.abort(new Error(reason));
  }
}
