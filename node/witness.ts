import {
  concatBytes,
  equalBytes,
  fromHex,
  readU64be,
  toHex,
  u64be,
  utf8Decode,
  utf8Encode,
} from "../protocol/bytes.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { formatNote, formatSignatureLine, type Note, type NoteSignature, parseNote } from "../protocol/note.ts";
import { parseReceipt, type Receipt } from "../protocol/receipt.ts";
import { parseCosignature, verifyCosignature } from "../protocol/cosignature.ts";
import type { Primitives } from "../protocol/crypto.ts";
import type { Vkey } from "../protocol/vkey.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { logKey, prefixRange } from "./keyspace.ts";
import type { LogStore } from "./log-store.ts";
import { formatReceiptArrival, readReceiptArrival, type ReceiptArrival } from "./receipt-arrival.ts";

/** The newest cosignature of one witness on one log. */
export type HeldCosignature = {
  readonly witness: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: number;
  readonly line: string;
};

export type HeldReceipt = {
  readonly reader: string;
  readonly size: number;
  readonly exceptions: number;
  readonly note: string;
  readonly arrival: ReceiptArrival | undefined;
};

/** Seconds since 1970 by the clock of a witness (an id in hex), which signed it. */
export type FirstWitnessed = { readonly time: number; readonly witness: string };

/** Cosignatures and receipts held for one log, newest per authority. */
export class Witnesses {
  readonly #disk: Disk;
  readonly #log: number;
  readonly #cosignatures = new Map<string, HeldCosignature & { readonly note: string }>();
  readonly #receipts = new Map<string, HeldReceipt>();
  /** Of the log, in hex: its own word for when something was there proves nothing. */
  readonly #owner: string;
  /** Entries below this were cosigned by another than the owner. */
  #witnessed = 0;

  private constructor(disk: Disk, log: number, owner: string) {
    this.#disk = disk;
    this.#log = log;
    this.#owner = owner;
  }

