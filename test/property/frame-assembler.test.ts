import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameAssembler, formatFrame } from "../../node/network/frame-assembler.ts";
import { MAX_FRAME_SIZE } from "../../protocol/limits.ts";

const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
const cuts = fc.array(fc.nat(), { maxLength: 40 });

describe("FrameAssembler", () => {
  it("puts together what formatFrame took apart, however the bytes are cut", () => {
    fc.assert(
      fc.property(frames, cuts, (sent, at) => {
        const assembler = new FrameAssembler();
        const got: Uint8Array[] = [];
        for (const piece of cut(concat(sent.map(formatFrame)), at)) {
          assembler.append(piece);
          piece.fill(0xee);
          for (let frame = assembler.take(); frame !== undefined; frame = assembler.take()) got.push(frame);
        }
        expect(got).toEqual(sent);
        expect(assembler).toMatchObject({ partial: false, error: undefined });
      }),
    );
  });

  it("gives every frame before an impossible length, then the error, whatever follows", () => {
    const impossible = fc.oneof(fc.constant(0), fc.integer({ min: MAX_FRAME_SIZE + 1, max: 0xffff_ffff }));
    fc.assert(
      fc.property(frames, impossible, fc.uint8Array(), cuts, (sent, length, rest, at) => {
        const assembler = new FrameAssembler();
        const prefix = new Uint8Array(4);
        new DataView(prefix.buffer).setUint32(0, length);
        for (const piece of cut(concat([...sent.map(formatFrame), prefix, rest]), at)) assembler.append(piece);
        for (const frame of sent) {
          expect(assembler.error).toBeUndefined();
          expect(assembler.take()).toEqual(frame);
        }
        expect(assembler.take()).toBeUndefined();
        expect(assembler.error).toMatchObject({ code: length === 0 ? "FRAME_TRUNCATED" : "FRAME_TOO_LARGE" });
      }),
    );
  });

  it("knows that a frame has begun and not ended", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(), (frame, n) => {
        const bytes = formatFrame(frame);
        const assembler = new FrameAssembler();
        assembler.append(bytes.subarray(0, 1 + (n % (bytes.length - 1))));
        expect(assembler.partial).toBe(true);
        expect(assembler.take()).toBeUndefined();
      }),
    );
  });
});

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...at.map((n) => n % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, n) => bytes.slice(ends[n - 1] ?? 0, end));
}
