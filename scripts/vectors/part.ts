import { array, bytes, FALSE, map, negative, seeded, text, TRUE, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { hex, sha256 } from "./tools.ts";
import type { Vectors } from "./tools.ts";

const OWNER = seeded("part owner", 32);
const SALT = seeded("part salt", 32);
const CHUNK = 65_536;
const GIB = 2n ** 30n;

export function partVectors(): Vectors {
  return {
    format: "part",
    source:
      "ours; `what` is part, digest, padme or chunk. A digest is over `length` bytes of which byte i is i · 31 mod 251, so that no file of that size lies here. A part with `patterned` has so many of these bytes as its content, after `hex`, and after " +
      "them so many `zeros`.",
    valid: [...PARTS, ...LONG_PARTS, ...DIGESTS, ...PADME, ...CHUNKS],
    invalid: [...BAD_PARTS, ...BAD_CHUNKS],
  };
}

const header = (name: string, type: string, length: number): Item =>
  map({ name: text(name), type: text(type), length: uint(length) });

/** owner ‖ salt ‖ u16 length ‖ header ‖ content, not yet padded. */
const unpadded = (head: Item, content: Uint8Array, owner: Uint8Array = OWNER): Uint8Array =>
  Buffer.concat([owner, SALT, Uint8Array.of(head.length >> 8, head.length), head, content]);

const padded = (part: Uint8Array, size: number = Number(padme(BigInt(part.length)))): Uint8Array =>
  Buffer.concat([part, new Uint8Array(size - part.length)]);

/** With a key that nobody knows, as long as it must be. */
function headerOfSize(size: number): Item {
  const filled = (length: number): Item =>
    map({ name: text("a.txt"), type: text("text/plain"), length: uint(5), comment: bytes(new Uint8Array(length)) });
  return filled(size - filled(256).length + 256);
}

/** With a negative length; an unknown key of value 0 comes last. */
function shorter(length: number): Item {
  return map({ name: text("a.txt"), type: text("text/plain"), length: negative(length), padding: uint(0) });
}

const ascii = (content: string): Uint8Array => Buffer.from(content);

function goodPart(name: string, fileName: string, type: string, content: Uint8Array, head?: Item) {
  const part = padded(unpadded(head ?? header(fileName, type, content.length), content));
  return {
    name,
    what: "part",
    owner: hex(OWNER),
    salt: hex(SALT),
    fileName,
    type,
    content: hex(content),
    hex: hex(part),
    size: part.length,
    digest: hex(sha256(Uint8Array.of(0), part)),
    // A header with keys that we do not know cannot be made again from what we know.
    formats: head === undefined,
  };
}

const PARTS = [
  goodPart("five bytes of text", "a.txt", "text/plain", ascii("hello")),
  goodPart("the smallest: no name, no content", "", "a/b", new Uint8Array()),
  goodPart("nothing to pad", "", "a/b", new Uint8Array(6).fill(7)),
  goodPart("one byte more", "", "a/b", new Uint8Array(7).fill(7)),
  goodPart("content that ends in zeros", "z.bin", "application/octet-stream", new Uint8Array(40)),
  goodPart("a name beyond ASCII", "Prüfbericht 水.pdf", "application/pdf", ascii("%PDF-")),
  goodPart("a name of 255 bytes", "n".repeat(255), "text/plain", ascii("hello")),
  goodPart("a type of 127 characters", "", `a/${"b".repeat(125)}`, ascii("hello")),
  goodPart("a name of dots", "..", "text/plain", ascii("hello")),
  goodPart(
    "an unknown key in the header",
    "a.txt",
    "text/plain",
    ascii("hello"),
    map({ name: text("a.txt"), type: text("text/plain"), length: uint(5), language: text("nl") }),
  ),
  goodPart("a header of 1024 bytes", "a.txt", "text/plain", ascii("hello"), headerOfSize(1024)),
];

const patterned = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

/** Of one full chunk, and of one byte more, which pads to the next size. */
const LONG_PARTS = [CHUNK, CHUNK + 1].map((used) => {
  const head = (length: number): Uint8Array =>
    unpadded(header("long.bin", "application/octet-stream", length), new Uint8Array());
  // A length from 256 to 65 535 takes the same room in every header.
  const patternedLength = used - head(256).length;
  const start = head(patternedLength);
  const size = Number(padme(BigInt(used)));
  const whole = padded(Buffer.concat([start, patterned(patternedLength)]), size);
  return {
    name: `a part of ${size} bytes`,
    what: "part",
    owner: hex(OWNER),
    salt: hex(SALT),
    fileName: "long.bin",
    type: "application/octet-stream",
    hex: hex(start),
    patterned: patternedLength,
    zeros: size - used,
    size,
    digest: hex(mth(chunkHashes(whole))),
  };
});

const DIGESTS = [96, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5, 7 * CHUNK].map((length) => {
  const hashes = chunkHashes(patterned(length));
  return { name: `digest of ${length} bytes`, what: "digest", length, chunks: hashes.length, digest: hex(mth(hashes)) };
});

/** Steps, powers of two and their neighbours. */
const LENGTHS = [
  2n,
  3n,
  4n,
  5n,
  7n,
  8n,
  9n,
  15n,
  16n,
  17n,
  31n,
  32n,
  33n,
  90n,
  96n,
  97n,
  104n,
  105n,
  1000n,
  4095n,
  4096n,
  4097n,
  65_535n,
  65_536n,
  65_537n,
  1_000_000n,
  GIB - 1n,
  GIB,
  GIB + 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n + 1n,
  2n ** 40n + 1n,
  2n ** 48n - 1n,
  2n ** 49n - 1n,
  2n ** 52n + 1n,
];

const PADME = LENGTHS.map((length) => ({
  name: `Padmé size of ${length}`,
  what: "padme",
  length: Number(length),
  size: Number(padme(length)),
}));

const CHUNKED = patterned(5 * CHUNK);
const CHUNKED_SIZE = 5 * CHUNK;
const HASHES = chunkHashes(CHUNKED);

function chunkCase(chunk: number) {
  return { what: "chunk", length: CHUNKED_SIZE, digest: hex(mth(HASHES)), chunk, proof: path(chunk, HASHES).map(hex) };
}

const CHUNKS = [0, 1, 3, 4].map((chunk) => ({ name: `chunk ${chunk} of 5`, ...chunkCase(chunk) }));

const BAD_CHUNKS = [
  { name: "a chunk under the proof of another", ...chunkCase(1), proof: chunkCase(2).proof },
  { name: "a chunk that is not there", ...chunkCase(4), chunk: 5 },
  { name: "a proof too short", ...chunkCase(0), proof: chunkCase(0).proof.slice(1) },
  { name: "a proof too long", ...chunkCase(4), proof: [...chunkCase(4).proof, hex(OWNER)] },
  { name: "another digest", ...chunkCase(0), digest: hex(OWNER) },
].map((chunk) => ({ ...chunk, code: "PART_MALFORMED" }));

const HELLO = header("a.txt", "text/plain", 5);
const GOOD = padded(unpadded(HELLO, ascii("hello")));
const withHeader = (head: Item, content = "hello"): Uint8Array => padded(unpadded(head, ascii(content)));
const named = (name: string): Uint8Array => withHeader(header(name, "text/plain", 5));
const typed = (type: string): Uint8Array => withHeader(header("a.txt", type, 5));

const BAD_PARTS = (
  [
    ["no bytes", new Uint8Array()],
    ["nothing but zeros", new Uint8Array(96)],
    ["the part of another owner", padded(unpadded(HELLO, ascii("hello"), seeded("other owner", 32)))],
    ["cut inside the owner id", GOOD.subarray(0, 31)],
    ["cut inside the salt", GOOD.subarray(0, 63)],
    ["cut inside the header", GOOD.subarray(0, 88)],
    ["cut to a smaller size that Padmé can give", GOOD.subarray(0, 104)],
    ["one byte short", GOOD.subarray(0, -1)],
    ["one zero too many", padded(GOOD, GOOD.length + 1)],
    ["padded to the next size", padded(GOOD, GOOD.length + 8)],
    ["not padded", unpadded(HELLO, ascii("hello"))],
    ["padding that is not zeros", Buffer.concat([GOOD.subarray(0, -1), Uint8Array.of(1)])],
    ["padding whose first byte is not zero", withHeader(header("a.txt", "text/plain", 4))],
    ["a length beyond the part", withHeader(header("a.txt", "text/plain", 500))],
    ["a length of 2^32 + 5", withHeader(header("a.txt", "text/plain", 2 ** 32 + 5))],
    ["a header of no bytes", withHeader(new Uint8Array(), "hello".repeat(8))],
    ["a header of 1025 bytes", withHeader(headerOfSize(1025))],
    [
      "a header longer than the part",
      Buffer.concat([OWNER, SALT, Uint8Array.of(0x03, 0xff), HELLO, new Uint8Array(112 - 66 - HELLO.length)]),
    ],
    ["a header that is an array", withHeader(array(text("a.txt"), text("text/plain"), uint(5)))],
    ["header keys not sorted", withHeader(map({ length: uint(5), name: text("a.txt"), type: text("text/plain") }))],
    [
      "a header key twice",
      withHeader(Buffer.concat([Uint8Array.of(0xa4), HELLO.subarray(1), text("length"), uint(5)])),
    ],
    ["bytes after the header", withHeader(Buffer.concat([HELLO, Uint8Array.of(0)]))],
    ["no name", withHeader(map({ type: text("text/plain"), length: uint(5) }))],
    ["no type", withHeader(map({ name: text("a.txt"), length: uint(5) }))],
    ["no length", withHeader(map({ name: text("a.txt"), type: text("text/plain") }))],
    ["a length in text", withHeader(map({ name: text("a.txt"), type: text("text/plain"), length: text("5") }))],
    ["a length that is true", withHeader(map({ name: text("a.txt"), type: text("text/plain"), length: TRUE }), "h")],
    ["a length that is false", withHeader(map({ name: text("a.txt"), type: text("text/plain"), length: FALSE }), "")],
    // The last byte of the header is a zero, which would pass for padding.
    ["a length of −1", withHeader(shorter(-1), "")],
    ["a length of −2^53 + 1", withHeader(shorter(-Number.MAX_SAFE_INTEGER), "")],
    ["a name in bytes", withHeader(map({ name: bytes(ascii("a.txt")), type: text("text/plain"), length: uint(5) }))],
    ["a name of 256 bytes", named("n".repeat(256))],
    ["a name of 128 characters, 256 bytes", named("ü".repeat(128))],
    ["a slash in the name", named("../a.txt")],
    ["a backslash in the name", named("..\\a.txt")],
    ["a newline in the name", named("a\n.txt")],
    ["a NUL in the name", named("a\u0000.txt")],
    ["an escape in the name", named("\u001b[2J")],
    ["DEL in the name", named("a\u007f")],
    ["a C1 control character in the name", named("a\u009b2J")],
    ["an empty type", typed("")],
    ["a type without a slash", typed("text")],
    ["a type without a subtype", typed("text/")],
    ["a type with two slashes", typed("text/plain/x")],
    ["a type in capitals", typed("Text/Plain")],
    ["a type with a parameter", typed("text/plain; charset=utf-8")],
    ["a type with an underscore", typed("text/pl_ain")],
    ["a type with a newline", typed("text/plain\n")],
    ["a type of 128 characters", typed(`a/${"b".repeat(126)}`)],
  ] satisfies [string, Uint8Array][]
).map(([name, part]) => ({ name, what: "part", owner: hex(OWNER), hex: hex(part), code: "PART_MALFORMED" }));

/** By the page, in exact integers: E = floor(log2 L), S = floor(log2 E) + 1, rounded up to a multiple of 2^(E − S). */
function padme(length: bigint): bigint {
  const exponent = floorLog2(length);
  const zeros = exponent - (floorLog2(BigInt(exponent)) + 1);
  if (zeros <= 0) return length;
  const unit = 1n << BigInt(zeros);
  return ((length + unit - 1n) / unit) * unit;
}

function floorLog2(value: bigint): number {
  return value.toString(2).length - 1;
}

function chunkHashes(part: Uint8Array): Uint8Array[] {
  const count = Math.ceil(part.length / CHUNK);
  return Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(0), part.subarray(i * CHUNK, (i + 1) * CHUNK)));
}

/** RFC 9162 §2.1.1, of leaf hashes. */
function mth(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  const k = splitPoint(hashes.length);
  return sha256(Uint8Array.of(1), mth(hashes.slice(0, k)), mth(hashes.slice(k)));
}

/** RFC 9162 §2.1.3.1. */
function path(index: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length === 1) return [];
  const k = splitPoint(hashes.length);
  return index < k
    ? [...path(index, hashes.slice(0, k)), mth(hashes.slice(k))]
    : [...path(index - k, hashes.slice(k)), mth(hashes.slice(0, k))];
}

function splitPoint(size: number): number {
  let k = 1;
  while (2 * k < size) k *= 2;
  return k;
}
