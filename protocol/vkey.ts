import { concatBytes, fromBase64, fromHex, readU32be, toBase64, toHex, u32be, utf8Encode } from "./bytes.ts";
import type { Sha256 } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { isKeyName } from "./key-name.ts";

/**
 * A verifier key of C2SP signed-note v1.0.0: key name, key id, and base64 of signature type and public key.
 *
 *     PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
 */
export type Vkey = {
  readonly name: string;
  /** The first four bytes of the key's hash as a number; eight hex digits in text (`formatKeyId`). */
  readonly keyId: number;
  /** One of `SIGNATURE_TYPE`, or another from 0 to 255, which is kept and verifies nothing. */
  readonly type: number;
  readonly publicKey: Uint8Array;
};

/** The type bytes that we know, both of Ed25519 keys: signatures over a note's text, and timestamped cosignatures. */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const;

const ED25519_KEY_SIZE = 32;

/**
 * `VKEY_MALFORMED` for any other text, and where a key of a known type has another length or another id than it should.
 * Of unknown types neither is looked at: signed-note only recommends the formula for ids, and who learns a new type
 * later must not find malformed what others have accepted.
 */
export function parseVkey(sha256: Sha256, text: string): Vkey {
  // A key name has no plus, base64 may have some: only the first two separate.
  const [name = "", id = "", ...blob] = text.split("+");
  if (!isKeyName(name) || id.length !== 8) throw malformed("not a name, a key id and a key");
  const bytes = fromBase64(blob.join("+"), "VKEY_MALFORMED");
  const vkey = {
    name,
    keyId: readU32be(fromHex(id, "VKEY_MALFORMED"), 0),
    type: bytes[0] ?? 0,
    publicKey: bytes.slice(1),
  };
  assertKey(vkey);
  if (isKnownType(vkey.type) && keyId(sha256, name, vkey.type, vkey.publicKey) !== vkey.keyId)
    throw malformed("a key id that is not the key's");
  return vkey;
}

export function formatVkey(vkey: Vkey): string {
  if (!isKeyName(vkey.name)) throw malformed("not a key name");
  assertKey(vkey);
  return `${vkey.name}+${formatKeyId(vkey.keyId)}+${toBase64(concatBytes(Uint8Array.of(vkey.type), vkey.publicKey))}`;
}

/** SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first four bytes as a big-endian number. */
export function keyId(sha256: Sha256, name: string, type: number, publicKey: Uint8Array): number {
  return readU32be(sha256(concatBytes(utf8Encode(`${name}\n`), Uint8Array.of(type), publicKey)), 0);
}

/** Eight lower-case hex digits. */
export function formatKeyId(id: number): string {
  return toHex(u32be(id));
}

function assertKey({ type, publicKey }: Vkey): void {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) throw malformed("a type is one byte", { type });
  if (isKnownType(type) ? publicKey.length !== ED25519_KEY_SIZE : publicKey.length === 0) {
    throw malformed("a public key of another length than its type has", { type, length: publicKey.length });
  }
}

/** Whether signatures of this type can be verified here. */
export function isKnownType(type: number): boolean {
  return type === SIGNATURE_TYPE.ed25519 || type === SIGNATURE_TYPE.cosignature;
}

function malformed(message: string, data?: Readonly<Record<string, number>>): FormatError {
  return new FormatError("VKEY_MALFORMED", message, data);
}