  static async open(disk: Disk, { number: log, id }: Pick<LogStore, "number" | "id">): Promise<Witnesses> {
    const witnesses = new Witnesses(disk, log, toHex(id));
    for await (const [key, value] of disk.scan(prefixRange(logKey("cosignature", log)))) {
      const witness = toHex(key.subarray(5));
      const held = readCosignature(witness, utf8Decode(value));
      witnesses.#cosignatures.set(witness, held);
      if (witness !== witnesses.#owner) witnesses.#witnessed = Math.max(witnesses.#witnessed, held.size);
    }
    for await (const [key, value] of disk.scan(prefixRange(logKey("receipt", log)))) {
      const reader = toHex(key.subarray(5));
      const note = utf8Decode(value);
      const receipt = parseReceipt(parseNote(note).text);
      const detail = await disk.get(witnesses.#key("receiptDetail", reader));
      const arrival = detail === undefined ? undefined : readReceiptArrival(detail);
      witnesses.#receipts.set(reader, { reader, size: receipt.size, exceptions: receipt.exceptions, note, arrival });
    }
    return witnesses;
  }

  get cosignatures(): readonly HeldCosignature[] {
    return [...this.#cosignatures.values()];
  }

  /** The whole note with the newest cosignature of this witness. */
  noteOf(witness: string): string | undefined {
    return this.#cosignatures.get(witness)?.note;
  }

  receiptOf(reader: string): HeldReceipt | undefined {
    return this.#receipts.get(reader);
  }

  get receipts(): readonly HeldReceipt[] {
    return [...this.#receipts.values()];
  }

  cosignatureOf(witness: string): HeldCosignature | undefined {
    return this.#cosignatures.get(witness);
  }

  /** Cosignature lines for exactly this tree head, the owner's first. */
  linesFor(size: number, root: Uint8Array, owner: string): readonly string[] {
    const lines = [...this.#cosignatures.values()].filter((held) => held.size === size && equalBytes(held.root, root));
    lines.sort((a, b) => Number(b.witness === owner) - Number(a.witness === owner));
    return lines.slice(0, MAX_NOTE_SIGNATURES - 1).map((held) => held.line);
  }

  /** Keeps a verified cosignature (the note that `cosigned` makes) if it is newer than the one held. */
  async keepCosignature(witness: string, note: string): Promise<boolean> {
    const held = readCosignature(witness, note);
    const before = this.#cosignatures.get(witness);
    const isNewer =
      before === undefined || before.size < held.size || (before.size === held.size && before.time < held.time);
    if (!isNewer) return false;
    this.#cosignatures.set(witness, held);
    await this.#write([
      ...this.#firstWitness(held),
      { key: this.#key("cosignature", witness), value: utf8Encode(note) },
    ]);
    return true;
  }

  /** Who first signed that an entry was there, and when by its clock: `undefined` where nobody did but its owner. */
  async firstWitnessed(index: number): Promise<FirstWitnessed | undefined> {
    if (index >= this.#witnessed) return undefined;
    const range = { gte: logKey("witnessed", this.#log, 0), lt: logKey("witnessed", this.#log, index + 1) };
    for await (const [, value] of this.#disk.scan({ ...range, reverse: true, limit: 1 }))
      return { time: readU64be(value, 0), witness: toHex(value.subarray(8)) };
    return undefined;
  }

  /** Notes which entries nobody else had signed before. */
  #firstWitness({ witness, size, time }: HeldCosignature): readonly DiskWrite[] {
    if (witness === this.#owner || size <= this.#witnessed) return [];
    const key = logKey("witnessed", this.#log, this.#witnessed);
    this.#witnessed = size;
    return [{ key, value: concatBytes(u64be(time), fromHex(witness)) }];
  }

  /**
   * Keeps a verified receipt that is newer. Of two for one size nobody can tell which is: what the reader says himself
   * counts, and what comes by others only where it lacks less.
   */
  async keepReceipt(reader: string, receipt: Receipt, note: string, arrival: ReceiptArrival): Promise<boolean> {
    const { size, exceptions } = receipt;
    const { isDirect } = arrival;
    const before = this.#receipts.get(reader);
    if (before !== undefined && before.size > size) return false;
    if (before?.size === size && !isDirect && before.exceptions <= exceptions) return false;
    // The same note again tells which parts are lacking, where it came by others first; it is no later for that.
    const at = before?.note === note ? (before.arrival?.at ?? arrival.at) : arrival.at;
    const kept: ReceiptArrival = { at, isDirect, lacks: below(arrival.lacks, size) };
    this.#receipts.set(reader, { reader, size, exceptions, note, arrival: kept });
    await this.#write([
      { key: this.#key("receipt", reader), value: utf8Encode(note) },
      { key: this.#key("receiptDetail", reader), value: formatReceiptArrival(kept) },
    ]);
    return true;
  }

  /** Whether there is nothing to learn from this receipt any more, if it comes like this. */
  knowsReceipt(reader: string, note: string, { isDirect, lacks }: Omit<ReceiptArrival, "at">): boolean {
    const held = this.#receipts.get(reader);
    if (held?.note !== note) return false;
    // One part may have come and another become missing: the note counts them only.
    return !isDirect || (held.arrival?.isDirect === true && arePlaces(held.arrival.lacks, below(lacks, held.size)));
  }

  #key(concern: "cosignature" | "receipt" | "receiptDetail", id: string): Uint8Array {
    return Buffer.concat([logKey(concern, this.#log), fromHex(id)]);
  }

  /** Not synced: what is lost is sent again. */
  #write(writes: readonly DiskWrite[]): Promise<void> {
    return this.#disk.write(writes, false);
  }
}

type Places = ReceiptArrival["lacks"];

function below(places: Places, size: number): Places {
  return places.filter(({ index }) => index < size);
}

function arePlaces(some: Places, others: Places): boolean {
  return (
    some.length === others.length &&
    some.every(({ index, part }, at) => others[at]?.index === index && others[at].part === part)
  );
}

export type CosignedHead = {
  readonly size: number;
  readonly root: Uint8Array;
  /** The checkpoint with the log's line and this cosignature alone: nothing that nobody verified is kept or passed on. */
  readonly note: string;
};

/**
 * The tree head in a cosigned checkpoint note, or `undefined` where it is none or has no valid line by `witness`. The
 * line of the log is found by its key; whether it is valid was or is to be judged by the caller.
 */
export function cosigned(crypto: Primitives, noteText: string, log: Vkey, witness: Vkey): CosignedHead | undefined {
  try {
    const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
    const { size, root } = parseCheckpoint(note.text);
    const [ours, theirs] = [lineOf(note, log), lineOf(note, witness)];
    if (ours === undefined || theirs === undefined) return undefined;
    if (!verifyCosignature(crypto.verify, witness.publicKey, note.text, theirs.signature)) return undefined;
    return { size, root, note: formatNote({ text: note.text, signatures: [ours, theirs] }) };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The note with the line of this key alone; `undefined` where it has none. Throws `FormatError`. */
export function signedAlone(noteText: string, key: Vkey): string | undefined {
  const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
  const line = lineOf(note, key);
  return line === undefined ? undefined : formatNote({ text: note.text, signatures: [line] });
}

function lineOf(note: Note, key: Vkey): NoteSignature | undefined {
  return note.signatures.find((one) => one.name === key.name && one.keyId === key.keyId);
}

function readCosignature(witness: string, noteText: string): HeldCosignature & { note: string } {
  const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
  const { size, root } = parseCheckpoint(note.text);
  const line = note.signatures.at(-1);
  if (line === undefined) throw new FormatError("COSIGNATURE_MALFORMED", "no cosignature");
  const { time } = parseCosignature(line.signature);
  return { witness, size, root, time, line: formatSignatureLine(line), note: noteText };
}
