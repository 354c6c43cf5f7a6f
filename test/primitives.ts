import { createHash, createPublicKey, verify } from "node:crypto";
import type { Primitives } from "../protocol/crypto.ts";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Hash and signature straight from OpenSSL, so that tests of the formats do not rest on keys/. */
export const primitives: Primitives = {
  sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  verify: (publicKey, message, signature) => {
    if (publicKey.length !== 32) return false;
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  },
};

export const { sha256 } = primitives;
