import { randomBytes } from "node:crypto";
import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { createNetwork } from "../../node/network.ts";
import { EXCHANGE_PROTOCOL } from "../../node/network/peer-connection.ts";
import { type Connection, type FrameStream, type Transport, TransportError } from "../../node/transport.ts";
import { concatBytes, u32be } from "../../protocol/bytes.ts";
import {
  type Answer,
  decodeAnswer,
  type DecodedAnswer,
  decodeRequest,
  type DecodedRequest,
  encodeAnswer,
  encodeRequest,
  type Request,
} from "../../protocol/wire/frame.ts";
import type { Hello } from "../../protocol/wire/hello.ts";
import type { Authority } from "../simulation/authority.ts";
import type { InProcessNode } from "./in-process-node.ts";
import { until } from "./until.ts";

const WAIT_MS = 20_000;
const RETRY_MS = 100;
const cleanUps: (() => Promise<unknown>)[] = [];

/** Call after each test. */
export async function stopHostile(): Promise<void> {
  for (const stop of cleanUps.splice(0)) await stop();
}

export function helloOf({ chain }: Authority): Hello {
  const entries = chain.entries.map(({ epoch, index, note }) => ({ epoch, index, note }));
  return { features: [], id: chain.id, chain: entries, charters: entries.length, instance: randomOf(16), starts: 1 };
}

/** Another node's end of a connection to `victim`, on which anything can be said that is a frame. */
export class Adversary {
  readonly authority: Authority;
  readonly #connection: Connection;
  readonly #asked: FrameStream[];
  #ask: FrameStream | undefined;
  #next = 1;
  /** Every frame that came in answer to ours. */
  readonly received: Uint8Array[] = [];

  private constructor(authority: Authority, connection: Connection, asked: FrameStream[]) {
    this.authority = authority;
    this.#connection = connection;
    this.#asked = asked;
  }

  static async connect(authority: Authority, victim: InProcessNode): Promise<Adversary> {
    const network = await startNetwork(authority);
    const { publicKey } = victim.authority.keys.node;
    const signal = AbortSignal.timeout(WAIT_MS);
    const connection = await patiently(() => network.transport.dial(victim.address, publicKey, signal));
    return new Adversary(authority, connection, network.streams);
  }

  // Asking

  /** Sends a frame as it is. */
  async send(frame: Uint8Array): Promise<void> {
    this.#ask ??= await this.#connection.openStream(AbortSignal.timeout(WAIT_MS));
    await this.#ask.send(frame);
  }

  /** Sends a request under the next number, and gives its number. */
  async request(request: Request): Promise<number> {
    const n = this.#next++;
    await this.send(encodeRequest(n, request));
    return n;
  }

  /** The next frame on our ask stream; undefined once it ended or was reset. */
  async receive(): Promise<DecodedAnswer | undefined> {
    const frame = this.#ask === undefined ? undefined : await received(this.#ask);
    if (frame === undefined) return undefined;
    this.received.push(frame);
    return decodeAnswer(frame);
  }

  /** Asks, and reads on to the last frame of the answer. */
  async ask(request: Request): Promise<readonly Answer[]> {
    const n = await this.request(request);
    const answers: Answer[] = [];
    for (;;) {
      const answer = await this.receive();
      if (answer === undefined) throw new Error(`the stream ended before the answer to a ${request.kind}`);
      if (answer.n !== n) throw new Error(`an answer to ${answer.n} where ${n} was asked`);
      answers.push(answer.answer);
      if (answer.last) return answers;
    }
  }

  /** The first request: whether we are admitted. */
  async greet(hello = helloOf(this.authority)): Promise<boolean> {
    const [answer] = await this.ask({ kind: "hello", ...hello });
    return answer?.kind === "hello" && answer.admitted === true;
  }

  /** The number of the next request, for frames made by hand. */
  takeNumber(): number {
    return this.#next++;
  }

  /** Waits until the victim has ended our ask stream. */
  async untilReset(): Promise<void> {
    while ((await this.receive()) !== undefined);
  }

  // Answering

  /** The victim's ask stream: what it asks of us. */
  async asked(): Promise<AskedStream> {
    await until("the victim opens its ask stream", () => this.#asked.length > 0);
    const [stream] = this.#asked;
    if (stream === undefined) throw new Error("no stream");
    return new AskedStream(stream, this.authority);
  }
}

/** The victim's ask stream as the node sees it that answers. */
export class AskedStream {
  readonly #stream: FrameStream;
  readonly #authority: Authority;

