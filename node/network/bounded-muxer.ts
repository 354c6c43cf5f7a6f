import type { MessageStream, StreamMessageEvent, StreamMuxer, StreamMuxerFactory } from "@libp2p/interface";
import { yamux } from "@libp2p/yamux";
import {
  MAX_MUXED_STREAMS,
  MAX_STREAM_READ_BUFFER,
  MAX_STREAM_WINDOW,
  MAX_UNSENT_CONNECTION,
  MUXER_PING_MS,
  MUXER_REQUESTS_BURST,
  MUXER_REQUESTS_PER_SECOND,
} from "./limits.ts";

/**
 * Yamux with limits on what its far end, who may be anybody, can make it hold. Yamux itself checks a data frame against
 * the window only when the whole frame has arrived, whatever length it announced, up to 4 GiB; and it answers pings and
 * new streams without limit, to a far end that need not read the answers.
 */
export function boundedMuxer(): StreamMuxerFactory {
  const factory = yamux({
    enableKeepAlive: true,
    keepAliveInterval: MUXER_PING_MS,
    maxInboundStreams: MAX_MUXED_STREAMS,
    maxOutboundStreams: MAX_MUXED_STREAMS,
    streamOptions: { maxStreamWindowSize: MAX_STREAM_WINDOW, maxReadBufferLength: MAX_STREAM_READ_BUFFER },
  })();
  return {
    protocol: factory.protocol,
    createStreamMuxer(connection: MessageStream): StreamMuxer {
      connection.maxWriteBufferLength = MAX_UNSENT_CONNECTION;
      guard(connection);
      return factory.createStreamMuxer(connection);
    },
  };
}

/** Reads along before the muxer does, and drops the connection of a far end that breaks the rules. */
function guard(connection: MessageStream): void {
  const watch = new MuxerWatch(() => performance.now());
  connection.addEventListener("message", (event: StreamMessageEvent) => {
    const fault = event.data instanceof Uint8Array ? watch.read(event.data) : firstFault(watch, event.data);
    if (fault === undefined) return;
    event.stopImmediatePropagation();
    connection.abort(new Error(fault));
  });
}

function firstFault(watch: MuxerWatch, pieces: Iterable<Uint8Array>): string | undefined {
  for (const piece of pieces) {
    const fault = watch.read(piece);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const HEADER_SIZE = 12;
const TYPE_DATA = 0;
const TYPE_PING = 2;
const FLAG_SYN = 1;

/**
 * Follows the headers of incoming Yamux frames: version (u8), type (u8), flags (u16), stream (u32), length (u32), all
 * big-endian. Only a data frame is followed by `length` bytes.
 */
export class MuxerWatch {
  readonly #now: () => number;
  readonly #since: number;
  readonly #header = new Uint8Array(HEADER_SIZE);
  readonly #view = new DataView(this.#header.buffer);
  #filled = 0;
  #skip = 0;
  #requests = 0;

  /** `now` gives milliseconds, from any origin. */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** Reads on; says what is wrong, if something is. */
  read(bytes: Uint8Array): string | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else {
        at += this.#fill(bytes, at);
        const fault = this.#filled === HEADER_SIZE ? this.#judge() : undefined;
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  }

  #fill(bytes: Uint8Array, at: number): number {
    const piece = bytes.subarray(at, at + HEADER_SIZE - this.#filled);
    this.#header.set(piece, this.#filled);
    this.#filled += piece.length;
    return piece.length;
  }

  #judge(): string | undefined {
    this.#filled = 0;
    const type = this.#view.getUint8(1);
    const isRequest = type === TYPE_PING || (this.#view.getUint16(2) & FLAG_SYN) !== 0;
    if (isRequest && this.#isFlood()) return "the far end floods the muxer with pings or new streams";
    if (type !== TYPE_DATA) return undefined;
    this.#skip = this.#view.getUint32(8);
    return this.#skip > MAX_STREAM_WINDOW ? `a muxer frame of ${this.#skip} bytes, which no window allows` : undefined;
  }

  #isFlood(): boolean {
    this.#requests += 1;
    const seconds = (this.#now() - this.#since) / 1000;
    return this.#requests > MUXER_REQUESTS_BURST + MUXER_REQUESTS_PER_SECOND * seconds;
  }
}
