import { equalBytes, fromHex, toHex, utf8Decode, utf8Encode } from "../protocol/bytes.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import { MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { parseNote, parseSignatureLine } from "../protocol/note.ts";
import { parseReceipt, type Receipt } from "../protocol/receipt.ts";
import { parseCosignature, verifyCosignature } from "../protocol/cosignature.ts";
import type { Primitives } from "../protocol/crypto.ts";
import type { Vkey } from "../protocol/vkey.ts";
import type { Disk, DiskWrite } from "./disk.ts";
import { logKey, prefixRange } from "./keyspace.ts";

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
};

/** Cosignatures and receipts held for one log, newest per authority. */
export class Witnesses {
  readonly #disk: Disk;
  readonly #log: number;
  readonly #cosignatures = new Map<string, HeldCosignature & { readonly note: string }>();
  readonly #receipts = new Map<string, HeldReceipt>();

  private constructor(disk: Disk, log: number) {
    this.#disk = disk;
    this.#log = log;
  }

  static async open(disk: Disk, log: number): Promise<Witnesses> {
    const witnesses = new Witnesses(disk, log);
    for await (const [key, value] of disk.scan(prefixRange(logKey("cosignature", log)))) {
      const witness = toHex(key.subarray(5));
      const held = readCosignature(witness, utf8Decode(value));
      if (held !== undefined) witnesses.#cosignatures.set(witness, held);
    }
    for await (const [key, value] of disk.scan(prefixRange(logKey("receipt", log)))) {
      const reader = toHex(key.subarray(5));
      const note = utf8Decode(value);
      const receipt = parseReceipt(parseNote(note).text);
      witnesses.#receipts.set(reader, { reader, size: receipt.size, exceptions: receipt.exceptions, note });
    }
    return witnesses;
  }

  get cosignatures(): readonly HeldCosignature[] {
    return [...this.#cosignatures.values()];
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

  /** Keeps a verified cosignature (the checkpoint note with that line alone) if it is newer than the one held. */
  async keepCosignature(witness: string, note: string): Promise<boolean> {
    const held = readCosignature(witness, note);
    const before = this.#cosignatures.get(witness);
    if (
      held === undefined ||
      (before !== undefined && (before.size > held.size || (before.size === held.size && before.time >= held.time)))
    )
      return false;
    this.#cosignatures.set(witness, held);
    await this.#write({ key: this.#key("cosignature", witness), value: utf8Encode(note) });
    return true;
  }

  async keepReceipt(reader: string, receipt: Receipt, note: string): Promise<boolean> {
    const before = this.#receipts.get(reader);
    if (before !== undefined && before.size > receipt.size) return false;
    this.#receipts.set(reader, { reader, size: receipt.size, exceptions: receipt.exceptions, note });
    await this.#write({ key: this.#key("receipt", reader), value: utf8Encode(note) });
    return true;
  }

  #key(concern: "cosignature" | "receipt", id: string): Uint8Array {
    return Buffer.concat([logKey(concern, this.#log), fromHex(id)]);
  }

  /** Not synced: what is lost is sent again. */
  #write(write: DiskWrite): Promise<void> {
    return this.#disk.write([write], false);
  }
}

type CosignedHead = { readonly size: number; readonly root: Uint8Array; readonly origin: string };

/** The tree head in a cosigned checkpoint note, or `undefined` where it is none or has no valid line by `witness`. */
export function cosignedBy(crypto: Primitives, noteText: string, witness: Vkey): CosignedHead | undefined {
  try {
    return verifyCosignedNote(crypto, noteText, witness);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** A cosigned checkpoint note: its text must be a checkpoint and one line must be by `witness`. Throws `FormatError`. */
function verifyCosignedNote(crypto: Primitives, noteText: string, witness: Vkey): CosignedHead {
  const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
  const checkpoint = parseCheckpoint(note.text);
  const signature = note.signatures.find((one) => one.name === witness.name && one.keyId === witness.keyId);
  if (signature === undefined || !verifyCosignature(crypto.verify, witness.publicKey, note.text, signature.signature)) {
    throw new FormatError("COSIGNATURE_MALFORMED", "no valid cosignature by that witness");
  }
  return checkpoint;
}

function readCosignature(witness: string, noteText: string): (HeldCosignature & { note: string }) | undefined {
  const note = parseNote(noteText, MAX_NOTE_SIGNATURES);
  const { size, root } = parseCheckpoint(note.text);
  const line = noteText.trimEnd().split("\n").at(-1);
  if (line === undefined) return undefined;
  const { time } = parseCosignature(parseSignatureLine(line).signature);
  return { witness, size, root, time, line, note: noteText };
}