  constructor(stream: FrameStream, authority: Authority) {
    this.#stream = stream;
    this.#authority = authority;
  }

  /** The victim's next request; undefined once it ended the stream. */
  async next(): Promise<DecodedRequest | undefined> {
    const frame = await received(this.#stream);
    return frame === undefined ? undefined : decodeRequest(frame);
  }

  /** Its next request of a kind; others before it are left without an answer. */
  async nextOf<K extends Request["kind"]>(kind: K): Promise<{ readonly n: number } & Extract<Request, { kind: K }>> {
    for (;;) {
      const asked = await this.next();
      if (asked === undefined) throw new Error(`the victim ended the stream before it asked for a ${kind}`);
      const { n, request } = asked;
      if (isOf(request, kind)) return { n, ...request };
    }
  }

  async answer(n: number, last: boolean, answer: Answer): Promise<void> {
    await this.send(encodeAnswer(n, last, answer));
  }

  /** Sends a frame as it is. What cannot be sent since the victim has ended the stream is dropped. */
  async send(frame: Uint8Array): Promise<void> {
    await this.#stream.send(frame).catch(onlyTransport);
  }

  /** Answers the victim's hello, so that it goes on to ask for our log. */
  async greet(hello: Partial<Hello> = {}): Promise<void> {
    const { n } = await this.nextOf("hello");
    await this.answer(n, true, { kind: "hello", ...helloOf(this.#authority), admitted: true, ...hello });
  }

  /** Answers by one frame each until the victim ends the stream; what has no answer waits for one. */
  async answerAll(answerOf: (request: Request) => Answer | undefined): Promise<void> {
    for (let asked = await this.next(); asked !== undefined; asked = await this.next()) {
      const answer = asked.request === undefined ? undefined : answerOf(asked.request);
      if (answer !== undefined) await this.answer(asked.n, true, answer);
    }
  }

  /** Waits until the victim has ended the stream; gives the requests that it still made. */
  async untilReset(): Promise<readonly DecodedRequest[]> {
    const asked: DecodedRequest[] = [];
    for (let request = await this.next(); request !== undefined; request = await this.next()) asked.push(request);
    return asked;
  }
}

/** A stream to the victim on which any bytes can be sent, frames or not. */
export async function rawStream({ keys }: Authority, victim: InProcessNode): Promise<Stream> {
  const libp2p = await createLibp2p({
    privateKey: await generateKeyPairFromSeed("Ed25519", keys.node.exportSeed()),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
  cleanUps.push(async () => libp2p.stop());
  // The victim asks on a stream of its own, and would leave if that could not be opened.
  await libp2p.handle(EXCHANGE_PROTOCOL, () => undefined);
  const signal = AbortSignal.timeout(WAIT_MS);
  const connection = await patiently(() => libp2p.dial(multiaddr(victim.address), { signal }));
  return await connection.newStream(EXCHANGE_PROTOCOL, { signal: AbortSignal.timeout(WAIT_MS) });
}

/** Frames as they travel, in one piece. */
export function framed(...frames: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...frames.flatMap((frame) => [u32be(frame.length), frame]));
}

function isOf<K extends Request["kind"]>(
  request: Request | undefined,
  kind: K,
): request is Extract<Request, { kind: K }> {
  return request?.kind === kind;
}

async function startNetwork({
  keys,
}: Authority): Promise<{ readonly transport: Transport; readonly streams: FrameStream[] }> {
  const transport = await createNetwork({ seed: keys.node.exportSeed(), listen: [] });
  const streams: FrameStream[] = [];
  cleanUps.push(() => transport.stop());
  await transport.start({
    onConnection: () => undefined,
    onStream: (stream) => streams.push(stream),
    onDisconnect: () => undefined,
  });
  return { transport, streams };
}

/** Dials again where it was refused: a node takes a dozen connections a second from one address. */
async function patiently<T>(dial: () => Promise<T>): Promise<T> {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await dial();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function received(stream: FrameStream): Promise<Uint8Array | undefined> {
  return await stream.receive().catch(onlyTransport);
}

function onlyTransport(error: unknown): undefined {
  if (!(error instanceof TransportError)) throw error;
  return undefined;
}

function randomOf(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
