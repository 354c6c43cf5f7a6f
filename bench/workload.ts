import { createHash } from "node:crypto";

/** Bytes of a record: 560 to 640, 600 on average. */
const SIZE_MIN = 560;
const SIZE_SPREAD = 81;
/** Of these, as many that no compression shortens as hashes and keys in a record are. */
const RANDOM_BYTES = 192;
const WORD_COUNT = 2048;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * Record number `index` of the workload, the same for every peer and in every run: 192 random bytes, then words, as text
 * in records is.
 */
export function record(index: number): Uint8Array {
  const next = generator(index + 1);
  const bytes = Buffer.alloc(SIZE_MIN + (next() % SIZE_SPREAD));
  for (let at = 0; at < RANDOM_BYTES; at += 4) bytes.writeUInt32LE(next(), at);
  for (let at = RANDOM_BYTES; at < bytes.length;)
    at += bytes.write(`${WORDS[next() % WORD_COUNT] ?? ""} `, at, "latin1");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Records `from ≤ index < to`. */
export function records(from: number, to: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => record(from + i));
}

/** SHA-256, in hex, of the first `count` records one after the other. */
export function workloadDigest(count: number): string {
  const hash = createHash("sha256");
  for (let index = 0; index < count; index++) hash.update(record(index));
  return hash.digest("hex");
}

/** sfc32, a small fast generator whose sequence is the same everywhere: integers from 0 to 2^32 − 1. */
function generator(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 15; i++) next();
  return next;
}

const WORDS: readonly string[] = words();

function words(): string[] {
  const next = generator(0);
  return Array.from({ length: WORD_COUNT }, () =>
    Array.from({ length: 3 + (next() % 7) }, () => LETTERS[next() % LETTERS.length]).join(""),
  );
}
