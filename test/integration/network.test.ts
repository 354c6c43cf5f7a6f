import { getEventListeners } from "node:events";
import { connect, Socket } from "node:net";
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { PeerStore, Stream, StreamMessageEvent } from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { multiaddr } from "@multiformats/multiaddr";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createNetwork } from "../../node/network.ts";
import { MAX_INBOUND_PER_SECOND, MUXER_PING_MS, SOCKET_INACTIVITY_MS } from "../../node/network/limits.ts";
import type { FrameStream } from "../../node/transport.ts";
import { MAX_FRAME_SIZE } from "../../protocol/limits.ts";
import type { Carrier, MemoryTransport } from "./network-nodes.ts";
import {
  addressOf,
  createStranger,
  delay,
  openPair,
  soon,
  startNode,
  startPair,
  startStranger,
  stopNodes,
  until,
} from "./network-nodes.ts";

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await stopNodes();
});

const MIB = 1024 * 1024;

/** A frame whose bytes tell its number and its size. */
function frameOf(number: number, size: number): Uint8Array {
  return new Uint8Array(size).map((_, at) => (number * 31 + at * 7 + size) & 0xff);
}

/** Sends frames until one has to wait for `ms`; gives how many the stream took before. */
async function sendUntilBlocked(
  stream: FrameStream,
  frame: Uint8Array,
  atMost: number,
  ms: number,
): Promise<{ taken: number; blocked: Promise<void> }> {
  for (let taken = 0; taken < atMost; taken += 1) {
    const sent = stream.send(frame);
    const isBlocked = await Promise.race([sent.then(() => false), delay(ms).then(() => true)]);
    if (isBlocked) return { taken, blocked: sent };
  }
  throw new Error(`${atMost} frames were taken: nothing holds the sender back`);
}

