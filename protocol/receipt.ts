import { equalBytes, fromBase64, toBase64 } from "./bytes.ts";
import type { Chain } from "./charter-chain.ts";
import { lastCharter } from "./charter-chain.ts";
import type { Primitives } from "./crypto.ts";
import { isUnsigned, parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { formatId, ID_SIZE, parseId } from "./name.ts";
import { openNote, parseNote } from "./note.ts";
import type { Vkey } from "./vkey.ts";

/**
 * Up to which size of a log its reader holds every part that is addressed to it, docs/spec/receipt.md: the text of a note
 * that the reader's node key signs.
 *
 *     entente receipt v1
 *     reader 5d41…64 hex digits
 *     log 1e0f…64 hex digits 0
 *     size 4711 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *     exceptions 2
 */
export type Receipt = {
  /** Id of the authority that signs, 32 bytes. */
  readonly reader: Uint8Array;
  /** Id of the log's owner, 32 bytes. */
  readonly log: Uint8Array;
  readonly epoch: number;
  readonly size: number;
  /** Of the log at that size, 32 bytes. */
  readonly root: Uint8Array;
  /** Parts addressed to the reader below `size` that it does not hold. */
  readonly exceptions: number;
};

/** Reads the text of a note (`parseNote(…).text`); `RECEIPT_MALFORMED` for anything else. */
export function parseReceipt(text: string): Receipt {
  const [first, readerLine = "", logLine = "", sizeLine = "", exceptionsLine = "", end, ...more] = text.split("\n");
  // SPEC: "Exactly these five lines."
  if (first !== FIRST_LINE || end !== "" || more.length > 0) throw malformed("not the five lines of a receipt");
  const [reader = ""] = words(readerLine, "reader", 1);
  const [log = "", epoch = ""] = words(logLine, "log", 2);
  const [size = "", root = ""] = words(sizeLine, "size", 2);
  const [exceptions = ""] = words(exceptionsLine, "exceptions", 1);
  const receipt = {
    reader: parseId(reader, "RECEIPT_MALFORMED"),
    log: parseId(log, "RECEIPT_MALFORMED"),
    epoch: parseDecimal(epoch) ?? -1,
    size: parseDecimal(size) ?? -1,
    root: fromBase64(root, "RECEIPT_MALFORMED"),
    exceptions: parseDecimal(exceptions) ?? -1,
  };
  assertReceipt(receipt);
  return receipt;
}

export function formatReceipt(receipt: Receipt): string {
  assertReceipt(receipt);
  const { reader, log, epoch, size, root, exceptions } = receipt;
  return `${FIRST_LINE}\nreader ${formatId(reader)}\nlog ${formatId(log)} ${epoch}\nsize ${size} ${toBase64(root)}\nexceptions ${exceptions}\n`;
}

/**
 * The receipt in a note, signed under the last charter of the reader's chain, which must be the prevailing one that the
 * verifier has. Throws `NOTE_MALFORMED`, `RECEIPT_MALFORMED`, `NOTE_SIGNATURE_INVALID` or `NOTE_UNTRUSTED`.
 *
 * SPEC: "A new receipt is taken only under the node key of the last charter of the prevailing chain that the verifier has"
 */
export function openReceipt(note: string, reader: Chain, primitives: Primitives): Receipt {
  return open(note, reader, [lastCharter(reader).node], primitives);
}

/**
 * The same under any node key that the chain ever named: for a receipt that was taken in its time and is kept.
 *
 * SPEC: "a stored one under an earlier key counts where it was accepted in its time"
 */
export function openStoredReceipt(note: string, reader: Chain, primitives: Primitives): Receipt {
  return open(
    note,
    reader,
    reader.entries.map(({ charter }) => charter.node),
    primitives,
  );
}

const FIRST_LINE = "entente receipt v1";

function open(note: string, reader: Chain, keys: readonly Vkey[], primitives: Primitives): Receipt {
  const parsed = parseNote(note);
  const receipt = parseReceipt(parsed.text);
  if (!equalBytes(receipt.reader, reader.id)) throw new FormatError("NOTE_UNTRUSTED", "a receipt of another reader");
  openNote(parsed, keys, primitives);
  return receipt;
}

function words(line: string, keyword: string, count: number): readonly string[] {
  const [first, ...rest] = line.split(" ");
  if (first !== keyword || rest.length !== count) throw malformed(`not the line ${keyword}`);
  return rest;
}

function assertReceipt({ reader, log, epoch, size, root, exceptions }: Receipt): void {
  if (reader.length !== ID_SIZE || log.length !== ID_SIZE) throw malformed("an id that is not 32 bytes");
  if (!isUnsigned(epoch) || !isUnsigned(exceptions)) throw malformed("a number that is not from 0 to 2^53 − 1");
  // SPEC: "`n` ≥ 1."
  if (!isUnsigned(size) || size < 1) throw malformed("not a size from 1 to 2^53 − 1");
  if (root.length !== HASH_SIZE) throw malformed("a root that is not 32 bytes");
}

function malformed(message: string): FormatError {
  return new FormatError("RECEIPT_MALFORMED", message);
}
