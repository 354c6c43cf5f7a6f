import { utf8Decode } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";
import { readPassphraseCredential, readPassphraseFile } from "./key-files.ts";

/** Asks a person; what is typed is not shown. */
export type Prompt = (question: string) => Promise<string>;

/**
 * Where a passphrase may come from. Never an argument or a variable of the environment: those are shown by `ps`, kept in
 * histories and handed on to children.
 */
export type PassphraseSource = {
  /** The file that the operator named: `--passphrase-file`. */
  readonly file?: string | undefined;
  /** Absent where there is no terminal. */
  readonly prompt?: Prompt | undefined;
};

/** Characters of a passphrase that a person makes up: age advises eight to ten random ones, or four to five words. */
const MIN_NEW_LENGTH = 10;

/**
 * The passphrase of `keyFile` (a path, for the question): from the named file, else from systemd's credential
 * `entente-passphrase`, else from the prompt. Throws PASSPHRASE_MISSING where none of them is there, PASSPHRASE_MALFORMED,
 * and what `readPassphraseFile` throws.
 */
export async function getPassphrase(source: PassphraseSource, keyFile: string): Promise<string> {
  return (await storedPassphrase(source)) ?? checked(await ask(source, `Passphrase for ${keyFile}: `));
}

/** The same for a file yet to be written: asked for twice. Throws also PASSPHRASE_SHORT and PASSPHRASE_MISTYPED. */
export async function getNewPassphrase(source: PassphraseSource, keyFile: string): Promise<string> {
  return longEnough((await storedPassphrase(source)) ?? checked(await askTwice(source, keyFile)));
}

async function storedPassphrase({ file }: PassphraseSource): Promise<string | undefined> {
  const bytes = file === undefined ? await readPassphraseCredential() : await readPassphraseFile(file);
  return bytes === undefined ? undefined : checked(decode(bytes));
}

async function askTwice(source: PassphraseSource, keyFile: string): Promise<string> {
  const passphrase = await ask(source, `New passphrase for ${keyFile}: `);
  // One slip at the first typing, and the keys are lost.
  if ((await ask(source, "The same again: ")) === passphrase) return passphrase;
  throw new KeyError("PASSPHRASE_MISTYPED", "the two passphrases differ: nothing was written");
}

function ask({ prompt }: PassphraseSource, question: string): Promise<string> {
  if (prompt !== undefined) return prompt(question);
  const message =
    "no passphrase: name a file with --passphrase-file, load the systemd credential entente-passphrase, or run this in a terminal";
  throw new KeyError("PASSPHRASE_MISSING", message);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes);
  } catch {
    throw new KeyError("PASSPHRASE_MALFORMED", "the passphrase file is not UTF-8 text");
  }
}

// Plain age takes what a terminal can type, on one line.
function checked(passphrase: string): string {
  if (passphrase === "") throw new KeyError("PASSPHRASE_MALFORMED", "the passphrase is empty");
  if (/[\u0000-\u001f\u007f]/.test(passphrase))
    throw new KeyError("PASSPHRASE_MALFORMED", "the passphrase must be one line without control characters");
  return passphrase;
}

function longEnough(passphrase: string): string {
  if ([...passphrase].length >= MIN_NEW_LENGTH) return passphrase;
  throw new KeyError(
    "PASSPHRASE_SHORT",
    `a passphrase has at least ${MIN_NEW_LENGTH} characters: whoever copies the file can try without end`,
  );
}
