import { createPublicKey, diffieHellman } from "node:crypto";
import { KeyError } from "./key-error.ts";
import { KEY_LENGTH, KeyPair } from "./key-pair.ts";

export type X25519KeyPair = KeyPair<"x25519">;

/** `seed`: 32 bytes, the scalar before clamping (RFC 7748 §5). Throws KEY_MALFORMED. */
export function x25519KeyPairFromSeed(seed: Uint8Array): X25519KeyPair {
  return new KeyPair("x25519", seed);
}

/**
 * X25519 of the own secret key and the other's public one: 32 secret bytes, the same for both (RFC 7748 §6.1). The top
 * bit of the public key is ignored, as the RFC says. Throws KEY_MALFORMED for another length, and SHARED_SECRET_REFUSED
 * for a key of low order, with which the result would be zero for everybody.
 */
export function sharedSecret(own: X25519KeyPair, otherPublicKey: Uint8Array): Uint8Array {
  if (otherPublicKey.length !== KEY_LENGTH) throw new KeyError("KEY_MALFORMED", `a member key has ${KEY_LENGTH} bytes`);
  const secret = agree(own, otherPublicKey);
  if (secret === undefined || secret.every((byte) => byte === 0)) {
    throw new KeyError("SHARED_SECRET_REFUSED", "the member key is a point of low order: it gives no shared secret");
  }
  return secret;
}

/** `undefined` where OpenSSL itself refuses the all-zero result. */
function agree(own: X25519KeyPair, otherPublicKey: Uint8Array): Uint8Array | undefined {
  const publicKey = createPublicKey({
    key: Buffer.from(otherPublicKey),
    format: "raw-public",
    asymmetricKeyType: "x25519",
  });
  try {
    return Uint8Array.from(diffieHellman({ privateKey: own.privateKey(), publicKey }));
  } catch {
    return undefined;
  }
}
