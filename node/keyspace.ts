/**
 * The keys of the node's one store: a concern byte, then fixed-width big-endian numbers, so that a range of keys is a
 * range of a log. A log is known by a short local number, given when it is first stored.
 */
const CONCERN = {
  /** Text name → a single value of the store itself (format version, counters). */
  meta: 0x01,
  /** id, epoch → local log number. */
  logNumber: 0x02,
  /** log → head: size, frontier, checkpoint, latest followers leaf. */
  head: 0x03,
  /** log, first index → the leaves of one run. */
  leaves: 0x04,
  /** log, first index → the small parts of the same run. */
  parts: 0x05,
  /** log, level, index → a complete node of level ≥ NODE_LEVEL_MIN. */
  node: 0x06,
  /** log, index → a leaf that is not a record, for the fold. */
  control: 0x07,
  /** log, index, part → a one-chunk part that came after its run. */
  latePart: 0x08,
  /** log, index, part → where a large part's chunks lie. */
  largePart: 0x09,
  /** large part number, chunk → bytes. */
  chunk: 0x0a,
  /** log, index, part → addressed to us and not here. */
  missing: 0x0b,
  /** log, witness id → newest cosigned checkpoint note. */
  cosignature: 0x0c,
  /** log, index → when the entries from there on were first cosigned by another than their owner, and by whom. */
  witnessed: 0x25,
  /** log, reader id → newest receipt. */
  receipt: 0x0d,
  /** log, reader id → when the newest receipt came, and which parts the reader named to us as not held. */
  receiptDetail: 0x34,
  /** id → trusted peer. */
  peer: 0x0e,
  /** id → peer that was trusted once, of whose log something is here. */
  formerPeer: 0x17,
  /** id → stranger who knocked. */
  pending: 0x0f,
  /** idempotency key → entries published under it. */
  publishKey: 0x10,
  /** number → record accepted but not yet in the log. */
  queue: 0x11,
  /** staging number → a part taken in and not yet published. */
  staged: 0x12,
  /** SHA-256 of a token → operator. */
  operator: 0x13,
  /** target leaf hash, log, index → an entry that refers to it. */
  reference: 0x14,
  /** digest of members and their keys → index of our audience leaf for them. */
  audience: 0x16,
  /** log, index → an entry whose case is to be folded anew. */
  caseDirty: 0x1a,
  /** log, index of the alert with which it began → what a list shows of a case. */
  case: 0x1b,
  /** log → how far the reference index is. */
  indexed: 0x15,
  /** log, index → an entry that is to be read anew for the search index. */
  unsearched: 0x3a,
  /** SHA-256 of an evidence file → what is known of it, and what a person decided. */
  evidence: 0x18,
  /** SHA-256, slice → a piece of the evidence file, as it was received. */
  evidenceFile: 0x19,
  /** log, index → a grant stands there. */
  grant: 0x1e,
  /** log, index of a grant → the first entry that was not looked through for what it opens to us. */
  grantTodo: 0x1f,
  /** log → bytes of its large parts that came without being asked for. */
  autoFetched: 0x2a,
  /** log, index of an erase leaf → how far it has its effect here. */
  erasure: 0x20,
  /** log, index, part → erased by its owner, and by which leaf. */
  erased: 0x21,
  /** log, index, part → a one-chunk part that is erased and not yet deleted. */
  hiddenPart: 0x22,
  /** log, index, part → where the chunks of a large part lie that is erased and not yet deleted. */
  hiddenLarge: 0x23,
  /** log, index → an entry under legal hold. */
  legalHold: 0x24,
  /** log, index → by what the readers of each part were chosen, of a record published here. */
  disclosedBy: 0x2b,
} as const;

export type Concern = keyof typeof CONCERN;

/** Every kind of value, for who looks at all of them. */
export const CONCERNS = Object.keys(CONCERN) as readonly Concern[];

/** What the tree, or a part's digest, vouches for: it is kept once, and comes again from others. */
const COMMITTED = ["leaves", "parts", "latePart", "hiddenPart", "chunk"] as const satisfies readonly Concern[];
const COMMITTED_BYTES: ReadonlySet<number> = new Set(COMMITTED.map((concern) => CONCERN[concern]));

/** First byte of the second copies (`checked-disk.ts`); no concern has it. */
const COPY = 0xff;
export const COPIES: Uint8Array = Uint8Array.of(COPY);

/** Whether a second copy of the value under this key is kept. */
export function isKeptTwice(key: Uint8Array): boolean {
  return !COMMITTED_BYTES.has(key[0] ?? 0);
}

export function copyKey(key: Uint8Array): Uint8Array {
  return Buffer.concat([COPIES, key]);
}

export function originalKey(copy: Uint8Array): Uint8Array {
  return copy.subarray(1);
}

/** `undefined` for a key of no known kind. */
export function concernOfKey(key: Uint8Array): Concern | undefined {
  return CONCERNS.find((concern) => CONCERN[concern] === key[0]);
}

const INDEX_BYTES = 6;

/** Key of a concern and, in order, a log number (u32), an index (u48) and a part or level (u8). */
export function logKey(concern: Concern, log: number, index?: number, tail?: number): Uint8Array {
  const length = 5 + (index === undefined ? 0 : INDEX_BYTES) + (tail === undefined ? 0 : 1);
  const key = Buffer.allocUnsafe(length);
  key[0] = CONCERN[concern];
  key.writeUInt32BE(log, 1);
  if (index !== undefined) key.writeUIntBE(index, 5, INDEX_BYTES);
  if (tail !== undefined) key[5 + INDEX_BYTES] = tail;
  return key;
}

/** Index written in a `logKey` with an index. */
export function indexOfKey(key: Uint8Array): number {
  return view(key).readUIntBE(5, INDEX_BYTES);
}

/** Last byte of a `logKey` with a part. */
export function partOfKey(key: Uint8Array): number {
  return key[5 + INDEX_BYTES] ?? 0;
}

export function nodeKey(log: number, level: number, index: number): Uint8Array {
  return logKey("node", log, index, level);
}

/** Key of a concern followed by bytes (ids, digests) and, after them, optionally a log number and an index. */
export function bytesKey(concern: Concern, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(CONCERN[concern]), ...parts]);
}

export function textKey(concern: Concern, text: string): Uint8Array {
  return bytesKey(concern, Buffer.from(text, "utf8"));
}

/** Key of a concern and a plain number (u48), e.g. the queue, or a number and a chunk. */
export function numberKey(concern: Concern, number: number, chunk?: number): Uint8Array {
  const key = Buffer.allocUnsafe(1 + INDEX_BYTES + (chunk === undefined ? 0 : 4));
  key[0] = CONCERN[concern];
  key.writeUIntBE(number, 1, INDEX_BYTES);
  if (chunk !== undefined) key.writeUInt32BE(chunk, 1 + INDEX_BYTES);
  return key;
}

export function numberOfKey(key: Uint8Array): number {
  return view(key).readUIntBE(1, INDEX_BYTES);
}

/** The range of all keys that begin with `prefix`. */
export function prefixRange(prefix: Uint8Array): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  const lt = Buffer.from(prefix);
  for (let at = lt.length - 1; at >= 0; at--) {
    const byte = lt[at] ?? 0;
    if (byte < 0xff) {
      lt[at] = byte + 1;
      return { gte: prefix, lt: lt.subarray(0, at + 1) };
    }
  }
  return { gte: prefix, lt: Buffer.alloc(64, 0xff) };
}

export function u48(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(INDEX_BYTES);
  bytes.writeUIntBE(value, 0, INDEX_BYTES);
  return bytes;
}

export function u32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