describe.each<Carrier>(["tcp", "memory"])("frames over %s", (carrier) => {
  it("carries frames of every size, in order, in both directions", async () => {
    const { a, b } = await openPair(carrier);
    const size = fc.oneof(
      fc.integer({ min: 1, max: MAX_FRAME_SIZE }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(1, 65_519, 65_536, MAX_FRAME_SIZE),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 12 }), async (sizes) => {
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          const sent = Promise.all(sizes.map((length, number) => from.send(frameOf(number, length))));
          for (const [number, length] of sizes.entries())
            expect(equal(await to.receive(), frameOf(number, length))).toBe(true);
          await sent;
        }
      }),
      { numRuns: 12 },
    );
  });

  it("keeps what was sent before a clean end, however late it is read", async () => {
    const { a, b } = await openPair(carrier);
    for (let number = 0; number < 40; number += 1) await a.send(frameOf(number, 1_000));
    await a.close();
    await delay(50);
    for (let number = 0; number < 40; number += 1) expect(equal(await b.receive(), frameOf(number, 1_000))).toBe(true);
    expect(await b.receive()).toBeUndefined();
    expect(await b.receive()).toBeUndefined();
    await b.send(frameOf(0, 5));
    await b.close();
    expect(await a.receive()).toEqual(frameOf(0, 5));
    expect(await a.receive()).toBeUndefined();
  });

  it("keeps what was sent before the connection closed in good order", async () => {
    const { a, b, nodes } = await openPair(carrier);
    await a.send(frameOf(1, 200_000));
    await nodes.connection.close();
    await until(() => nodes.b.disconnected.length === 1);
    expect(equal(await b.receive(), frameOf(1, 200_000))).toBe(true);
    expect(await b.receive()).toBeUndefined();
  });

  it("holds back a sender whose frames nobody reads, and loses none of them", async () => {
    const { a, b } = await openPair(carrier);
    const count = 256;
    const frame = frameOf(3, MAX_FRAME_SIZE);
    const { taken, blocked } = await sendUntilBlocked(a, frame, count, 150);
    expect(taken * MAX_FRAME_SIZE).toBeLessThan(2 * MIB);
    const rest = (async () => {
      await blocked;
      for (let number = taken + 1; number < count; number += 1) await a.send(frame);
      await a.close();
    })();
    for (let number = 0; number < count; number += 1) expect(equal(await b.receive(), frame)).toBe(true);
    expect(await b.receive()).toBeUndefined();
    await rest;
  });

  it("holds back a sender whose window had grown, and does not reset the stream", async () => {
    const { a, b } = await openPair(carrier);
    const frame = frameOf(4, MAX_FRAME_SIZE);
    const reading = (async () => {
      for (let number = 0; number < 96; number += 1) await b.receive();
    })();
    for (let number = 0; number < 96; number += 1) await a.send(frame);
    await reading;
    const { taken, blocked } = await sendUntilBlocked(a, frame, 96, 150);
    // More than it had to begin with: it did grow.
    expect(taken * MAX_FRAME_SIZE).toBeGreaterThan(2 * MIB);
    expect(taken * MAX_FRAME_SIZE).toBeLessThan(11 * MIB);
    for (let number = 0; number <= taken; number += 1) expect(equal(await b.receive(), frame)).toBe(true);
    await blocked;
  });

  it("holds back a sender whose frames are read one now and then", async () => {
    const { a, b } = await openPair(carrier);
    const frame = frameOf(7, 50_000);
    let ahead = 0;
    for (let turn = 0; turn < 6; turn += 1) {
      const { taken, blocked } = await sendUntilBlocked(a, frame, 400, 40);
      ahead += taken + 1;
      expect(ahead * frame.length).toBeLessThan(11 * MIB);
      let isBlocked = true;
      const unblocked = blocked.then(() => (isBlocked = false));
      for (; isBlocked && ahead > 0; ahead -= 1) {
        expect(equal(await b.receive(), frame)).toBe(true);
        await delay(1);
      }
      await unblocked;
    }
    for (; ahead > 0; ahead -= 1) expect(equal(await b.receive(), frame)).toBe(true);
  });

  it("tells both ends of a stream dropped at one of them", async () => {
    const { a, b, nodes } = await openPair(carrier);
    const received = [a.receive(), b.receive()];
    const failed = Promise.allSettled(received);
    a.abort();
    expect(await failed).toMatchObject([{ reason: { code: "STREAM_CLOSED" } }, { reason: { code: "STREAM_RESET" } }]);
    await expect(a.send(frameOf(0, 1))).rejects.toMatchObject({ code: "STREAM_CLOSED" });
    await expect(b.send(frameOf(0, 1))).rejects.toMatchObject({ code: "STREAM_RESET" });
    await expect(b.receive()).rejects.toMatchObject({ code: "STREAM_RESET" });
    expect(nodes.b.disconnected).toEqual([]);
    expect(await (await nodes.connection.openStream(soon())).send(frameOf(0, 1))).toBeUndefined();
  });

  it("rejects a send that waits when the far end drops the stream", async () => {
    const { a, b } = await openPair(carrier);
    const { blocked } = await sendUntilBlocked(a, frameOf(5, MAX_FRAME_SIZE), 64, 100);
    const failed = expect(blocked).rejects.toMatchObject({ code: "STREAM_RESET" });
    b.abort();
    await failed;
  });

  it("refuses to send what is no frame", async () => {
    const { a } = await openPair(carrier);
    await expect(a.send(new Uint8Array(MAX_FRAME_SIZE + 1))).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
    await expect(a.send(new Uint8Array(0))).rejects.toMatchObject({ code: "FRAME_TRUNCATED" });
    await a.send(frameOf(0, 1));
  });

  it("refuses a node that proves another key", async () => {
    const [a, b, c] = await Promise.all([startNode(carrier), startNode(carrier), startNode(carrier)]);
    await expect(a.network.dial(addressOf(b), c.peerKey, soon())).rejects.toMatchObject({ code: "WRONG_PEER" });
    expect(a.disconnected).toEqual(a.connections);
    await until(() => b.disconnected.length === b.connections.length);
  });

  it("tells both ends of a connection and its end, once", async () => {
    const { a, b, connection } = await startPair(carrier);
    await until(() => b.connections.length === 1);
    const [accepted] = b.connections;
    expect(a.connections).toEqual([connection]);
    expect(connection).toMatchObject({ direction: "outbound", peerKey: b.peerKey });
    expect(accepted).toMatchObject({ direction: "inbound", peerKey: a.peerKey });
    await connection.close();
    await connection.close();
    await until(() => b.disconnected.length === 1);
    await Promise.all([a.network.stop(), b.network.stop()]);
    expect(a.disconnected).toEqual([connection]);
    expect(b.disconnected).toEqual([accepted]);
    await expect(connection.openStream(soon())).rejects.toMatchObject({ code: "STREAM_CLOSED" });
  });

  it("dials anew where a connection exists or is about to end", async () => {
    const { a, b, connection } = await startPair(carrier);
    const closing = connection.close();
    const second = await a.network.dial(addressOf(b), b.peerKey, soon());
    const third = await a.network.dial(addressOf(b), b.peerKey, soon());
    await closing;
    expect(new Set([connection, second, third]).size).toBe(3);
    const streams = await Promise.all([second.openStream(soon()), third.openStream(soon())]);
    await Promise.all(streams.map((stream) => stream.send(frameOf(0, 9))));
    expect(await (await b.stream(1)).receive()).toEqual(frameOf(0, 9));
  });

  it("stops in time with streams open and senders waiting", async () => {
    const { a, nodes } = await openPair(carrier);
    const { blocked } = await sendUntilBlocked(a, frameOf(6, MAX_FRAME_SIZE), 64, 100);
    const failed = expect(blocked).rejects.toMatchObject({ name: "TransportError" });
    const start = performance.now();
    await nodes.a.network.stop();
    expect(performance.now() - start).toBeLessThan(5_000);
    await failed;
    expect(nodes.a.disconnected).toEqual([nodes.connection]);
    await until(() => nodes.b.disconnected.length === 1);
    await expect(nodes.a.network.dial(addressOf(nodes.b), nodes.b.peerKey, soon())).rejects.toMatchObject({
      code: "DIAL_FAILED",
    });
  });
});

