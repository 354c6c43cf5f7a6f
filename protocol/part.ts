import { concatBytes, equalBytes, readU16be, u16be } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { CborShape } from "./cbor-shape.ts";
import { FormatError } from "./format-error.ts";
import {
  CHUNK_SIZE,
  MAX_PART_HEADER_SIZE,
  MAX_PART_NAME,
  MAX_PART_SIZE,
  MAX_PART_TYPE,
  MIN_PART_SIZE,
} from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { utf8Length } from "./utf8.ts";

/** What a part says of its content, before the content. */
export type PartHeader = {
  /** 32 random bytes, without which a digest could be guessed from a guessed content. */
  readonly salt: Uint8Array;
  /** A file name, or empty. */
  readonly name: string;
  /** Media type, e.g. `image/jpeg`. */
  readonly type: string;
  /** Bytes of content. */
  readonly length: number;
};

export type Part = PartHeader & { readonly content: Uint8Array };

/** Whose part it is, and what its header says. */
export type PartInit = PartHeader & { readonly ownerId: Uint8Array };

/** The bytes before the content, the padded size of the whole, and how many zeros follow the content. */
export type PartStart = { readonly prefix: Uint8Array; readonly size: number; readonly padding: number };

const shape = new CborShape("PART_MALFORMED");
const OWNER_SIZE = HASH_SIZE;
const SALT_SIZE = 32;
const HEADER_AT = OWNER_SIZE + SALT_SIZE + 2;

/**
 * The bytes that a leaf commits to (`docs/spec/part.md`): owner id (32) ‖ salt (32) ‖ u16 header length ‖ header ‖
 * content ‖ zeros up to a Padmé size. A part of 5 bytes of text, 112 bytes in all:
 *
 *     id… salt… 0024 a3 646e616d65 65612e747874 6474797065 6a746578742f706c61696e 666c656e677468 05 68656c6c6f 00…
 *
 * `length` is that of `content`. Throws `PART_MALFORMED` for what `parsePart` would refuse.
 */
export function formatPart(part: Omit<Part, "length"> & { readonly ownerId: Uint8Array }): Uint8Array {
  const { prefix, size } = startPart({ ...part, length: part.content.length });
  const bytes = new Uint8Array(size);
  bytes.set(prefix);
  bytes.set(part.content, prefix.length);
  return bytes;
}

/** A part of the log of `ownerId`; `salt` and `content` are views. `PART_MALFORMED` for anything else, zeros included. */
export function parsePart(bytes: Uint8Array, ownerId: Uint8Array): Part {
  const { start, ...header } = partHeader(bytes, bytes.length, ownerId);
  const end = start + header.length;
  if (!isZeros(bytes.subarray(end))) shape.fail("the padding is not zeros");
  return { ...header, content: bytes.subarray(start, end) };
}

/** How a part begins and ends whose content is streamed between: `prefix`, `length` bytes, `padding` zeros. */
export function startPart({ ownerId, salt, name, type, length }: PartInit): PartStart {
  assertHeader(name, type, length);
  if (ownerId.length !== OWNER_SIZE || salt.length !== SALT_SIZE)
    shape.fail("an owner id and a salt have 32 bytes each");
  const header = encodeCbor({ name, type, length });
  const prefix = concatBytes(ownerId, salt, u16be(header.length), header);
  const size = padmeSize(prefix.length + length);
  if (size > MAX_PART_SIZE) shape.fail(`a part of more than ${MAX_PART_SIZE} bytes`);
  return { prefix, size, padding: size - prefix.length - length };
}

/**
 * Reads the beginning of a part of `size` bytes: its first chunk is always enough. The content stands from `start` on,
 * `length` bytes; who reads it as a stream checks with `isZeros` what follows.
 */
