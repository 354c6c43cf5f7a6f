import { fromBase64, toBase64 } from "./bytes.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { parseCosignature } from "./cosignature.ts";
import type { Primitives } from "./crypto.ts";
import { isUnsigned, parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_PROOF_HASHES } from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { verifyInclusion } from "./merkle/proof.ts";
import { openNote, parseNote } from "./note.ts";
import type { NoteVerifier } from "./note.ts";

/**
 * A file that proves offline that an entry stands in a log, `c2sp.org/tlog-proof@v1`:
 *
 *     c2sp.org/tlog-proof@v1
 *     extra aGVsbG8=
 *     index 1
 *     bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
 *
 *     example.com/log
 *     2
 *     +sVCA+fMaWzw3+zLQqkdnbr3Ctnm7MxKbAKwVvDKJ9k=
 *
 *     — example.com/log …
 */
export type TlogProof = {
  /** For the application, signed by nobody. Absent and empty are two things. */
  readonly extra?: Uint8Array;
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint with its signatures, verbatim. */
  readonly note: string;
};

/** What the verifier of a proof knows beforehand. */
export type TlogTrust = {
  readonly origin: string;
  readonly log: NoteVerifier;
  readonly witnesses: readonly NoteVerifier[];
};

export type VerifiedTlogProof = {
  readonly checkpoint: Checkpoint;
  /** Of the witnesses that are known; how many are enough is for the caller to say. */
  readonly cosignatures: readonly { readonly verifier: NoteVerifier; readonly time: number }[];
};

/** `PROOF_MALFORMED`, or the error of the note or checkpoint inside. Proves nothing. */
export function parseTlogProof(text: string): TlogProof {
  const [head, note] = splitOnce(text, "\n\n");
  if (note === undefined) throw malformed("no checkpoint");
  const [header, ...lines] = head.split("\n");
  if (header !== HEADER) throw malformed(`the first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith(EXTRA)
    ? { extra: fromBase64((lines.shift() ?? "").slice(EXTRA.length), "PROOF_MALFORMED") }
    : {};
  const proof = {
    ...extra,
    index: parseIndex(lines.shift()),
    proof: lines.map((line) => fromBase64(line, "PROOF_MALFORMED")),
    note,
  };
  assertProof(proof);
  return proof;
}

export function formatTlogProof(proof: TlogProof): string {
  assertProof(proof);
  const extra = proof.extra === undefined ? "" : `${EXTRA}${toBase64(proof.extra)}\n`;
  const hashes = proof.proof.map((hash) => `${toBase64(hash)}\n`).join("");
  return `${HEADER}\n${extra}${INDEX}${proof.index}\n${hashes}\n${proof.note}`;
}

/**
 * Whether the leaf stands at `proof.index` of the log: its checkpoint has the origin and a signature of the log, every
 * line of a known witness verifies, and the hashes lead from the leaf to the root. Else throws `PROOF_INVALID` or the
 * error of `openNote`.
 */
export function verifyTlogProof(
  primitives: Primitives,
  trust: TlogTrust,
  leafHash: Uint8Array,
  proof: TlogProof,
): VerifiedTlogProof {
  const note = parseNote(proof.note);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== trust.origin)
    throw new FormatError("PROOF_INVALID", "a checkpoint of another log", { origin: checkpoint.origin });
  const verified = openNote(note, [trust.log, ...trust.witnesses], primitives);
  if (!verified.some(({ verifier }) => verifier === trust.log))
    throw new FormatError("NOTE_UNTRUSTED", "no signature by the log");
  const { index, proof: hashes } = proof;
  if (
    !verifyInclusion(primitives.sha256, {
      index,
      size: checkpoint.size,
      leafHash,
      proof: hashes,
      root: checkpoint.root,
    })
  ) {
    throw new FormatError("PROOF_INVALID", "the hashes do not lead from the leaf to the root", {
      index,
      size: checkpoint.size,
    });
  }
  const cosignatures = verified
    .filter(({ verifier }) => verifier !== trust.log)
    .map(({ verifier, signature }) => ({ verifier, time: parseCosignature(signature).time }));
  return { checkpoint, cosignatures };
}

const HEADER = "c2sp.org/tlog-proof@v1";
const EXTRA = "extra ";
const INDEX = "index ";

function parseIndex(line: string | undefined): number {
  const index = line?.startsWith(INDEX) ? parseDecimal(line.slice(INDEX.length)) : undefined;
  if (index === undefined) throw malformed("no index from 0 to 2^53 − 1");
  return index;
}

function assertProof({ index, proof, note }: TlogProof): void {
  if (!isUnsigned(index)) throw malformed("not an index from 0 to 2^53 − 1");
  if (proof.length > MAX_PROOF_HASHES) throw malformed("more hashes than a tree has levels");
  if (proof.some((hash) => hash.length !== HASH_SIZE)) throw malformed("a hash that is not 32 bytes");
  parseCheckpoint(parseNote(note).text);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function malformed(message: string): FormatError {
  return new FormatError("PROOF_MALFORMED", message);
}
