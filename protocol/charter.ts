import { fromBase64, fromHex, toBase64, toHex } from "./bytes.ts";
import { assertCharterFields, countedType, signingKeys } from "./charter-fields.ts";
import type { KeyKeyword } from "./charter-fields.ts";
import { formatCharterLines, parseCharterLines } from "./charter-lines.ts";
import type { CharterLine, CharterLines, KnownKeyword } from "./charter-lines.ts";
import type { Sha256 } from "./crypto.ts";
import { parseDecimal } from "./decimal.ts";
import { FormatError } from "./format-error.ts";
import { MAX_CHARTER_SIGNATURES, MAX_CHARTER_SIZE } from "./limits.ts";
import { parseNote } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import { utf8Length } from "./utf8.ts";
import { formatVkey, parseVkey } from "./vkey.ts";
import type { Vkey } from "./vkey.ts";

/**
 * The key document of an authority, docs/spec/charter.md: the text of a signed note, such as
 *
 *     entente charter v1
 *     authority nvwa.nl
 *     title Netherlands Food and Consumer Product Safety Authority
 *     country NL
 *     serial 0
 *     previous none
 *     epoch 0
 *     continues none
 *     root-threshold 2
 *     root nvwa.nl/root/1+5b1c3a6f+AW…
 *     root nvwa.nl/root/2+…
 *     root nvwa.nl/root/3+…
 *     next-threshold 2
 *     next 0c7e…64 hex digits
 *     next …
 *     next …
 *     log nvwa.nl+…
 *     witness nvwa.nl/witness+…
 *     node nvwa.nl/node+…
 *     member 9a…64 hex digits
 *     role nvwa.nl/lab/1+…
 *
 * The keys here are the *counted* ones, of the type that the format gives for their line. Keys of other types stand in
 * `kept` and take part in nothing.
 */
export type Charter = CharterFields & {
  /** Keywords ending in `!` that we do not know: nothing more of this authority's logs may be taken. */
  readonly unknownCritical: readonly string[];
};

export type CharterFields = {
  /** Its name, `nvwa.nl`. */
  readonly authority: string;
  readonly title: string;
  /** Two capital letters. */
  readonly country: string;
  readonly serial: number;
  /** SHA-256 of the text of the previous charter; `undefined` (in text `none`) in serial 0. */
  readonly previous: Uint8Array | undefined;
  /** Of the tree in which this charter stands. */
  readonly epoch: number;
  /** `undefined` (in text `none`) in epoch 0. */
  readonly continues: Continuation | undefined;
  readonly rootThreshold: number;
  readonly roots: readonly Vkey[];
  readonly nextThreshold: number;
  /** SHA-256 of the vkey text of each future root key. */
  readonly next: readonly Uint8Array[];
  readonly log: Vkey;
  readonly witness: Vkey;
  readonly node: Vkey;
  /** X25519 public key, 32 bytes. */
  readonly member: Uint8Array;
  readonly roles: readonly Vkey[];
  /** Lines that mean nothing to us, each with its place: unknown keywords, and keys of types that do not count. */
  readonly kept: readonly CharterLine[];
};

/** The last good checkpoint of an earlier epoch. */
export type Continuation = { readonly epoch: number; readonly size: number; readonly root: Uint8Array };

/** A charter with what was signed and by whom. */
export type CharterNote = {
  /** What is signed, hashed into `previous` lines, and compared between chains. */
  readonly text: string;
  readonly charter: Charter;
  readonly signatures: readonly NoteSignature[];
};

/** What reading a charter takes; `admitKey` is rule P for a public key (docs/spec/ed25519.md). */
export type CharterCrypto = { readonly sha256: Sha256; readonly admitKey: (publicKey: Uint8Array) => boolean };

/** The charter in a note, its signatures not verified. Throws `NOTE_MALFORMED`, `CHARTER_MALFORMED` or `VKEY_MALFORMED`. */
export function parseCharterNote(note: string, crypto: CharterCrypto): CharterNote {
  // SPEC: "A signed note of at most 60 000 bytes and at most 64 signature lines."
  // What has a lone surrogate has no length in UTF-8; parseNote refuses it.
  if (utf8Length(note) > MAX_CHARTER_SIZE) throw malformed(`longer than ${MAX_CHARTER_SIZE} bytes`);
  const { text, signatures } = parseNote(note, MAX_CHARTER_SIGNATURES);
  return { text, charter: parseCharter(text, crypto), signatures };
}

/** Reads the text of a charter note. Throws `CHARTER_MALFORMED` or `VKEY_MALFORMED`. */
export function parseCharter(text: string, crypto: CharterCrypto): Charter {
  const lines = parseCharterLines(text);
  const keys = (keyword: KeyKeyword): Keys => readKeys(crypto, lines, keyword);
  const read = {
    roots: keys("root"),
    logs: keys("log"),
    witnesses: keys("witness"),
    nodes: keys("node"),
    roles: keys("role"),
  };
  const charter = {
    ...readHead(lines),
    rootThreshold: readNumber(lines, "root-threshold"),
    roots: read.roots.counted,
    nextThreshold: readNumber(lines, "next-threshold"),
    next: lines.of("next").map(({ value }) => readDigest(value)),
    log: exactlyOne(read.logs.counted, "log"),
    witness: exactlyOne(read.witnesses.counted, "witness"),
    node: exactlyOne(read.nodes.counted, "node"),
    member: readDigest(valueOf(lines, "member")),
    roles: read.roles.counted,
    kept: [...Object.values(read).flatMap(({ uncounted }) => uncounted), ...lines.unknown].toSorted(
      (a, b) => a.line - b.line,
    ),
    unknownCritical: lines.unknown.map(({ keyword }) => keyword).filter((keyword) => keyword.endsWith("!")),
  };
  assertCharterFields(charter);
  // Last, since it is the only check here that costs milliseconds.
  assertAdmitted(crypto, charter);
  return charter;
}

