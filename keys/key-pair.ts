import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { toHex } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";

export type KeyType = "ed25519" | "x25519";

/** Bytes of a seed and of a public key, of both types. */
export const KEY_LENGTH = 32;

/** What Node's `inspect` and `console.log` call; keys/ imports no more of Node than its cryptography. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A secret key and its public half. Whatever prints, logs, compares or serializes it sees the public half only:
 *
 *     KeyPair(ed25519 d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a)
 */
export class KeyPair<Type extends KeyType> {
  readonly type: Type;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  /** `seed`: 32 bytes, of RFC 8032 §5.1.5 or RFC 7748 §5; copied. Throws KEY_MALFORMED for another length. */
  constructor(type: Type, seed: Uint8Array) {
    if (seed.length !== KEY_LENGTH) throw new KeyError("KEY_MALFORMED", `a secret key has ${KEY_LENGTH} bytes`);
    this.type = type;
    this.#privateKey = createPrivateKey({ key: Buffer.from(seed), format: "raw-private", asymmetricKeyType: type });
    this.publicKey = Uint8Array.from(createPublicKey(this.#privateKey).export({ format: "raw-public" }));
  }

  /** The handle that `node:crypto` works with; it prints without its secret. */
  privateKey(): KeyObject {
    return this.#privateKey;
  }

  /** The secret itself, 32 bytes: for the writing of key files and for libp2p's identity, and for nothing else. */
  exportSeed(): Uint8Array {
    return Uint8Array.from(this.#privateKey.export({ format: "raw-private" }));
  }

  toString(): string {
    return `KeyPair(${this.type} ${toHex(this.publicKey)})`;
  }

  toJSON(): { readonly type: Type; readonly publicKey: string } {
    return { type: this.type, publicKey: toHex(this.publicKey) };
  }

  [INSPECT](): string {
    return this.toString();
  }
}
