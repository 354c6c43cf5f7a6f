import { Decrypter, Encrypter, armor } from "age-encryption";
import { utf8Decode } from "../protocol/bytes.ts";
import { scryptIdentity, scryptRecipient } from "./age-scrypt.ts";
import { isGeneratedPassphrase } from "./generated-passphrase.ts";
import { KeyError } from "./key-error.ts";

/** For what people type: about a second and 256 MiB for each guess. */
const WORK_FACTOR_TYPED = 18;

/** For 128 random bits, which no work factor makes harder to guess: some milliseconds and 4 MiB. */
const WORK_FACTOR_GENERATED = 12;

const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";

/**
 * An armored age file under a passphrase, which plain `age -d` opens; it ends in a newline. The work factor follows from
 * the passphrase: 12 for one of `generatePassphrase`, else 18. Throws PASSPHRASE_MISTYPED.
 *
 *     -----BEGIN AGE ENCRYPTED FILE-----
 *     YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBrZGlMT2N…
 *     -----END AGE ENCRYPTED FILE-----
 */
export async function encryptKeyFile(text: string, passphrase: string): Promise<string> {
  const workFactor = isGeneratedPassphrase(passphrase) ? WORK_FACTOR_GENERATED : WORK_FACTOR_TYPED;
  const encrypter = new Encrypter();
  encrypter.addRecipient(scryptRecipient(passphrase, workFactor));
  return armor.encode(await encrypter.encrypt(text));
}

/**
 * The text in an armored age file. Throws KEY_FILE_NOT_ARMORED, KEY_FILE_TRUNCATED, KEY_FILE_NOT_PASSPHRASE,
 * KEY_FILE_WORK_FACTOR, KEY_FILE_DAMAGED, PASSPHRASE_WRONG; with data of the content never.
 */
export async function decryptKeyFile(file: Uint8Array, passphrase: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(scryptIdentity(passphrase));
  const encrypted = decodeArmor(file);
  try {
    return utf8Decode(await decrypter.decrypt(encrypted));
  } catch (error) {
    throw error instanceof KeyError ? error : damaged();
  }
}

function decodeArmor(file: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(file).trim();
  if (!text.startsWith(BEGIN)) {
    throw new KeyError(
      "KEY_FILE_NOT_ARMORED",
      `not a key file: it does not begin with \`${BEGIN}\` (a binary age file is made such a one by \`age -d FILE | age -p -a\`)`,
    );
  }
  if (!text.endsWith(END))
    throw new KeyError("KEY_FILE_TRUNCATED", `the key file is cut off: its last line is not \`${END}\``);
  try {
    return armor.decode(text);
  } catch {
    throw damaged();
  }
}

function damaged(): KeyError {
  return new KeyError("KEY_FILE_DAMAGED", "the key file is damaged: restore it from a copy");
}
