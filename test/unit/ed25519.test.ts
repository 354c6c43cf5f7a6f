import { inspect } from "node:util";
import { Point, etc } from "@noble/ed25519";
import { describe, expect, it } from "vitest";
import { admitPublicKey, keyPairFromSeed, signMessage, verifySignature } from "../../keys/ed25519.ts";
import { KeyError } from "../../keys/key-error.ts";
import { KeyPair } from "../../keys/key-pair.ts";
import { LOW_ORDER_ENCODINGS } from "../../keys/low-order-points.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";

const SEED = fromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const MESSAGE = Uint8Array.of(0x72);

describe("key pairs", () => {
  it("derive the public key of RFC 8032 and sign as it does", () => {
    const key = keyPairFromSeed(SEED);
    expect(toHex(key.publicKey)).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    expect(toHex(signMessage(key, MESSAGE))).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    expect(key.exportSeed()).toEqual(SEED);
  });

  it("read a seed that is a view, and keep a copy", () => {
    const buffer = new Uint8Array(64);
    buffer.set(SEED, 7);
    const key = keyPairFromSeed(buffer.subarray(7, 39));
    buffer.fill(0);
    expect(key.exportSeed()).toEqual(SEED);
  });

  it.each([0, 31, 33, 64])("refuse a seed of %i bytes", (length) => {
    expect(() => keyPairFromSeed(new Uint8Array(length))).toThrow(KeyError);
  });

  it.each(["ed25519", "x25519"] as const)("never show their secret (%s)", (type) => {
    const key = new KeyPair(type, SEED);
    const shown = [
      String(key),
      JSON.stringify({ key }),
      inspect(key),
      inspect({ deep: [key] }, { showHidden: true, getters: true, depth: 9 }),
      JSON.stringify(Object.entries(key)),
      JSON.stringify(structuredClone(Object.fromEntries(Object.entries(key)))),
      inspect(key.privateKey(), { showHidden: true }),
    ].join("\n");
    expect(shown).toContain(toHex(key.publicKey));
    for (const secret of [toHex(SEED), Buffer.from(SEED).toString("base64"), SEED.join(","), SEED.join(", ")]) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe("rule P", () => {
  it("is not confused by views", () => {
    const key = keyPairFromSeed(SEED);
    const all = new Uint8Array([9, ...key.publicKey, ...MESSAGE, ...signMessage(key, MESSAGE), 9]);
    expect(verifySignature(all.subarray(1, 33), all.subarray(33, 34), all.subarray(34, 98))).toBe(true);
    expect(verifySignature(all.subarray(0, 32), all.subarray(33, 34), all.subarray(34, 98))).toBe(false);
  });

  it("judges a key anew when its bytes change in place", () => {
    const publicKey = Uint8Array.from(keyPairFromSeed(SEED).publicKey);
    expect(admitPublicKey(publicKey)).toBe(true);
    publicKey.fill(0);
    expect(admitPublicKey(publicKey)).toBe(false);
  });

  it("knows all encodings of low order, computed here from the curve", () => {
    expect(LOW_ORDER_ENCODINGS).toEqual(new Set(lowOrderEncodings()));
    expect(LOW_ORDER_ENCODINGS.size).toBe(14);
  });

  it("refuses a signature whose R is of low order though the equation holds", () => {
    // With the secret scalar anybody makes R = 0, S = k a.
    for (const encoding of LOW_ORDER_ENCODINGS) {
      expect(verifySignature(keyPairFromSeed(SEED).publicKey, MESSAGE, fromHex(encoding + "00".repeat(32)))).toBe(
        false,
      );
    }
  });
});

/** The eight multiples of a point of order 8, each with y and, below 2^255, y + p, and with both signs where x = 0. */
function lowOrderEncodings(): string[] {
  const p = Point.CURVE().p;
  const torsion = pointOfOrder8();
  const points = Array.from({ length: 8 }, (_, i) => times(torsion, i));
  return [
    ...new Set(
      points.flatMap((point) => {
        const { x, y } = point.toAffine();
        const ys = y + p < 1n << 255n ? [y, y + p] : [y];
        const signs = x === 0n ? [0n, 1n] : [x & 1n];
        return ys.flatMap((value) => signs.map((sign) => littleEndian(value | (sign << 255n))));
      }),
    ),
  ];
}

function pointOfOrder8(): Point {
  for (let y = 3n; ; y++) {
    const point = tryDecode(y);
    const torsion = point?.multiply(Point.CURVE().n - 1n, false).add(point);
    if (torsion !== undefined && !times(torsion, 4).is0()) return torsion;
  }
}

function tryDecode(y: bigint): Point | undefined {
  try {
    return Point.fromBytes(fromHex(littleEndian(y)));
  } catch {
    return undefined;
  }
}

function times(point: Point, n: number): Point {
  return Array.from({ length: n }).reduce<Point>((sum) => sum.add(point), Point.ZERO);
}

function littleEndian(value: bigint): string {
  return etc.bytesToHex(fromHex(value.toString(16).padStart(64, "0")).reverse());
}
