import { type Connection, type FrameStream, TransportError, type TransportHandlers } from "../../node/transport.ts";
import type { Pipe, Segment } from "./virtual-pipe.ts";
import { VirtualStream } from "./virtual-stream.ts";

export type EndInit = {
  readonly peerKey: Uint8Array;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly handlers: TransportHandlers;
  readonly out: Pipe;
  readonly onGone: () => void;
};

/** One end of a virtual connection. */
export class VirtualEnd implements Connection {
  readonly peerKey: Uint8Array;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly #init: EndInit;
  readonly #streams = new Map<number, VirtualStream>();
  readonly #opening = new Map<number, PromiseWithResolvers<FrameStream>>();
  #nextStream: number;
  #isAnnounced = false;
  #isOpen = true;

  constructor(init: EndInit) {
    this.#init = init;
    this.peerKey = init.peerKey;
    this.direction = init.direction;
    this.remoteAddress = init.remoteAddress;
    // Odd or even, so that both ends can open streams.
    this.#nextStream = init.direction === "outbound" ? 1 : 2;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Tells the node of it, unless it is over already. */
  announce(): void {
    if (!this.isOpen) return;
    this.#isAnnounced = true;
    this.#init.handlers.onConnection(this);
  }

  openStream(signal: AbortSignal): Promise<FrameStream> {
    if (!this.isOpen) return Promise.reject(new TransportError("STREAM_CLOSED", "the connection is closed"));
    const id = this.#nextStream;
    this.#nextStream += 2;
    const opening = Promise.withResolvers<FrameStream>();
    this.#opening.set(id, opening);
    signal.addEventListener("abort", () => opening.reject(new TransportError("STREAM_RESET", "opening was given up")));
    this.send({ type: "open", stream: id });
    return opening.promise;
  }

  close(): Promise<void> {
    this.send({ type: "close" });
    this.gone(new TransportError("STREAM_CLOSED", "the connection was closed"));
    return Promise.resolve();
  }

  // Between this end, its streams and the pipe

  send(segment: Segment): void {
    if (this.isOpen) this.#init.out.send(segment);
  }

  /** Something came from the far end. */
  arrive(segment: Segment): void {
    if (!this.isOpen) return;
    switch (segment.type) {
      case "open":
        return this.#accept(segment.stream);
      case "opened":
        return this.#opened(segment.stream);
      case "frame":
        return this.#streams.get(segment.stream)?.arrive(segment.frame);
      case "credit":
        return this.#streams.get(segment.stream)?.credit(segment.bytes);
      case "end":
        return this.#streams.get(segment.stream)?.end();
      case "reset":
        return this.#streams
          .get(segment.stream)
          ?.fail(new TransportError("STREAM_RESET", "the far end dropped the stream"));
      case "close":
        return this.gone(new TransportError("STREAM_CLOSED", "the far end closed the connection"));
    }
  }

  /** The connection is over, and the node is told. */
  gone(error: TransportError): void {
    if (!this.isOpen) return;
    this.#isOpen = false;
    for (const opening of this.#opening.values()) opening.reject(error);
    for (const stream of this.#streams.values()) stream.fail(error);
    this.#init.onGone();
    if (this.#isAnnounced) this.#init.handlers.onDisconnect(this);
  }

  /** The node itself is gone: nobody is told anything. */
  vanish(): void {
    this.#isOpen = false;
    this.#init.onGone();
  }

  #accept(id: number): void {
    const stream = new VirtualStream(this, id);
    this.#streams.set(id, stream);
    this.send({ type: "opened", stream: id });
    this.#init.handlers.onStream(stream);
  }

  #opened(id: number): void {
    const stream = new VirtualStream(this, id);
    this.#streams.set(id, stream);
    this.#opening.get(id)?.resolve(stream);
    this.#opening.delete(id);
  }
}
