import { MAX_FRAME_SIZE } from "../../protocol/limits.ts";
import { TransportError } from "../transport.ts";

const PREFIX_SIZE = 4;

/**
 * A frame as it travels: its length as a big-endian u32, the prefix not counted, and its bytes; `00 00 00 02 68 69` for
 * the frame `68 69`. In one piece, since every piece is a write of its own all the way down, and a copy, so that the
 * caller may go on with his buffer. Throws for a frame that may not travel.
 */
export function formatFrame(frame: Uint8Array): Uint8Array {
  const error = lengthError(frame.length);
  if (error !== undefined) throw error;
  const bytes = new Uint8Array(PREFIX_SIZE + frame.length);
  new DataView(bytes.buffer).setUint32(0, frame.length);
  bytes.set(frame, PREFIX_SIZE);
  return bytes;
}

/**
 * Puts frames together from bytes that arrive in pieces of any size. Every byte is copied once, into its frame: a frame
 * belongs to its reader alone, and a far end that sends single bytes makes us keep bytes, not objects.
 */
export class FrameAssembler {
  readonly #frames: Uint8Array[] = [];
  readonly #prefix = new Uint8Array(PREFIX_SIZE);
  #prefixFilled = 0;
  #frame: Uint8Array | undefined;
  #frameFilled = 0;
  #error: TransportError | undefined;

  /** Takes all of `bytes`; keeps none of it. What follows an impossible length is dropped, since nobody knows what it is. */
  append(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#error === undefined) {
      at += this.#frame === undefined ? this.#fillPrefix(bytes, at) : this.#fillFrame(this.#frame, bytes, at);
    }
  }

  /** The next whole frame, if there is one. */
  take(): Uint8Array | undefined {
    return this.#frames.shift();
  }

  /** Why nothing follows the frames taken so far: an impossible length. */
  get error(): TransportError | undefined {
    return this.#frames.length === 0 ? this.#error : undefined;
  }

  /** Whether a frame has begun and not ended. */
  get partial(): boolean {
    return this.#prefixFilled > 0 || this.#frame !== undefined;
  }

  #fillPrefix(bytes: Uint8Array, at: number): number {
    const piece = bytes.subarray(at, at + PREFIX_SIZE - this.#prefixFilled);
    this.#prefix.set(piece, this.#prefixFilled);
    this.#prefixFilled += piece.length;
    if (this.#prefixFilled === PREFIX_SIZE) this.#begin(new DataView(this.#prefix.buffer).getUint32(0));
    return piece.length;
  }

  #begin(length: number): void {
    this.#prefixFilled = 0;
    this.#error = lengthError(length);
    if (this.#error === undefined) this.#frame = new Uint8Array(length);
  }

  #fillFrame(frame: Uint8Array, bytes: Uint8Array, at: number): number {
    const piece = bytes.subarray(at, at + frame.length - this.#frameFilled);
    frame.set(piece, this.#frameFilled);
    this.#frameFilled += piece.length;
    if (this.#frameFilled === frame.length) {
      this.#frames.push(frame);
      this.#frame = undefined;
      this.#frameFilled = 0;
    }
    return piece.length;
  }
}

function lengthError(length: number): TransportError | undefined {
  if (length > MAX_FRAME_SIZE)
    return new TransportError("FRAME_TOO_LARGE", `a frame of ${length} bytes: the limit is ${MAX_FRAME_SIZE}`);
  return length === 0
    ? new TransportError("FRAME_TRUNCATED", "a frame of 0 bytes: it must have at least one")
    : undefined;
}
