import { describe, expect, it } from "vitest";
import { MuxerWatch } from "../../node/network/bounded-muxer.ts";
import { MAX_STREAM_WINDOW, MUXER_REQUESTS_BURST, MUXER_REQUESTS_PER_SECOND } from "../../node/network/limits.ts";

const DATA = 0;
const WINDOW = 1;
const PING = 2;
const SYN = 1;

function header(type: number, flags: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint8(1, type);
  view.setUint16(2, flags);
  view.setUint32(4, 1);
  view.setUint32(8, length);
  return new Uint8Array(view.buffer);
}

describe("MuxerWatch", () => {
  it("lets pass what honest nodes send, cut anywhere, and is not misled by what data contain", () => {
    const data = new Uint8Array(5_000).fill(PING);
    const sent = [
      header(WINDOW, SYN, 0),
      header(DATA, 0, data.length),
      data,
      header(DATA, 0, 0),
      header(WINDOW, 0, 0xffff_ffff),
      header(PING, SYN, 7),
    ];
    const bytes = Buffer.concat(sent);
    for (const step of [1, 5, 12, 13, 4_096, bytes.length]) {
      const watch = new MuxerWatch(() => 0);
      for (let at = 0; at < bytes.length; at += step) expect(watch.read(bytes.subarray(at, at + step))).toBeUndefined();
    }
  });

  it("takes a data frame as long as a window, and none that is longer", () => {
    expect(new MuxerWatch(() => 0).read(header(DATA, 0, MAX_STREAM_WINDOW))).toBeUndefined();
    expect(new MuxerWatch(() => 0).read(header(DATA, 0, MAX_STREAM_WINDOW + 1))).toMatch(/window/);
  });

  it.each([
    ["pings", header(PING, SYN, 0)],
    ["new streams", header(WINDOW, SYN, 0)],
    ["new streams with data", header(DATA, SYN, 0)],
  ])("takes some %s at once, then some a second", (_, request) => {
    let now = 1_000;
    const watch = new MuxerWatch(() => now);
    for (let n = 0; n < MUXER_REQUESTS_BURST; n += 1) expect(watch.read(request)).toBeUndefined();
    now += 1_000;
    for (let n = 0; n < MUXER_REQUESTS_PER_SECOND; n += 1) expect(watch.read(request)).toBeUndefined();
    expect(watch.read(request)).toMatch(/flood/);
  });
});