describe("what a stranger can do", () => {
  it.each([
    ["a length over the limit", [0x00, 0x04, 0x00, 0x01, 1, 2, 3], "FRAME_TOO_LARGE"],
    ["a length of 4 GiB", [0xff, 0xff, 0xff, 0xff], "FRAME_TOO_LARGE"],
    ["a frame of no bytes", [0, 0, 0, 0], "FRAME_TRUNCATED"],
  ])("%s is refused after the frames before it", async (_, bytes, code) => {
    const node = await startNode("tcp");
    const { raw, framed } = await startStranger(node);
    raw.send(Uint8Array.of(0, 0, 0, 2, 7, 8, ...bytes));
    expect(await framed.receive()).toEqual(Uint8Array.of(7, 8));
    await expect(framed.receive()).rejects.toMatchObject({ code });
    await expect(framed.receive()).rejects.toMatchObject({ code });
    await until(() => raw.status === "reset");
  });

  it.each([
    ["the length", [0, 0]],
    ["the frame", [0, 0, 0, 9, 1, 2, 3]],
  ])("an end inside %s is told from a clean one", async (_, bytes) => {
    const node = await startNode("tcp");
    const { raw, framed } = await startStranger(node);
    raw.send(Uint8Array.from(bytes));
    await raw.close();
    await expect(framed.receive()).rejects.toMatchObject({ code: "FRAME_TRUNCATED" });
  });

  it("a connection that breaks is no clean end", async () => {
    const node = await startNode("tcp");
    const { raw, socket, framed } = await startStranger(node);
    raw.send(Uint8Array.of(0, 0, 0, 1, 5));
    expect(await framed.receive()).toEqual(Uint8Array.of(5));
    const failed = expect(framed.receive()).rejects.toMatchObject({ code: "STREAM_CLOSED" });
    socket.abort(new Error("cut"));
    await failed;
    await until(() => node.disconnected.length === 1);
  });

  it("single bytes make a frame too", async () => {
    const node = await startNode("tcp");
    const { raw, framed } = await startStranger(node);
    for (const byte of [0, 0, 0, 3, 1, 2, 3]) raw.send(Uint8Array.of(byte));
    expect(await framed.receive()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("a muxer frame longer than any window costs it the connection, and us no memory", async () => {
    const node = await startNode("tcp");
    const { muxed } = await startStranger(node);
    muxed.send(muxerFrame({ type: 0, stream: 1, length: 1024 * MIB }));
    await until(() => node.disconnected.length === 1);
  });

  it("a flood of pings costs it the connection", async () => {
    const node = await startNode("tcp");
    const { muxed, socket } = await startStranger(node);
    // It does not read the answers.
    socket.pause();
    for (let n = 0; n < 500; n += 1) muxed.send(muxerFrame({ type: 2, flags: 1, stream: 0, length: n }));
    await until(() => node.disconnected.length === 1);
  });

  it("more streams than we allow are reset, and the first ones live", async () => {
    const node = await startNode("tcp");
    const { raw, connection, framed } = await startStranger(node);
    const opened = await Promise.allSettled(
      Array.from({ length: 6 }, () => connection.newStream("/entente/exchange/1", { signal: soon() })),
    );
    await until(
      () => opened.filter((stream) => stream.status === "rejected" || stream.value.status === "reset").length === 3,
    );
    raw.send(Uint8Array.of(0, 0, 0, 1, 5));
    expect(await framed.receive()).toEqual(Uint8Array.of(5));
  });

  it("whoever keeps us from stopping keeps us five seconds at most", async () => {
    const network = await createNetwork({
      seed: new Uint8Array(32),
      listen: ["/memory/hangs"],
      transports: [neverClosing],
    });
    await network.start({ onConnection: () => undefined, onStream: () => undefined, onDisconnect: () => undefined });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stopping = network.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopping;
  });

  it("another protocol than ours is not spoken", async () => {
    const node = await startNode("tcp");
    const { connection } = await startStranger(node);
    await expect(connection.newStream("/ipfs/id/1.0.0", { signal: soon() })).rejects.toThrow(/negotiate/);
    expect(node.disconnected).toEqual([]);
  });

  it("noise on the port neither crashes the node nor keeps others out", async () => {
    const node = await startNode("tcp");
    const port = Number(addressOf(node).split("/").at(-1));
    const garbage = [
      Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
      Buffer.alloc(100_000, 0xff),
      Buffer.from("\u0013/multistream/1.0.0\n\u0007/noise\n\u0000\u0004abcd", "latin1"),
      Buffer.from("\u0013/multistream/1.0.0\n\u0007/noise\n\uffff", "latin1"),
      Buffer.alloc(0),
    ];
    await Promise.all(garbage.map((bytes, n) => throwAt(port, bytes, n % 2 === 0)));
    const other = await startNode("tcp");
    const connection = await other.network.dial(addressOf(node), node.peerKey, soon());
    expect(await connection.openStream(soon())).toBeDefined();
    expect(node.connections).toHaveLength(1);
  });

  it("a key that no charter can name gets it no connection", async () => {
    const node = await startNode("tcp");
    const { libp2p } = await createStranger(await generateKeyPair("secp256k1"));
    // It may be through with its half of the handshake when we have seen its key.
    const connection = await libp2p.dial(multiaddr(addressOf(node)), { signal: soon() }).catch(() => undefined);
    await until(() => connection?.status !== "open");
    expect(node.connections).toEqual([]);
  });
});

describe("a federation behind one address", () => {
  it("comes in at once, if it is as large as we allow for", async () => {
    const node = await startNode("tcp");
    const others = await Promise.all(Array.from({ length: MAX_INBOUND_PER_SECOND }, () => startNode("tcp")));
    await Promise.all(others.map((other) => other.network.dial(addressOf(node), node.peerKey, soon())));
    await until(() => node.connections.length === others.length);
  });

  it("comes in one after the other, if it is larger", async () => {
    const node = await startNode("tcp");
    const others = await Promise.all(Array.from({ length: MAX_INBOUND_PER_SECOND + 4 }, () => startNode("tcp")));
    const dialled = await Promise.allSettled(
      others.map((other) => other.network.dial(addressOf(node), node.peerKey, soon())),
    );
    const refused = others.filter((_, at) => dialled[at]?.status === "rejected");
    await delay(1_000);
    await Promise.all(refused.map((other) => other.network.dial(addressOf(node), node.peerKey, soon())));
    await until(() => node.connections.length === others.length);
  });
});

describe("a connection on which nobody says anything", () => {
  it("is pinged by the muxer, and not by what would end it when no answer comes", async () => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
      shouldAdvanceTime: true,
    });
    const node = await startNode("tcp");
    const streams: Stream[] = [];
    const { muxed } = await startStranger(node, streams);
    await delay(500);
    let pings = 0;
    muxed.addEventListener("message", ({ data }: StreamMessageEvent) => {
      const [, type, , flags] = data.subarray();
      if (type === 2 && flags === 1) pings += 1;
    });
    await vi.advanceTimersByTimeAsync(3 * MUXER_PING_MS);
    await delay(100);
    expect(pings).toBeGreaterThan(0);
    expect(streams).toEqual([]);
    expect(node.disconnected).toEqual([]);
  });

  it("keeps its socket for as long as we say, at both ends", async () => {
    const limits = vi.spyOn(Socket.prototype, "setTimeout");
    await startPair("tcp");
    expect(limits.mock.calls.map(([ms]) => ms)).toEqual([SOCKET_INACTIVITY_MS, SOCKET_INACTIVITY_MS]);
  });
});

