import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import type { ScryptOptions } from "node:crypto";
import { Stanza } from "age-encryption";
import type { Identity, Recipient } from "age-encryption";
import { concatBytes, fromBase64, toBase64, utf8Encode } from "../protocol/bytes.ts";
import { MAX_WORK_FACTOR } from "../protocol/limits.ts";
import { KeyError } from "./key-error.ts";

// The scrypt recipient of C2SP age v1.1.0, with the scrypt of node:crypto: that of the library is JavaScript, holds up the
// event loop for more than a second, and reads no work factor over 20.

const LABEL = utf8Encode("age-encryption.org/v1/scrypt");
const SALT_LENGTH = 16;
const FILE_KEY_LENGTH = 16;
const TAG_LENGTH = 16;
const KEY_LENGTH = 32;
const BLOCK_SIZE = 8;
const CIPHER = "chacha20-poly1305";
const ZERO_NONCE = new Uint8Array(12);

/** Wraps the file key under a passphrase; `workFactor` is the power of two of scrypt's N. */
export function scryptRecipient(passphrase: string, workFactor: number): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = Uint8Array.from(randomBytes(SALT_LENGTH));
      const key = await deriveKey(passphrase, salt, workFactor);
      return [new Stanza(["scrypt", toBase64(salt).replace(/=+$/, ""), String(workFactor)], seal(key, fileKey))];
    },
  };
}

/**
 * Unwraps a file key under a passphrase. Throws KEY_FILE_NOT_PASSPHRASE, KEY_FILE_WORK_FACTOR, KEY_FILE_DAMAGED and
 * PASSPHRASE_WRONG.
 */
export function scryptIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const { salt, workFactor, body } = parseStanza(stanzas);
      return open(await deriveKey(passphrase, salt, workFactor), body);
    },
  };
}

type ScryptStanza = { readonly salt: Uint8Array; readonly workFactor: number; readonly body: Uint8Array };

/** `-> scrypt <salt, base64 without padding> <work factor>` */
function parseStanza(stanzas: readonly Stanza[]): ScryptStanza {
  const [stanza, ...others] = stanzas;
  if (!stanzas.some(({ args }) => args[0] === "scrypt")) {
    throw new KeyError(
      "KEY_FILE_NOT_PASSPHRASE",
      "the file is encrypted to a key, not under a passphrase: decrypt it with age and encrypt it again with a passphrase",
    );
  }
  // SPEC: "An scrypt stanza, if present, MUST be the only stanza in the header."
  if (stanza === undefined || others.length > 0) throw damaged("more than one recipient");
  const [, salt = "", workFactor = "", ...rest] = stanza.args;
  if (rest.length > 0 || stanza.body.length !== FILE_KEY_LENGTH + TAG_LENGTH) throw damaged("a malformed recipient");
  return { salt: parseSalt(salt), workFactor: parseWorkFactor(workFactor), body: stanza.body };
}

function parseSalt(text: string): Uint8Array {
  if (text.length !== 22) throw damaged("a malformed salt");
  try {
    return fromBase64(`${text}==`);
  } catch {
    throw damaged("a malformed salt");
  }
}

function parseWorkFactor(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw damaged("a malformed work factor");
  const workFactor = Number(text);
  if (workFactor <= MAX_WORK_FACTOR) return workFactor;
  const message = `the file asks for scrypt work factor ${workFactor}; more than ${MAX_WORK_FACTOR} is refused, since reading it would exhaust the machine`;
  throw new KeyError("KEY_FILE_WORK_FACTOR", message, { workFactor });
}

/** scrypt(passphrase, label ‖ salt, N = 2^workFactor, r = 8, p = 1), 32 bytes; runs beside the event loop. */
function deriveKey(passphrase: string, salt: Uint8Array, workFactor: number): Promise<Uint8Array> {
  const options = { N: 2 ** workFactor, r: BLOCK_SIZE, p: 1, maxmem: memoryOf(workFactor) };
  return scryptAsync(passphrase, concatBytes(LABEL, salt), options).catch(() => {
    throw outOfMemory(workFactor);
  });
}

function scryptAsync(passphrase: string, salt: Uint8Array, options: ScryptOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_LENGTH, options, (error, key) => {
      if (error === null) resolve(Uint8Array.from(key));
      else reject(error);
    });
  });
}

/** Bytes that RFC 7914 takes for N = 2^workFactor, r = 8, p = 1: N blocks of 128 r, and three more to work in. */
function memoryOf(workFactor: number): number {
  return 128 * BLOCK_SIZE * (2 ** workFactor + 3);
}

function seal(key: Uint8Array, fileKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, ZERO_NONCE, { authTagLength: TAG_LENGTH });
  return concatBytes(cipher.update(fileKey), cipher.final(), cipher.getAuthTag());
}

function open(key: Uint8Array, body: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(CIPHER, key, ZERO_NONCE, { authTagLength: TAG_LENGTH });
  decipher.setAuthTag(body.subarray(FILE_KEY_LENGTH));
  try {
    return concatBytes(decipher.update(body.subarray(0, FILE_KEY_LENGTH)), decipher.final());
  } catch {
    throw new KeyError("PASSPHRASE_WRONG", "the passphrase is wrong, or the file's first lines are damaged");
  }
}

function damaged(what: string): KeyError {
  return new KeyError("KEY_FILE_DAMAGED", `the file is damaged: its header has ${what}`);
}

function outOfMemory(workFactor: number): KeyError {
  const mebibytes = Math.ceil(memoryOf(workFactor) / 2 ** 20);
  return new KeyError(
    "KEY_FILE_WORK_FACTOR",
    `scrypt with work factor ${workFactor} needs ${mebibytes} MiB of memory, which this machine does not give`,
    { workFactor },
  );
}
