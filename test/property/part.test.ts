import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../protocol/bytes.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { emptyRange, extendRange, rangeRoot } from "../../protocol/merkle/compact-range.ts";
import { foldProof, inclusionCoordinates } from "../../protocol/merkle/proof.ts";
import { createPartDigest, partDigest, verifyChunk } from "../../protocol/part-digest.ts";
import {
  chunkCount,
  chunkLength,
  formatPart,
  isPadmeSize,
  padmeSize,
  parsePart,
  partHeader,
  startPart,
} from "../../protocol/part.ts";
import { damaged } from "../damage.ts";
import { sha256 } from "../primitives.ts";
import { bytesOf } from "./leaf-arbitrary.ts";

const length = fc.oneof(
  fc.integer({ min: 2, max: 300 }),
  fc.integer({ min: 2, max: 1_073_741_824 }),
  fc.integer({ min: 2, max: 2 ** 52 }),
  fc.tuple(fc.integer({ min: 1, max: 52 }), fc.constantFrom(-1, 0, 1)).map(([e, d]) => Math.max(2, 2 ** e + d)),
);

const name = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .filter((text) => !/[/\\\u0000-\u001f\u007f-\u009f]/.test(text));
const part = fc.record({
  ownerId: bytesOf(32),
  salt: bytesOf(32),
  name: name.filter((text) => text.isWellFormed() && !text.startsWith("\ufeff")),
  type: fc.constantFrom("image/jpeg", "application/vnd.entente.record+cbor", "a/b"),
  content: fc.uint8Array({ maxLength: 700 }),
});

describe("Padmé", () => {
  it("covers, costs at most 12 %, keeps order, and is its own size", () => {
    fc.assert(
      fc.property(length, (bytes) => {
        const size = padmeSize(bytes);
        expect(size).toBeGreaterThanOrEqual(bytes);
        expect(size - bytes).toBeLessThanOrEqual(0.12 * bytes);
        expect(padmeSize(size)).toBe(size);
        expect(padmeSize(bytes + 1)).toBeGreaterThanOrEqual(size);
        expect(isPadmeSize(bytes)).toBe(size === bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("part", () => {
  it("parses what it formats, and streams to the same bytes", () => {
    fc.assert(
      fc.property(part, (original) => {
        const bytes = formatPart(original);
        const { ownerId, ...rest } = original;
        expect(parsePart(bytes, ownerId)).toEqual({ ...rest, length: rest.content.length });
        const { prefix, size, padding } = startPart({ ...original, length: original.content.length });
        const streamed = [...prefix, ...original.content, ...new Uint8Array(padding)];
        expect(equalBytes(Uint8Array.from(streamed), bytes)).toBe(true);
        expect(size).toBe(bytes.length);
        expect(partHeader(bytes, size, ownerId).start).toBe(prefix.length);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses damage with PART_MALFORMED, or finds another part that formats to those bytes", () => {
    const input = part.chain((original) =>
      fc.tuple(fc.constant(original.ownerId), damaged(fc.constant(formatPart(original)))),
    );
    fc.assert(
      fc.property(input, ([ownerId, bytes]) => {
        try {
          const { salt, content, name: found, type } = parsePart(bytes, ownerId);
          expect(equalBytes(formatPart({ ownerId, salt, content, name: found, type }), bytes)).toBe(true);
        } catch (error) {
          expect(error instanceof FormatError && error.code).toBe("PART_MALFORMED");
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("part digest", () => {
  it("is the same in one and in chunks, and proves each chunk and no other", () => {
    const size = fc.oneof(fc.integer({ min: 96, max: 65_537 }), fc.integer({ min: 65_537, max: 600_000 }));
    fc.assert(
      fc.property(size, fc.nat(), (bytes, pick) => {
        const whole = Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + bytes) % 253);
        const streamed = createPartDigest(sha256);
        const chunks = Array.from({ length: chunkCount(bytes) }, (_, k) =>
          whole.subarray(k * 65_536, k * 65_536 + chunkLength(bytes, k)),
        );
        for (const chunk of chunks) streamed.addChunk(chunk);
        const digest = partDigest(sha256, whole);
        expect(equalBytes(streamed.digest(), digest)).toBe(true);
        const chunk = pick % chunks.length;
        const proof = prove(chunk, streamed.chunkHashes);
        const given = { digest, size: bytes, chunk, bytes: chunks[chunk] ?? whole, proof };
        expect(verifyChunk(sha256, given)).toBe(true);
        expect(
          verifyChunk(sha256, { ...given, bytes: given.bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }),
        ).toBe(false);
        expect(verifyChunk(sha256, { ...given, bytes: given.bytes.subarray(1) })).toBe(false);
        if (chunks.length > 1)
          expect(verifyChunk(sha256, { ...given, chunk: (chunk + 1) % chunks.length })).toBe(false);
      }),
      { numRuns: 15 },
    );
  });
});

function prove(chunk: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  return foldProof(sha256, inclusionCoordinates(chunk, hashes.length), ({ level, index }) => {
    const below = hashes.slice(index * 2 ** level, (index + 1) * 2 ** level);
    return rangeRoot(sha256, extendRange(sha256, emptyRange(0), below));
  });
}
