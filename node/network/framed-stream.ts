import type { MessageStream, Stream, StreamCloseEvent, StreamMessageEvent } from "@libp2p/interface";
import type { Connection, FrameStream } from "../transport.ts";
import { TransportError } from "../transport.ts";
import { FrameAssembler, formatFrame } from "./frame-assembler.ts";
import { CLOSE_MS, MAX_UNSENT } from "./limits.ts";

/**
 * Whole frames over a libp2p stream, with back-pressure in both directions.
 *
 * Reading: the stream is paused unless somebody waits for a frame, so that its window closes and the far end stops.
 * `for await` would read on without end, and `lpStream` would buffer 4 MiB.
 *
 * Writing: a frame goes into the stream only when the frame before it has left the stream *and* the connection beneath
 * has little unsent. The stream alone does not tell: it "drains" whenever the socket has taken something, be it less than
 * a frame, so that on a slow link unsent bytes would pile up as far as the window of the far end goes, which may grant
 * 4 GiB. Nor does `stream.onDrain()` tell, which waits only the first time that it is called.
 */
export class FramedStream implements FrameStream {
  readonly connection: Connection;
  readonly #stream: Stream;
  readonly #socket: Pick<MessageStream, "writeBufferLength">;
  readonly #frames = new FrameAssembler();
  #waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #resuming = false;
  #finished: boolean;
  #ended: boolean;
  #failure: TransportError | undefined;
  #sending: Promise<unknown> = Promise.resolve();
  #drain: PromiseWithResolvers<void> | undefined;

  constructor(connection: Connection, stream: Stream, socket: Pick<MessageStream, "writeBufferLength">) {
    this.connection = connection;
    this.#stream = stream;
    this.#socket = socket;
    this.#finished = stream.status === "open" && stream.remoteWriteStatus === "closed";
    this.#ended = stream.readableEnded;
    // Paused before it is listened to: whatever came with the negotiation stays where it is until it is asked for.
    this.#pause();
    this.#listen();
    if (stream.status !== "open")
      this.#fail(new TransportError("STREAM_CLOSED", "the stream was closed as it was opened"));
  }

  send(frame: Uint8Array): Promise<void> {
    const sent = this.#sending.then(() => this.#write(frame));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  receive(): Promise<Uint8Array | undefined> {
    if (this.#waiting !== undefined) return Promise.reject(new Error("a receive is outstanding on this stream"));
    const waiting = Promise.withResolvers<Uint8Array | undefined>();
    this.#waiting = waiting;
    this.#settle();
    if (this.#isWaiting()) this.#read();
    return waiting.promise;
  }

  async close(): Promise<void> {
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(CLOSE_MS) });
    } catch {
      this.abort();
    }
  }

  abort(): void {
    this.#break(new TransportError("STREAM_CLOSED", "the stream was dropped at this end"));
  }

  async #write(frame: Uint8Array): Promise<void> {
    const bytes = formatFrame(frame);
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#stream.send(bytes);
    } catch (error) {
      throw (
        this.#failure ?? new TransportError("STREAM_CLOSED", `the stream takes no more frames: ${messageOf(error)}`)
      );
    }
    while (this.#stream.writableNeedsDrain || this.#socket.writeBufferLength > MAX_UNSENT) await this.#drained();
  }

  #drained(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#drain ??= Promise.withResolvers<void>();
    return this.#drain.promise;
  }

  #listen(): void {
    this.#stream.addEventListener("message", (event) => this.#onMessage(event));
    this.#stream.addEventListener("remoteCloseWrite", () => {
      this.#finished = true;
    });
    this.#stream.addEventListener("end", () => {
      this.#ended = true;
      this.#settle();
    });
    this.#stream.addEventListener("drain", () => {
      this.#drain?.resolve();
      this.#drain = undefined;
    });
    this.#stream.addEventListener("close", (event) => this.#onClose(event));
  }

  #onMessage(event: StreamMessageEvent): void {
    if (event.data instanceof Uint8Array) this.#frames.append(event.data);
    else for (const piece of event.data) this.#frames.append(piece);
    this.#settle();
    // A pause inside `resume()` would be half undone by it: libp2p would go on enlarging the window of a paused stream.
    if (!this.#isWaiting() && !this.#resuming) this.#pause();
  }

  #onClose(event: StreamCloseEvent): void {
    // Both ends have said that they are done; what is still unread may be read.
    if (event.error === undefined && this.#finished) return;
    if (event.error === undefined) this.#fail(new TransportError("STREAM_CLOSED", "the connection was closed"));
    else if (event.local === true) this.#fail(new TransportError("STREAM_CLOSED", event.error.message));
    else this.#fail(new TransportError("STREAM_RESET", "the far end dropped the stream"));
  }

  /** Gives the waiting reader what there is to give, if there is anything. */
  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const frame = this.#failure === undefined ? this.#frames.take() : undefined;
    const error = this.#failure ?? this.#frames.error ?? this.#truncation();
    if (frame === undefined && error !== undefined) this.#break(error);
    else if (frame !== undefined || (this.#ended && this.#finished)) this.#answer(waiting, frame);
  }

  #truncation(): TransportError | undefined {
    if (!this.#ended || !this.#finished || !this.#frames.partial) return undefined;
    return new TransportError("FRAME_TRUNCATED", "the far end closed the stream inside a frame");
  }

  #answer(waiting: PromiseWithResolvers<Uint8Array | undefined>, frame: Uint8Array | undefined): void {
    this.#waiting = undefined;
    waiting.resolve(frame);
  }

  #read(): void {
    this.#resuming = true;
    try {
      this.#stream.resume();
    } catch {
      // Of a stream that ended meanwhile its events tell; and what it still held has been handed over before the error.
    }
    this.#resuming = false;
    if (!this.#isWaiting()) this.#pause();
  }

  #pause(): void {
    if (this.#stream.readStatus === "readable") this.#stream.pause();
  }

  #isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  #break(error: TransportError): void {
    this.#fail(error);
    this.#stream.abort(error);
  }

  #fail(error: TransportError): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
    this.#drain?.reject(this.#failure);
    this.#drain = undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
