import { describe, expect, it } from "vitest";
import { MAX_PART_SIZE } from "../../protocol/limits.ts";
import { createPartDigest, verifyChunk } from "../../protocol/part-digest.ts";
import {
  chunkCount,
  chunkLength,
  formatPart,
  isPadmeSize,
  isPartSize,
  padmeSize,
  partHeader,
  startPart,
} from "../../protocol/part.ts";
import { sha256 } from "../primitives.ts";
import { codeOf } from "../vectors/vector-file.ts";

const ownerId = new Uint8Array(32).fill(1);
const salt = new Uint8Array(32).fill(2);
const init = { ownerId, salt, name: "film.mp4", type: "video/mp4" };

describe("a part that is streamed", () => {
  it("begins, goes on and ends as one that is made whole", () => {
    const content = new Uint8Array(200_000).fill(7);
    const whole = formatPart({ ...init, content });
    const { prefix, size, padding } = startPart({ ...init, length: content.length });
    expect(whole).toHaveLength(size);
    expect(whole.subarray(0, prefix.length)).toEqual(prefix);
    expect(prefix.length + content.length + padding).toBe(size);
    const first = whole.subarray(0, 65_536);
    const expected = { salt, name: "film.mp4", type: "video/mp4", length: 200_000, start: prefix.length };
    expect(partHeader(first, size, ownerId)).toEqual(expected);
  });

  it("can be as large as 1 GiB and no larger", () => {
    const room = MAX_PART_SIZE - startPart({ ...init, length: MAX_PART_SIZE / 2 }).prefix.length;
    expect(startPart({ ...init, length: room })).toMatchObject({ size: MAX_PART_SIZE, padding: 0 });
    expect(codeOf(() => startPart({ ...init, length: room + 1 }))).toBe("PART_MALFORMED");
  });

  it.each([
    ["a name with a slash", { name: "a/b" }],
    ["a name that has no UTF-8", { name: "\ud800" }],
    ["a type in capitals", { type: "Text/plain" }],
    ["a fraction of a byte", { length: 0.5 }],
    ["less than nothing", { length: -1 }],
    ["a short salt", { salt: salt.subarray(1) }],
    ["a short owner id", { ownerId: ownerId.subarray(1) }],
  ])("never has %s", (_, wrong) => {
    expect(codeOf(() => startPart({ ...init, length: 5, ...wrong }))).toBe("PART_MALFORMED");
  });
});

describe("chunks", () => {
  it.each([
    [96, 1, 96],
    [65_536, 1, 65_536],
    [65_537, 2, 1],
    [131_072, 2, 65_536],
    [MAX_PART_SIZE, 16_384, 65_536],
  ])("of %i bytes: %i, the last of %i", (size, count, last) => {
    expect(chunkCount(size)).toBe(count);
    expect(chunkLength(size, count - 1)).toBe(last);
    if (count > 1) expect(chunkLength(size, 0)).toBe(65_536);
    expect(codeOf(() => chunkLength(size, count))).toBe("PART_MALFORMED");
  });

  it("come in order, all full but the last", () => {
    const digest = createPartDigest(sha256);
    expect(codeOf(() => digest.digest())).toBe("PART_MALFORMED");
    expect(codeOf(() => digest.addChunk(new Uint8Array(65_537)))).toBe("PART_MALFORMED");
    expect(codeOf(() => digest.addChunk(new Uint8Array(0)))).toBe("PART_MALFORMED");
    digest.addChunk(new Uint8Array(65_536));
    digest.addChunk(new Uint8Array(5));
    expect(codeOf(() => digest.addChunk(new Uint8Array(65_536)))).toBe("PART_MALFORMED");
  });

  it("that are none never verify", () => {
    const given = { digest: ownerId, size: 96, bytes: new Uint8Array(96), proof: [] };
    for (const chunk of [-1, 0.5, 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(verifyChunk(sha256, { ...given, chunk })).toBe(false);
  });
});

describe("Padmé", () => {
  it("is not asked about what is no length", () => {
    for (const length of [-1, 0, 1, 2.5, Number.NaN, 2 ** 53]) {
      expect(codeOf(() => padmeSize(length))).toBe("PART_MALFORMED");
      expect(isPadmeSize(length)).toBe(false);
    }
  });

  it("knows no 32 bits", () => {
    expect(padmeSize(2 ** 32 + 1)).toBe(2 ** 32 + 2 ** 26);
    expect(isPadmeSize(2 ** 32 + 96)).toBe(false);
    expect(isPartSize(2 ** 31)).toBe(false);
  });
});
