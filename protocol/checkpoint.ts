import { fromBase64, toBase64 } from "./bytes.ts";
import { isUnsigned, parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { isNoteLine } from "./note-text.ts";

/**
 * The text of the note that a log signs, C2SP tlog-checkpoint v1.0.0 with exactly three lines:
 *
 *     example.com/behind-the-sofa
 *     20852163
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
};

/** Reads the text of a note (`parseNote(…).text`); `CHECKPOINT_MALFORMED` for anything but three such lines. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", size = "", root = "", end, ...rest] = text.split("\n");
  // Extension lines would be signed and understood by nobody: refused, so that a checkpoint has one meaning.
  if (end !== "" || rest.length > 0) throw malformed("not three lines");
  const checkpoint = { origin, size: parseDecimal(size) ?? -1, root: fromBase64(root, "CHECKPOINT_MALFORMED") };
  assertCheckpoint(checkpoint);
  return checkpoint;
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  assertCheckpoint(checkpoint);
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

function assertCheckpoint({ origin, size, root }: Checkpoint): void {
  if (origin === "" || !isNoteLine(origin)) throw malformed("an empty origin or a control character");
  if (!isUnsigned(size)) throw malformed("not a size from 0 to 2^53 − 1");
  if (root.length !== HASH_SIZE) throw malformed("a root that is not 32 bytes");
}

function malformed(message: string): FormatError {
  return new FormatError("CHECKPOINT_MALFORMED", message);
}
