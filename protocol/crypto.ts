/**
 * What the formats ask of a cryptographic library. They are handed in, so that the node uses its fast native ones, a
 * browser its own, and a test whatever it needs to show.
 */

/**
 * SHA-256: 32 bytes of any input. Reads its argument before it returns and does not keep it (callers reuse buffers),
 * and returns an array that nobody else writes to.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * Ed25519 by rule P of the specification (`docs/spec/ed25519.md`): false for every signature or key that the rule
 * refuses, of whatever length; never throws.
 */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Both, for what hashes and verifies. */
export type Primitives = {
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
};
