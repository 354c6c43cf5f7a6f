import { describe, expect, it } from "vitest";
import type { Connection, FrameStream } from "../../node/transport.ts";
import { Prng } from "./prng.ts";
import { Timeline } from "./virtual-clock.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const FRAME_BYTES = 100_000;
const [KEY_A, KEY_B] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

/** A stream from a to b, both its ends, and what b was told. */
async function connected() {
  const timeline = new Timeline();
  const network = new VirtualNetwork({ timeline, prng: new Prng("network"), onFrame: () => undefined });
  const [a, b] = [network.transport("a", KEY_A), network.transport("b", KEY_B)];
  const streams: FrameStream[] = [];
  const gone: Connection[] = [];
  const silent = { onConnection: () => undefined, onStream: () => undefined, onDisconnect: () => undefined };
  await a.start(silent);
  await b.start({ ...silent, onStream: (stream) => streams.push(stream), onDisconnect: (end) => gone.push(end) });
  const opening = a
    .dial("b", KEY_B, new AbortController().signal)
    .then((end) => end.openStream(new AbortController().signal));
  await timeline.runUntil(5_000);
  const [stream, far] = [await opening, streams[0]];
  if (far === undefined) throw new Error("no stream came");
  return { timeline, network, a, stream, far, gone };
}

describe("the virtual network", () => {
  it("delivers frames in order, and makes a sender wait for a reader", async () => {
    const { timeline, stream, far } = await connected();
    let sent = 0;
    for (let number = 0; number < 6; number++) {
      const frame = new Uint8Array(FRAME_BYTES).fill(number);
      stream.send(frame).then(
        () => (sent += 1),
        () => undefined,
      );
    }
    await timeline.runUntil(timeline.now + 5_000);
    expect(sent).toBe(2);
    const received: (number | undefined)[] = [];
    for (let number = 0; number < 6; number++) {
      far.receive().then(
        (frame) => received.push(frame?.[0]),
        () => undefined,
      );
      await timeline.runUntil(timeline.now + 1_000);
    }
    expect(received).toEqual([0, 1, 2, 3, 4, 5]);
    expect(sent).toBe(6);
  });

  it("holds back what is sent over a blocked line, and delivers it later", async () => {
    const { timeline, network, stream, far } = await connected();
    network.setBlocked("a", "b", true);
    let received: Uint8Array | undefined;
    far.receive().then(
      (frame) => (received = frame),
      () => undefined,
    );
    stream.send(Uint8Array.of(7)).catch(() => undefined);
    await timeline.runUntil(timeline.now + 60_000);
    expect(received).toBeUndefined();
    network.setBlocked("a", "b", false);
    await timeline.runUntil(timeline.now + 1);
    expect(received).toEqual(Uint8Array.of(7));
  });

  it("tells the far end of a crash, or leaves it waiting", async () => {
    for (const silently of [false, true]) {
      const { timeline, a, far, gone } = await connected();
      let failed = false;
      far.receive().catch(() => (failed = true));
      a.vanish(silently);
      await timeline.runUntil(timeline.now + 60_000);
      expect([failed, gone.length]).toEqual(silently ? [false, 0] : [true, 1]);
    }
  });

  it("refuses a dial to a node that is down, or is another", async () => {
    const { a, timeline, network } = await connected();
    const { signal } = new AbortController();
    const [down, other] = [a.dial("c", KEY_B, signal), a.dial("b", KEY_A, signal)];
    const refusals = Promise.allSettled([down, other]);
    await timeline.runUntil(timeline.now + 5_000);
    expect(await refusals).toMatchObject([{ reason: { code: "DIAL_FAILED" } }, { reason: { code: "WRONG_PEER" } }]);
    expect(network.wasHostile("a", "b")).toBe(false);
  });
});
