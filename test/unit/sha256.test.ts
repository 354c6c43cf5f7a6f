import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../keys/sha256.ts";
import { toHex } from "../../protocol/bytes.ts";

describe("sha256", () => {
  it("has the value of FIPS 180-4 for nothing and for abc", () => {
    expect(toHex(sha256(new Uint8Array(0)))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(toHex(sha256(new TextEncoder().encode("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("hashes a view into a larger buffer, and only the view", () => {
    const buffer = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
    for (const [start, end] of [
      [0, 300],
      [1, 66],
      [17, 17],
      [100, 299],
    ] as const) {
      const expected = createHash("sha256")
        .update(Buffer.from(buffer.slice(start, end)))
        .digest();
      expect(sha256(buffer.subarray(start, end))).toEqual(Uint8Array.from(expected));
    }
  });

  it("gives every byte value back as it is, in a plain array of its own", () => {
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const digest = sha256(Uint8Array.of(i, i >> 8));
      expect(
        Buffer.compare(
          digest,
          createHash("sha256")
            .update(Uint8Array.of(i, i >> 8))
            .digest(),
        ),
      ).toBe(0);
      for (const byte of digest) seen.add(byte);
    }
    expect(seen.size).toBe(256);
    const digest = sha256(Uint8Array.of(1));
    expect(digest.constructor).toBe(Uint8Array);
    expect(digest.buffer.byteLength).toBe(32);
    digest.fill(0);
    expect(sha256(Uint8Array.of(1))).not.toEqual(digest);
  });
});