describe("what a connection leaves behind", () => {
  it("is no listener on a signal that outlives it", async () => {
    const { signal } = new AbortController();
    const [a, b] = await Promise.all([startNode("tcp"), startNode("tcp")]);
    for (let n = 0; n < 4; n += 1) {
      const connection = await a.network.dial(addressOf(b), b.peerKey, signal);
      const stream = await connection.openStream(signal);
      await stream.close();
      await connection.close();
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is no entry in libp2p's address book", async () => {
    const books: PeerStore[] = [];
    const carry: MemoryTransport = (components) => (books.push(components.peerStore), memory()(components));
    const [a, b] = await Promise.all([startNode("memory", carry), startNode("memory", carry)]);
    const connection = await a.network.dial(addressOf(b), b.peerKey, soon());
    const known = async (): Promise<number> => (await Promise.all(books.map((book) => book.all()))).flat().length;
    expect(await known()).toBeGreaterThan(0);
    await connection.close();
    await until(() => b.disconnected.length === 1);
    await expect.poll(known).toBe(0);
  });
});

describe("addresses", () => {
  it("are those of the real port", async () => {
    const node = await startNode("tcp");
    expect(node.network.addresses()).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9][0-9]*$/)]);
    await node.network.stop();
    expect(node.network.addresses()).toEqual([]);
  });

  it("may be written as people write them", async () => {
    const [a, b] = await Promise.all([startNode("tcp"), startNode("tcp")]);
    const port = addressOf(b).split("/").at(-1);
    const connection = await a.network.dial(`localhost:${port}`, b.peerKey, soon());
    expect(connection.remoteAddress).toBe(`/dns/localhost/tcp/${port}`);
    await expect(a.network.dial("localhost", b.peerKey, soon())).rejects.toMatchObject({ code: "ADDRESS_MALFORMED" });
  });

  it("where nobody listens are said to be so", async () => {
    const [a, b] = await Promise.all([startNode("tcp"), startNode("tcp")]);
    const address = addressOf(b);
    await b.network.stop();
    await expect(a.network.dial(address, b.peerKey, soon())).rejects.toMatchObject({
      code: "DIAL_FAILED",
      message: expect.stringContaining("connection refused"),
    });
    await expect(a.network.dial(address, b.peerKey, AbortSignal.abort())).rejects.toMatchObject({
      code: "DIAL_FAILED",
    });
    await expect(a.network.dial(addressOf(a), a.peerKey, soon())).rejects.toMatchObject({ code: "DIAL_FAILED" });
  });

  it("that are taken cannot be listened on", async () => {
    const node = await startNode("tcp");
    const other = await createNetwork({ seed: new Uint8Array(32), listen: [addressOf(node)] });
    const handlers = { onConnection: () => undefined, onStream: () => undefined, onDisconnect: () => undefined };
    await expect(other.start(handlers)).rejects.toMatchObject({
      code: "LISTEN_FAILED",
      message: expect.stringContaining("another program"),
    });
  });

  it("of no carrier are refused at once", async () => {
    await expect(createNetwork({ seed: new Uint8Array(32), listen: ["/ip4/127.0.0.1/udp/1"] })).rejects.toMatchObject({
      code: "ADDRESS_MALFORMED",
    });
  });
});

/** A carrier whose listeners never close. */
function neverClosing(components: Parameters<ReturnType<typeof memory>>[0]): ReturnType<ReturnType<typeof memory>> {
  const carrier = memory()(components);
  const createListener = carrier.createListener.bind(carrier);
  carrier.createListener = (options) =>
    Object.assign(createListener(options), { close: () => new Promise<void>(() => undefined) });
  return carrier;
}

/** A Yamux header, without what may follow it. */
function muxerFrame(of: { type: number; flags?: number; stream: number; length: number }): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint8(1, of.type);
  view.setUint16(2, of.flags ?? 0);
  view.setUint32(4, of.stream);
  view.setUint32(8, of.length);
  return new Uint8Array(view.buffer);
}

function equal(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

async function throwAt(port: number, bytes: Uint8Array, ends: boolean): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write(bytes);
  await delay(30);
  if (ends) socket.end();
  else socket.resetAndDestroy();
}
