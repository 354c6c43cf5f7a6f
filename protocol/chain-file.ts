import { equalBytes } from "./bytes.ts";
import { checkChain, lastCharter } from "./charter-chain.ts";
import type { Chain, ChainCrypto, ChainEntry } from "./charter-chain.ts";
import type { Sha256 } from "./crypto.ts";
import { isUnsigned, parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_CHAIN_ADDRESSES, MAX_CHARTER_SIGNATURES, MAX_NOTE_SIGNATURES } from "./limits.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import type { LogCheckpoint } from "./log-checkpoint.ts";
import { authorityId, formatId, isName, parseId } from "./name.ts";
import { parseNote } from "./note.ts";

/**
 * What one authority hands another on joining, docs/spec/names.md, "Chain file":
 *
 *     entente chain v1
 *     authority nvwa.nl 1e0f…64 hex digits
 *     charter 0 0 25
 *     entente charter v1
 *     …
 *     — nvwa.nl/witness 3q2+7w…
 *     checkpoint 5
 *     nvwa.nl
 *     …
 *     address /ip4/192.0.2.7/tcp/4001
 */
export type ChainFile = {
  readonly name: string;
  /** 32 bytes. */
  readonly id: Uint8Array;
  /** In order of serial, from 0. */
  readonly entries: readonly ChainEntry[];
  /** Checkpoint note of the log, of the last charter's epoch. */
  readonly checkpoint: string | undefined;
  /** Where the node says that it can be reached; nobody signed it. */
  readonly addresses: readonly string[];
};

/** A chain file whose chain is valid and whose checkpoint, if there, is signed by the log. */
export type VerifiedChainFile = { readonly chain: Chain; readonly checkpoint: LogCheckpoint | undefined };

/** `CHAIN_MALFORMED` or, inside a block, `NOTE_MALFORMED`. Verifies the id, and neither chain nor checkpoint. */
export function parseChainFile(text: string, sha256: Sha256): ChainFile {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw malformed("no newline at the end");
  const reader: Reader = { lines, at: 0 };
  if (next(reader) !== FIRST_LINE) throw malformed(`the first line is not ${FIRST_LINE}`);
  const { name, id } = parseAuthority(next(reader));
  const file = {
    name,
    id,
    entries: readCharters(reader),
    checkpoint: readCheckpoint(reader),
    addresses: readAddresses(reader),
  };
  if (reader.at !== lines.length) throw malformed("a line that does not belong there", reader.at);
  assertChainFile(file, sha256);
  return file;
}

export function formatChainFile(file: ChainFile, sha256: Sha256): string {
  assertChainFile(file, sha256);
  const blocks = [
    ...file.entries.map(({ epoch, index, note }) => `charter ${epoch} ${index} ${countLines(note)}\n${note}`),
    ...(file.checkpoint === undefined ? [] : [`checkpoint ${countLines(file.checkpoint)}\n${file.checkpoint}`]),
    ...file.addresses.map((address) => `address ${address}\n`),
  ];
  return `${FIRST_LINE}\nauthority ${file.name} ${formatId(file.id)}\n${blocks.join("")}`;
}

/**
 * The valid chain in a chain file. Throws `CHAIN_MALFORMED` with the rule that a charter breaks, or the error of
 * `openLogCheckpoint`. Whoever adds a peer from it accepts nothing of its log below the checkpoint.
 */
export function verifyChainFile(file: ChainFile, crypto: ChainCrypto): VerifiedChainFile {
  const checked = checkChain(file.entries, crypto);
  if (!checked.ok) {
    const { code, rule, serial, message } = checked;
    throw new FormatError("CHAIN_MALFORMED", `charter ${serial} is not valid: ${message}`, { code, rule, serial });
  }
  const { chain } = checked;
  // Also for a file that was not parsed: the id is what the caller trusts, or shows for somebody to compare.
  if (chain.name !== file.name || !equalBytes(chain.id, file.id))
    throw malformed("the charters are of another authority");
  // SPEC: "the log's checkpoint note at the time of the export (of the last charter's epoch)"
  const checkpoint =
    file.checkpoint === undefined
      ? undefined
      : openLogCheckpoint(file.checkpoint, chain, lastCharter(chain).epoch, crypto);
  return { chain, checkpoint };
}

