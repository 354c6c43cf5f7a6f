import { describe, expect, it } from "vitest";
import { audienceTag } from "../../keys/audience-tag.ts";
import { sharedSecret, x25519KeyPairFromSeed } from "../../keys/x25519.ts";

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);
const malformed = expect.objectContaining({ code: "KEY_MALFORMED" });

describe("audienceTag", () => {
  it("refuses fields of another length, which would run into each other", () => {
    expect(audienceTag(bytes(32), bytes(32), bytes(32), 0, bytes(16))).toHaveLength(16);
    expect(() => audienceTag(bytes(31), bytes(32), bytes(32), 0, bytes(16))).toThrow(malformed);
    expect(() => audienceTag(bytes(32), bytes(33), bytes(31), 0, bytes(16))).toThrow(malformed);
    expect(() => audienceTag(bytes(32), bytes(32), bytes(31), 0, bytes(16))).toThrow(malformed);
    expect(() => audienceTag(bytes(32), bytes(32), bytes(32), 0, bytes(15))).toThrow(malformed);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])("refuses epoch %d", (epoch) => {
    expect(() => audienceTag(bytes(32), bytes(32), bytes(32), epoch, bytes(16))).toThrow(
      expect.objectContaining({ code: "BYTES_MALFORMED" }),
    );
  });
});

describe("sharedSecret", () => {
  it.each([0, 31, 33])("refuses a public key of %i bytes", (length) => {
    expect(() => sharedSecret(x25519KeyPairFromSeed(bytes(32)), bytes(length))).toThrow(malformed);
  });
});
