import { concatBytes, equalBytes, fromBase64, readU32be, toBase64, u32be, utf8Encode } from "./bytes.ts";
import { verifyCosignature } from "./cosignature.ts";
import type { Primitives, VerifySignature } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { isKeyName } from "./key-name.ts";
import { MAX_NOTE_SIGNATURES } from "./limits.ts";
import { isNoteText } from "./note-text.ts";
import { formatKeyId, isKnownType, SIGNATURE_TYPE } from "./vkey.ts";
import type { Vkey } from "./vkey.ts";

/**
 * A signed note of C2SP signed-note v1.0.0 (`docs/spec/note.md`):
 *
 *     This is an example message.
 *
 *     — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
 *
 * `text` is what is signed, with its final newline and without the empty line.
 */
export type Note = {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};

export type NoteSignature = {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id: 64 bytes of an Ed25519 key, 72 of a cosigner. */
  readonly signature: Uint8Array;
};

/** A key that the reader of a note knows, from a source that the note is no part of. */
export type NoteVerifier = Vkey;

/** A signature that verified, and the key that it verified under. */
export type VerifiedSignature = NoteSignature & { readonly verifier: NoteVerifier };

/** `NOTE_MALFORMED` unless `note` is one, with 1 to `maxSignatures` signature lines. Verifies nothing. */
export function parseNote(note: string, maxSignatures: number = MAX_NOTE_SIGNATURES): Note {
  assertCharacters(note);
  // SPEC: "the text is separated from the signatures by the last empty line in the note."
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n"))
    throw malformed("no empty line before the signatures, or no newline at the end");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > maxSignatures) throw malformed("too many signatures", { lines: lines.length, max: maxSignatures });
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

export function formatNote(note: Note): string {
  assertText(note.text);
  if (note.signatures.length === 0) throw malformed("a note without signatures");
  return `${note.text}\n${note.signatures.map((signature) => `${formatSignatureLine(signature)}\n`).join("")}`;
}

/**
 * The signatures of `note` by `verifiers`, in the order of the note, one for each key however many lines it has. Lines
 * of keys that are not among them, and of types that we cannot verify, are passed over. Throws `NOTE_SIGNATURE_INVALID`
 * if any line of a known key is wrong, `NOTE_UNTRUSTED` if no signature is left, `NOTE_KEY_AMBIGUOUS` if a line fits two
 * different keys of one name and key id.
 */
export function openNote(
  note: Note,
  verifiers: readonly NoteVerifier[],
  { verify }: Primitives,
): readonly VerifiedSignature[] {
  const verified: VerifiedSignature[] = [];
  for (const signature of note.signatures) {
    const verifier = findVerifier(verifiers, signature);
    if (verifier === undefined) continue;
    // SPEC: "If a signature from a known key fails to verify, clients SHOULD reject the whole note."
    if (!verifySignature(verify, verifier, note.text, signature.signature)) throw invalid(signature);
    if (!verified.some((other) => other.verifier === verifier)) verified.push({ ...signature, verifier });
  }
  if (verified.length === 0) throw new FormatError("NOTE_UNTRUSTED", "no signature by a known key");
  return verified;
}

/** One line, without newline: `— example.com/foo Uw2QOkn8…`. */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name = "", blob = "", ...rest] = line.split(" ");
  if (dash !== DASH || rest.length > 0 || !isKeyName(name)) throw malformed("not a signature line");
  const bytes = fromBase64(blob, "NOTE_MALFORMED");
  if (bytes.length <= KEY_ID_SIZE) throw malformed("a signature line without a signature");
  return { name, keyId: readU32be(bytes, 0), signature: bytes.slice(KEY_ID_SIZE) };
}

export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  if (!isKeyName(name) || signature.length === 0) throw malformed("not a key name, or no signature");
  return `${DASH} ${name} ${toBase64(concatBytes(u32be(keyId), signature))}`;
}

/** U+2014. */
const DASH = "—";
const KEY_ID_SIZE = 4;

function findVerifier(verifiers: readonly NoteVerifier[], { name, keyId }: NoteSignature): NoteVerifier | undefined {
  const known = verifiers.filter(
    (verifier) => isKnownType(verifier.type) && verifier.name === name && verifier.keyId === keyId,
  );
  const [first] = known;
  if (first !== undefined && known.some((other) => !isSameKey(first, other))) {
    throw new FormatError("NOTE_KEY_AMBIGUOUS", "two keys of one name and key id", { name, keyId: formatKeyId(keyId) });
  }
  return first;
}

function verifySignature(
  verify: VerifySignature,
  verifier: NoteVerifier,
  text: string,
  signature: Uint8Array,
): boolean {
  if (verifier.type === SIGNATURE_TYPE.ed25519) return verify(verifier.publicKey, utf8Encode(text), signature);
  return verifyCosignature(verify, verifier.publicKey, text, signature);
}

function isSameKey(a: NoteVerifier, b: NoteVerifier): boolean {
  return a.type === b.type && equalBytes(a.publicKey, b.publicKey);
}

function assertText(text: string): void {
  assertCharacters(text);
  if (!text.endsWith("\n")) throw malformed("a text without a newline at its end");
}

// SPEC: "Signed notes MUST be valid UTF-8 and MUST NOT contain any ASCII control characters (those below U+0020) other
// than newline."
function assertCharacters(text: string): void {
  if (!isNoteText(text)) throw malformed("a control character or a lone surrogate");
}

function invalid({ name, keyId }: NoteSignature): FormatError {
  return new FormatError("NOTE_SIGNATURE_INVALID", "a signature that does not verify", {
    name,
    keyId: formatKeyId(keyId),
  });
}

function malformed(message: string, data?: Readonly<Record<string, number>>): FormatError {
  return new FormatError("NOTE_MALFORMED", message, data);
}
