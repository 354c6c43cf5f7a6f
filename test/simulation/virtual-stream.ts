import { type FrameStream, TransportError } from "../../node/transport.ts";
import type { VirtualEnd } from "./virtual-connection.ts";

/** Bytes that may be on their way and unread; beyond them the sender waits. */
const WINDOW_BYTES = 256 * 1024;
/** The reader tells the sender of what it read once it is this much. */
const CREDIT_BYTES = WINDOW_BYTES / 4;

/** One end of a stream of frames over a virtual connection, with back-pressure. */
export class VirtualStream implements FrameStream {
  readonly connection: VirtualEnd;
  readonly id: number;
  readonly #inbox: Uint8Array[] = [];
  #waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #failure: TransportError | undefined;
  #ended = false;
  #sending: Promise<void> = Promise.resolve();
  #unread = 0;
  #credit = 0;
  #drain: PromiseWithResolvers<void> | undefined;

  constructor(connection: VirtualEnd, id: number) {
    this.connection = connection;
    this.id = id;
  }

  send(frame: Uint8Array): Promise<void> {
    const sent = this.#sending.then(() => this.#write(frame));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  receive(): Promise<Uint8Array | undefined> {
    if (this.#waiting !== undefined) return Promise.reject(new Error("a receive is outstanding on this stream"));
    this.#waiting = Promise.withResolvers();
    const { promise } = this.#waiting;
    this.#settle();
    return promise;
  }

  close(): Promise<void> {
    if (this.#failure === undefined) this.connection.send({ type: "end", stream: this.id });
    return Promise.resolve();
  }

  abort(): void {
    if (this.#failure !== undefined) return;
    this.connection.send({ type: "reset", stream: this.id });
    this.fail(new TransportError("STREAM_CLOSED", "the stream was dropped at this end"));
  }

  // What the connection brings

  arrive(frame: Uint8Array): void {
    this.#inbox.push(frame);
    this.#settle();
  }

  end(): void {
    this.#ended = true;
    this.#settle();
  }

  credit(bytes: number): void {
    this.#unread -= bytes;
    if (this.#unread > WINDOW_BYTES) return;
    this.#drain?.resolve();
    this.#drain = undefined;
  }

  fail(error: TransportError): void {
    this.#failure ??= error;
    this.#drain?.reject(this.#failure);
    this.#drain = undefined;
    this.#settle();
  }

  async #write(frame: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#unread += frame.length;
    this.connection.send({ type: "frame", stream: this.id, frame });
    if (this.#unread <= WINDOW_BYTES) return;
    this.#drain ??= Promise.withResolvers();
    await this.#drain.promise;
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const frame = this.#failure === undefined ? this.#inbox.shift() : undefined;
    if (frame === undefined && this.#failure === undefined && !this.#ended) return;
    this.#waiting = undefined;
    if (this.#failure !== undefined) return waiting.reject(this.#failure);
    if (frame !== undefined) this.#consumed(frame.length);
    waiting.resolve(frame);
  }

  #consumed(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit < CREDIT_BYTES) return;
    this.connection.send({ type: "credit", stream: this.id, bytes: this.#credit });
    this.#credit = 0;
  }
}
