import { createLibp2p } from "libp2p";
import { memory } from "@libp2p/memory";
import { noise } from "@chainsafe/libp2p-noise";
import type { Stream } from "@libp2p/interface";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { afterEach, describe, expect, it } from "vitest";
import { FramedStream } from "../../node/network/framed-stream.ts";
import { MAX_UNSENT } from "../../node/network/limits.ts";
import type { Connection } from "../../node/transport.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))));

async function openStream(): Promise<Stream> {
  const create = (listen: string[]) =>
    createLibp2p({
      addresses: { listen },
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
    });
  const [dialer, listener] = await Promise.all([create([]), create(["/memory/framed-stream"])]);
  stops.push(
    () => dialer.stop(),
    () => listener.stop(),
  );
  await listener.handle("/x", (stream) => stream.pause());
  return (await dialer.dial(multiaddr("/memory/framed-stream"))).newStream("/x");
}

const connection: Connection = {
  peerKey: new Uint8Array(32),
  direction: "outbound",
  remoteAddress: "/memory/framed-stream",
  openStream: () => Promise.reject(new Error("not here")),
  close: () => Promise.resolve(),
};

describe("FramedStream", () => {
  it("makes the sender wait while much is unsent beneath the stream, each time anew", async () => {
    const raw = await openStream();
    const socket = { writeBufferLength: 0 };
    const stream = new FramedStream(connection, raw, socket);
    await stream.send(Uint8Array.of(1));
    for (let turn = 0; turn < 3; turn += 1) {
      socket.writeBufferLength = MAX_UNSENT + 1;
      const sent = stream.send(Uint8Array.of(2));
      expect(await isPending(sent)).toBe(true);
      raw.dispatchEvent(new Event("drain"));
      expect(await isPending(sent)).toBe(true);
      socket.writeBufferLength = MAX_UNSENT;
      raw.dispatchEvent(new Event("drain"));
      await sent;
    }
  });

  it("sends in the order asked for, one frame at a time", async () => {
    const raw = await openStream();
    const socket = { writeBufferLength: MAX_UNSENT + 1 };
    const stream = new FramedStream(connection, raw, socket);
    const done: number[] = [];
    const sent = [1, 2, 3].map((n) => stream.send(Uint8Array.of(n)).then(() => done.push(n)));
    await isPending(sent[0]);
    expect(done).toEqual([]);
    socket.writeBufferLength = 0;
    raw.dispatchEvent(new Event("drain"));
    await Promise.all(sent);
    expect(done).toEqual([1, 2, 3]);
  });

  it("lets one receive wait at a time", async () => {
    const stream = new FramedStream(connection, await openStream(), { writeBufferLength: 0 });
    const first = stream.receive();
    await expect(stream.receive()).rejects.toThrow("a receive is outstanding");
    stream.abort();
    await expect(first).rejects.toMatchObject({ code: "STREAM_CLOSED" });
  });

  it("of a stream that is closed already says so", async () => {
    const raw = await openStream();
    raw.abort(new Error("gone"));
    const stream = new FramedStream(connection, raw, { writeBufferLength: 0 });
    await expect(stream.receive()).rejects.toMatchObject({ code: "STREAM_CLOSED" });
    await expect(stream.send(Uint8Array.of(1))).rejects.toMatchObject({ code: "STREAM_CLOSED" });
    await stream.close();
  });
});

async function isPending(promise: Promise<unknown> | undefined): Promise<boolean> {
  const tick = new Promise((resolve) => setTimeout(resolve, 20, "tick"));
  return (await Promise.race([promise, tick])) === "tick";
}
