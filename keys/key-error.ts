/**
 * What may be wrong with keys, key files and passphrases. Every message is a sentence for the operator; none contains a
 * byte of a secret, nor of a file's content.
 */
export type KeyErrorCode =
  // Keys
  | "KEY_MALFORMED"
  | "SHARED_SECRET_REFUSED"
  | "PEM_MALFORMED"
  | "KEY_BUNDLE_MALFORMED"
  | "FINGERPRINT_MALFORMED"
  // Encrypted files
  | "KEY_FILE_NOT_ARMORED"
  | "KEY_FILE_TRUNCATED"
  | "KEY_FILE_NOT_PASSPHRASE"
  | "KEY_FILE_WORK_FACTOR"
  | "KEY_FILE_DAMAGED"
  // Files on disk
  | "KEY_FILE_MISSING"
  | "KEY_FILE_EXISTS"
  | "KEY_FILE_PERMISSIONS"
  | "KEY_FILE_OWNER"
  | "KEY_FILE_TOO_LARGE"
  | "KEY_FILE_UNREADABLE"
  | "KEY_FILE_UNWRITABLE"
  // Passphrases
  | "PASSPHRASE_MISSING"
  | "PASSPHRASE_MALFORMED"
  | "PASSPHRASE_SHORT"
  | "PASSPHRASE_MISTYPED"
  | "PASSPHRASE_WRONG";

/** What a program may want to know beside the code: a path, a mode, a line; never key material. */
export type KeyErrorData = Readonly<Record<string, string | number>>;

/**
 * The one error of `keys/`.
 *
 *     throw new KeyError("KEY_FILE_MISSING", "there is no key file at /srv/entente/online.age", { path });
 */
export class KeyError extends Error {
  override readonly name = "KeyError";
  readonly code: KeyErrorCode;
  readonly data?: KeyErrorData;

  constructor(code: KeyErrorCode, message: string, data?: KeyErrorData) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}
