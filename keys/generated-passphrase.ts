import { concatBytes, utf8Encode } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";
import { sha256 } from "./sha256.ts";

const PREFIX = "entente";
const NAMESPACE = utf8Encode("entente/passphrase/1");
/** RFC 4648 §6, lower case: no digit that is taken for a letter. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const SECRET_LENGTH = 16;
const SECRET_BITS = 128n;
const CHECK_BITS = 22n;
const CHARACTERS = 30;
const GROUP = 5;

/**
 * A passphrase of 128 random bits and a check of 22, in a form that is recognised again: nobody can guess it, so its file
 * needs no slow scrypt. `random`: 16 bytes. Throws KEY_MALFORMED.
 *
 *     entente-aaaqe-ayeau-daoca-jbifq-ydiob-5hu6i
 */
export function generatePassphrase(random: Uint8Array): string {
  if (random.length !== SECRET_LENGTH)
    throw new KeyError("KEY_MALFORMED", `a passphrase is made of ${SECRET_LENGTH} random bytes`);
  const bits = (toInteger(random) << CHECK_BITS) | checkOf(random);
  return [PREFIX, ...groups(encode(bits))].join("-");
}

/**
 * Whether `passphrase` was made by `generatePassphrase`. Throws PASSPHRASE_MISTYPED for what has the form and not the
 * check: somebody copied it wrongly, or made it up.
 */
export function isGeneratedPassphrase(passphrase: string): boolean {
  if (!/^entente(?:-[a-z2-7]{5}){6}$/.test(passphrase)) return false;
  const bits = decode(passphrase.slice(PREFIX.length).replaceAll("-", ""));
  if (checkOf(toBytes(bits >> CHECK_BITS)) === (bits & ((1n << CHECK_BITS) - 1n))) return true;
  throw new KeyError(
    "PASSPHRASE_MISTYPED",
    "this looks like a generated passphrase, but a character in it is wrong: compare it with the original",
  );
}

/** The first 22 bits of a digest. */
function checkOf(secret: Uint8Array): bigint {
  return toInteger(sha256(concatBytes(NAMESPACE, secret)).subarray(0, 3)) >> (24n - CHECK_BITS);
}

function encode(bits: bigint): string {
  let text = "";
  for (let i = CHARACTERS - 1; i >= 0; i--) text += ALPHABET.charAt(Number((bits >> BigInt(5 * i)) & 31n));
  return text;
}

function decode(text: string): bigint {
  let bits = 0n;
  for (const character of text) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(character));
  return bits;
}

function groups(text: string): readonly string[] {
  return Array.from({ length: CHARACTERS / GROUP }, (_, i) => text.slice(i * GROUP, (i + 1) * GROUP));
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: SECRET_LENGTH }, (_, i) =>
    Number((value >> (SECRET_BITS - 8n * BigInt(i + 1))) & 255n),
  );
}
