import { createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { Point } from "@noble/ed25519";
import { equalBytes, fromHex, toHex } from "../protocol/bytes.ts";
import type { VerifySignature } from "../protocol/crypto.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { KEY_LENGTH, KeyPair } from "./key-pair.ts";
import { LOW_ORDER_ENCODINGS } from "./low-order-points.ts";

// Rule P of docs/spec/ed25519.md: the verdict that every careful library reaches, whatever it does with points outside
// the prime-order group.

export type Ed25519KeyPair = KeyPair<"ed25519">;

const SIGNATURE_LENGTH = 64;

/** p = 2^255 − 19 and the group order L, little-endian. */
const P = fromHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
const L = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/**
 * Keys whose verdict is remembered: 200 authorities with twenty keys each, over the years. One that fell out costs three
 * milliseconds once more.
 */
const MAX_REMEMBERED_KEYS = 4096;

const verdicts = new BoundedCache<KeyObject | "refused">(MAX_REMEMBERED_KEYS);

/** `seed`: 32 bytes (RFC 8032 §5.1.5). Throws KEY_MALFORMED. */
export function keyPairFromSeed(seed: Uint8Array): Ed25519KeyPair {
  return new KeyPair("ed25519", seed);
}

/** 64 bytes, the same for the same message (RFC 8032 §5.1.6). */
export function signMessage(key: Ed25519KeyPair, message: Uint8Array): Uint8Array {
  return Uint8Array.from(sign(null, message, key.privateKey()));
}

/** Rule P for one signature; false for whatever it refuses, of any length. Never throws. */
export const verifySignature: VerifySignature = (publicKey, message, signature) => {
  if (signature.length !== SIGNATURE_LENGTH) return false;
  if (!isAllowedPoint(signature.subarray(0, 32)) || !isBelow(signature.subarray(32), L)) return false;
  const verdict = judge(publicKey);
  return verdict !== "refused" && verify(null, message, verdict, signature);
};

/**
 * Rule P for a key, before anything is verified under it: 32 bytes, the canonical encoding of a point of prime order
 * that is not the identity. Three milliseconds, once a key.
 */
export function admitPublicKey(publicKey: Uint8Array): boolean {
  return judge(publicKey) !== "refused";
}

function judge(publicKey: Uint8Array): KeyObject | "refused" {
  if (publicKey.length !== KEY_LENGTH) return "refused";
  return verdicts.getOrCompute(toHex(publicKey), () => (isPrimeOrder(publicKey) ? keyObject(publicKey) : "refused"));
}

function keyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey), format: "raw-public", asymmetricKeyType: "ed25519" });
}

function isPrimeOrder(publicKey: Uint8Array): boolean {
  if (!isAllowedPoint(publicKey)) return false;
  const point = decodePoint(publicKey);
  return (
    point !== undefined && equalBytes(point.toBytes(), publicKey) && !point.isSmallOrder() && point.isTorsionFree()
  );
}

function decodePoint(encoding: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(encoding, false);
  } catch {
    return undefined;
  }
}

/**
 * Canonical as far as its bytes tell (y < p), and none of the low-order points; the encodings of x = 0 with a sign are
 * among those. That R is a point of prime order then follows from the equation, which `node:crypto` checks without
 * cofactor by comparing encodings.
 */
function isAllowedPoint(encoding: Uint8Array): boolean {
  const y = Uint8Array.from(encoding);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, P) && !LOW_ORDER_ENCODINGS.has(toHex(encoding));
}

/** Whether `a` < `b`, both 32 bytes, little-endian. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