/** The exact inverse. Checks what concerns lines and values, not whether keys would be admitted: who signs, parses. */
export function formatCharter(charter: CharterFields): string {
  assertCharterFields(charter);
  const keyLines = (keyword: KnownKeyword, keys: readonly Vkey[]): Pair[] =>
    keys.map((key) => [keyword, formatVkey(key)]);
  const known: readonly Pair[] = [
    ["authority", charter.authority],
    ["title", charter.title],
    ["country", charter.country],
    ["serial", String(charter.serial)],
    ["previous", charter.previous === undefined ? "none" : toHex(charter.previous)],
    ["epoch", String(charter.epoch)],
    ["continues", formatContinuation(charter.continues)],
    ["root-threshold", String(charter.rootThreshold)],
    ...keyLines("root", charter.roots),
    ["next-threshold", String(charter.nextThreshold)],
    ...charter.next.map((digest): Pair => ["next", toHex(digest)]),
    ...keyLines("log", [charter.log]),
    ...keyLines("witness", [charter.witness]),
    ...keyLines("node", [charter.node]),
    ["member", toHex(charter.member)],
    ...keyLines("role", charter.roles),
  ];
  return formatCharterLines(known, charter.kept);
}

type Pair = readonly [KnownKeyword, string];
type Keys = { readonly counted: readonly Vkey[]; readonly uncounted: readonly CharterLine[] };

/** SPEC: "*Counted* is a key whose type byte is the one that names.md gives for its line. A key of any other type byte is
 * preserved, takes part in nothing and need not sign; its name is not checked beyond the grammar of vkeys." */
function readKeys({ sha256 }: CharterCrypto, lines: CharterLines, keyword: KeyKeyword): Keys {
  const type = countedType(keyword);
  const keys = lines.of(keyword).map((line) => ({ line, vkey: parseVkey(sha256, line.value) }));
  return {
    counted: keys.filter(({ vkey }) => vkey.type === type).map(({ vkey }) => vkey),
    uncounted: keys.filter(({ vkey }) => vkey.type !== type).map(({ line }) => line),
  };
}

function readHead(lines: CharterLines) {
  return {
    authority: valueOf(lines, "authority"),
    title: valueOf(lines, "title"),
    country: valueOf(lines, "country"),
    serial: readNumber(lines, "serial"),
    previous: unlessNone(valueOf(lines, "previous"), readDigest),
    epoch: readNumber(lines, "epoch"),
    continues: unlessNone(valueOf(lines, "continues"), readContinuation),
  };
}

function valueOf(lines: CharterLines, keyword: KnownKeyword): string {
  return lines.of(keyword)[0]?.value ?? "";
}

function readNumber(lines: CharterLines, keyword: KnownKeyword): number {
  const value = parseDecimal(valueOf(lines, keyword));
  if (value === undefined) throw malformed(`${keyword} is not a decimal from 0 to 2^53 − 1`);
  return value;
}

/** 64 hex digits. */
function readDigest(text: string): Uint8Array {
  return fromHex(text, "CHARTER_MALFORMED");
}

/** SPEC: "else `<epoch> <size> <root in base64>`" */
function readContinuation(text: string): Continuation {
  const [epoch = "", size = "", root = "", ...rest] = text.split(" ");
  if (rest.length > 0) throw malformed("continues has an epoch, a size and a root");
  return {
    epoch: parseDecimal(epoch) ?? -1,
    size: parseDecimal(size) ?? -1,
    root: fromBase64(root, "CHARTER_MALFORMED"),
  };
}

function formatContinuation(continues: Continuation | undefined): string {
  return continues === undefined ? "none" : `${continues.epoch} ${continues.size} ${toBase64(continues.root)}`;
}

function unlessNone<T>(value: string, read: (value: string) => T): T | undefined {
  return value === "none" ? undefined : read(value);
}

/** SPEC: "exactly one counted" */
function exactlyOne(keys: readonly Vkey[], keyword: KnownKeyword): Vkey {
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) throw malformed(`not exactly one ${keyword} key of a type that counts`);
  return key;
}

// SPEC: "A counted public key must be admissible by rule P."
function assertAdmitted({ admitKey }: CharterCrypto, charter: CharterFields): void {
  for (const { vkey } of signingKeys(charter)) {
    if (!admitKey(vkey.publicKey)) throw malformed(`rule P does not admit the key ${vkey.name}`);
  }
}

function malformed(message: string): FormatError {
  return new FormatError("CHARTER_MALFORMED", message);
}
