import { describe, expect, it } from "vitest";
import { fingerprint, parseFingerprint } from "../../keys/fingerprint.ts";

const malformed = expect.objectContaining({ code: "FINGERPRINT_MALFORMED" });

describe("fingerprint", () => {
  it("writes forty digits in eight groups, leading zeros included", () => {
    expect(fingerprint(new Uint8Array(32))).toBe("00000 00000 00000 00000 00000 00000 00000 00000");
    const one = new Uint8Array(32);
    one[31] = 1;
    expect(fingerprint(one)).toBe("00000 00000 00000 00000 00000 00000 00000 00001");
  });

  it("is the id, big-endian, modulo 10^40", () => {
    expect(fingerprint(new Uint8Array(32).fill(255))).toBe("32699 84665 64056 40394 57584 00791 31296 39935");
  });

  it("has the digits that another language computes", () => {
    // Python: int.from_bytes(bytes(7 * i % 256 for i in range(32)), "big") % 10**40
    expect(fingerprint(Uint8Array.from({ length: 32 }, (_, i) => i * 7))).toBe(
      "54051 96307 46112 23982 81833 18858 98560 84697",
    );
  });

  it("reads what was typed, however it was spaced", () => {
    const written = fingerprint(Uint8Array.from({ length: 32 }, (_, i) => i * 7));
    expect(parseFingerprint(written)).toBe(written);
    expect(parseFingerprint(written.replaceAll(" ", ""))).toBe(written);
    expect(parseFingerprint(`  ${written.replaceAll(" ", "\t\u00a0 ")}\n`)).toBe(written);
  });

  it.each(["", "12345", "1".repeat(39), "1".repeat(41), `${"1".repeat(39)}a`, `-${"1".repeat(39)}`, "١".repeat(40)])(
    "refuses %j",
    (text) => {
      expect(() => parseFingerprint(text)).toThrow(malformed);
    },
  );
});