const FIRST_LINE = "entente chain v1";

type Reader = { readonly lines: readonly string[]; at: number };

function next(reader: Reader): string {
  return reader.lines[reader.at++] ?? "";
}

/** The words of the next line after `keyword`; `undefined`, and nothing read, where another line stands. */
function nextWords(reader: Reader, keyword: string): readonly string[] | undefined {
  const [first, ...words] = (reader.lines[reader.at] ?? "").split(" ");
  if (first !== keyword) return undefined;
  reader.at += 1;
  return words;
}

/** SPEC: "followed by exactly `<lines>` lines […] verbatim" */
function nextBlock(reader: Reader, count: string | undefined): string {
  const lines = parseDecimal(count ?? "");
  if (lines === undefined || lines < 1 || lines > reader.lines.length - reader.at)
    throw malformed("not the number of lines that follow", reader.at);
  reader.at += lines;
  return `${reader.lines.slice(reader.at - lines, reader.at).join("\n")}\n`;
}

function parseAuthority(line: string): { readonly name: string; readonly id: Uint8Array } {
  const [keyword, name = "", id = "", ...rest] = line.split(" ");
  if (keyword !== "authority" || rest.length > 0) throw malformed("the second line is not authority, name and id");
  return { name, id: parseId(id, "CHAIN_MALFORMED") };
}

/** SPEC: "`charter <epoch> <index> <lines>`" */
function readCharters(reader: Reader): readonly ChainEntry[] {
  const entries: ChainEntry[] = [];
  for (let words = nextWords(reader, "charter"); words !== undefined; words = nextWords(reader, "charter")) {
    const [epoch = "", index = "", lines, ...rest] = words;
    if (rest.length > 0) throw malformed("not charter, epoch, index and lines", reader.at);
    entries.push({
      epoch: parseDecimal(epoch) ?? -1,
      index: parseDecimal(index) ?? -1,
      note: nextBlock(reader, lines),
    });
  }
  return entries;
}

/** SPEC: "After them at most one block `checkpoint <lines>`" */
function readCheckpoint(reader: Reader): string | undefined {
  const words = nextWords(reader, "checkpoint");
  if (words === undefined) return undefined;
  if (words.length !== 1) throw malformed("not checkpoint and lines", reader.at);
  return nextBlock(reader, words[0]);
}

function readAddresses(reader: Reader): readonly string[] {
  const addresses: string[] = [];
  for (let words = nextWords(reader, "address"); words !== undefined; words = nextWords(reader, "address"))
    addresses.push(words.join(" "));
  return addresses;
}

function assertChainFile({ name, id, entries, checkpoint, addresses }: ChainFile, sha256: Sha256): void {
  if (!isName(name)) throw malformed("not a name of an authority");
  for (const { epoch, index, note } of entries) {
    if (!isUnsigned(epoch) || !isUnsigned(index)) throw malformed("not an epoch and an index from 0 to 2^53 − 1");
    parseNote(note, MAX_CHARTER_SIGNATURES);
  }
  if (checkpoint !== undefined) parseNote(checkpoint, MAX_NOTE_SIGNATURES);
  // SPEC: "After it up to 8 lines `address <multiaddr>`"
  if (addresses.length > MAX_CHAIN_ADDRESSES) throw malformed("too many addresses");
  if (!addresses.every((address) => /^\/[!-~]+$/.test(address))) throw malformed("an address that is not a multiaddr");
  // SPEC: "The id on line 2 must equal the id of the first charter."
  const [first] = entries;
  if (first === undefined) throw malformed("no charter");
  const { text } = parseNote(first.note, MAX_CHARTER_SIGNATURES);
  if (!equalBytes(id, authorityId(sha256, text))) throw malformed("the id is not that of the first charter");
}

function countLines(note: string): number {
  return note.split("\n").length - 1;
}

function malformed(message: string, line?: number): FormatError {
  return new FormatError("CHAIN_MALFORMED", message, line === undefined ? undefined : { line });
}