export function partHeader(
  first: Uint8Array,
  size: number,
  ownerId: Uint8Array,
): PartHeader & { readonly start: number } {
  if (!isPartSize(size)) shape.fail("not a size that a part can have");
  if (!equalBytes(first.subarray(0, OWNER_SIZE), ownerId)) shape.fail("the part of another owner");
  const headerLength = readU16be(first, HEADER_AT - 2, "PART_MALFORMED");
  const start = HEADER_AT + headerLength;
  if (headerLength < 1 || headerLength > MAX_PART_HEADER_SIZE || start > first.length) {
    shape.fail(`a header is 1 to ${MAX_PART_HEADER_SIZE} bytes`);
  }
  const header = parseHeader(first.subarray(HEADER_AT, start));
  if (padmeSize(start + header.length) !== size) shape.fail("not padded to the size that its content asks for");
  return { ...header, salt: first.subarray(OWNER_SIZE, OWNER_SIZE + SALT_SIZE), start };
}

/** Number of chunks of a part; at least one. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_SIZE));
}

export function hasChunk(size: number, chunk: number): boolean {
  return Number.isSafeInteger(chunk) && chunk >= 0 && chunk < chunkCount(size);
}

/** Bytes of chunk `chunk` of a part of `size` bytes: full, but for the last. `PART_MALFORMED` where there is no such chunk. */
export function chunkLength(size: number, chunk: number): number {
  if (!hasChunk(size, chunk)) shape.fail(`no chunk ${chunk} in a part of ${size} bytes`);
  return Math.min(CHUNK_SIZE, size - chunk * CHUNK_SIZE);
}

/** Whether a leaf may say that a part has this size. */
export function isPartSize(size: number): boolean {
  return size >= MIN_PART_SIZE && size <= MAX_PART_SIZE && isPadmeSize(size);
}

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): `length`
 * rounded up so that of its binary digits only the leading ones may differ from zero, as many as it takes to write its
 * exponent and one more. For integers from 2 to 2^53 − 1; grows it by at most 12 %.
 */
export function padmeSize(length: number): number {
  if (!Number.isSafeInteger(length) || length < 2) shape.fail("a length to pad is an integer of two or more");
  const step = padmeStep(length);
  return Math.ceil(length / step) * step;
}

export function isPadmeSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 2 && size % padmeStep(size) === 0;
}

/** 2^(E − S) with E = floor(log2 length), S = floor(log2 E) + 1; 1 where that is not positive. Exact, unlike Math.log2. */
function padmeStep(length: number): number {
  const exponent = floorLog2(length);
  return 2 ** Math.max(0, exponent - floorLog2(exponent) - 1);
}

function floorLog2(value: number): number {
  let exponent = 0;
  for (let power = 2; power <= value; power *= 2) exponent += 1;
  return exponent;
}

/** Whether nothing but zeros stand there. */
export function isZeros(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Keys that we do not know are kept, in the bytes, and ignored. */
function parseHeader(bytes: Uint8Array): Omit<PartHeader, "salt"> {
  const map = shape.map(decodeHeader(bytes), "the header");
  const name = shape.text(map["name"], "the name");
  const type = shape.text(map["type"], "the type");
  const length = shape.integer(map["length"], "the length", 0, MAX_PART_SIZE);
  assertHeader(name, type, length);
  return { name, type, length };
}

function decodeHeader(bytes: Uint8Array): ReturnType<typeof decodeCbor> {
  try {
    return decodeCbor(bytes);
  } catch (error) {
    if (error instanceof FormatError) return shape.fail(`the header: ${error.message}`);
    throw error;
  }
}

function assertHeader(name: string, type: string, length: number): void {
  const nameSize = utf8Length(name);
  if (nameSize < 0 || nameSize > MAX_PART_NAME) shape.fail(`a name of more than ${MAX_PART_NAME} bytes`);
  // A name from a peer becomes a file name somewhere: it must not climb out of its folder or write over a terminal.
  if (/[\u0000-\u001f\u007f-\u009f/\\]/.test(name))
    shape.fail("a control character, a slash or a backslash in the name");
  if (type.length > MAX_PART_TYPE || !/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type)) shape.fail("not a media type");
  if (!Number.isSafeInteger(length) || length < 0 || length > MAX_PART_SIZE) shape.fail("not a length of content");
}
