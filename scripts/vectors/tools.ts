import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

/** One vector file. Cases have a name that no other case of the file has. */
export type Vectors = {
  readonly format: string;
  readonly source?: string;
  readonly valid: readonly Case[];
  readonly invalid: readonly (Case & { readonly code: string })[];
};

export type Case = { readonly name: string } & Readonly<Record<string, unknown>>;

/** A key of the vectors: its seed is public, it signs nothing else. */
export type TestKey = {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly vkey: string;
  /** The signature line over `text`, without newline. */
  line(text: string): string;
  /** The cosignature line of a key of type 0x04. */
  cosign(time: bigint, checkpoint: string): string;
};

export const sha256 = (...pieces: readonly (Uint8Array | string)[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return new Uint8Array(hash.digest());
};

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** `U64` of the specifications. */
export function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function testKey(name: string, type: number, seed: Uint8Array): TestKey {
  // RFC 8410: a PKCS#8 wrapper of 16 bytes before the seed, an SPKI wrapper of 12 bytes before the public key.
  const der = Buffer.concat([unhex("302e020100300506032b657004220420"), seed]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(12);
  const keyId = sha256(name, "\n", Uint8Array.of(type), publicKey).subarray(0, 4);
  const line = (signature: Uint8Array): string => `— ${name} ${base64(Buffer.concat([keyId, signature]))}`;
  return {
    name,
    keyId,
    vkey: `${name}+${hex(keyId)}+${base64(Buffer.concat([Uint8Array.of(type), publicKey]))}`,
    line: (text) => line(sign(null, Buffer.from(text), secret)),
    cosign: (time, checkpoint) => {
      const message = `cosignature/v1\ntime ${time}\n${checkpoint}`;
      return line(Buffer.concat([u64(time), sign(null, Buffer.from(message), secret)]));
    },
  };
}

export const logKey = testKey("example.com/log", 0x01, new Uint8Array(32).fill(1));
export const otherKey = testKey("example.com/log", 0x01, new Uint8Array(32).fill(2));

/** The witness of torchwood cmd/litewitness/testdata/litewitness.txt. */
export const witnessKey = testKey(
  "example.com/witness",
  0x04,
  unhex("31ffc2116ecbe003acaa800ab70757bd7d53206e3febef6a6d0796d95530b34f"),
);
