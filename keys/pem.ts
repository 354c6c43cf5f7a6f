import { concatBytes, equalBytes, fromBase64, fromHex, toBase64 } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";
import { KeyPair } from "./key-pair.ts";
import type { KeyType } from "./key-pair.ts";

const BEGIN = "-----BEGIN PRIVATE KEY-----";
const END = "-----END PRIVATE KEY-----";

/** PKCS#8 of RFC 8410 §7, version 1: what stands before the 32 bytes of the seed, always the same. */
const DER_PREFIX: Readonly<Record<KeyType, Uint8Array>> = {
  ed25519: fromHex("302e020100300506032b657004220420"),
  x25519: fromHex("302e020100300506032b656e04220420"),
};
const PREFIX_LENGTH = 16;
const DER_LENGTH = 48;

export type AnyKeyPair = KeyPair<"ed25519"> | KeyPair<"x25519">;

/**
 * An unencrypted PKCS#8 key, as `openssl genpkey` writes it; it ends in a newline. Belongs into an encrypted file only.
 *
 *     -----BEGIN PRIVATE KEY-----
 *     MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
 *     -----END PRIVATE KEY-----
 */
export function formatPem(key: AnyKeyPair): string {
  return `${BEGIN}\n${toBase64(concatBytes(DER_PREFIX[key.type], key.exportSeed()))}\n${END}\n`;
}

/** Reads what `formatPem` writes, and nothing else. Throws PEM_MALFORMED. */
export function parsePem(text: string): AnyKeyPair {
  const [begin, base64, end, rest, ...more] = text.split("\n");
  if (begin !== BEGIN || end !== END || rest !== "" || more.length > 0)
    throw malformed("the lines of a PEM private key");
  const der = decode(base64 ?? "");
  const prefix = der.subarray(0, PREFIX_LENGTH);
  const seed = der.subarray(PREFIX_LENGTH);
  if (der.length === DER_LENGTH && equalBytes(prefix, DER_PREFIX.ed25519)) return new KeyPair("ed25519", seed);
  if (der.length === DER_LENGTH && equalBytes(prefix, DER_PREFIX.x25519)) return new KeyPair("x25519", seed);
  throw malformed("an Ed25519 or X25519 key in PKCS#8 version 1, as `openssl genpkey` writes it");
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch {
    throw malformed("base64 on one line");
  }
}

function malformed(expected: string): KeyError {
  return new KeyError("PEM_MALFORMED", `not a private key: ${expected} expected`);
}
