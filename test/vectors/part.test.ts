import { describe, expect, it } from "vitest";
import { z } from "zod";
import { concatBytes, fromHex, toHex } from "../../protocol/bytes.ts";
import { createPartDigest, partDigest, verifyChunk } from "../../protocol/part-digest.ts";
import {
  chunkCount,
  chunkLength,
  formatPart,
  isPadmeSize,
  isPartSize,
  padmeSize,
  parsePart,
} from "../../protocol/part.ts";
import { sha256 } from "../primitives.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const CHUNK = 65_536;
const chunk = z.object({
  name: z.string(),
  what: z.literal("chunk"),
  length: z.number(),
  digest: z.string(),
  chunk: z.number(),
  proof: z.array(z.string()),
});
const part = z.object({
  name: z.string(),
  what: z.literal("part"),
  owner: z.string(),
  salt: z.string(),
  fileName: z.string(),
  type: z.string(),
  content: z.string().optional(),
  hex: z.string(),
  patterned: z.number().default(0),
  zeros: z.number().default(0),
  size: z.number(),
  digest: z.string(),
  formats: z.boolean().default(true),
});
const digest = z.object({
  name: z.string(),
  what: z.literal("digest"),
  length: z.number(),
  chunks: z.number(),
  digest: z.string(),
});
const padme = z.object({ name: z.string(), what: z.literal("padme"), length: z.number(), size: z.number() });
const badPart = z.object({
  name: z.string(),
  what: z.literal("part"),
  owner: z.string(),
  hex: z.string(),
  code: z.string(),
});
const vectors = readVectors(
  "part",
  z.discriminatedUnion("what", [part, digest, padme, chunk]),
  z.discriminatedUnion("what", [badPart, chunk]),
);

/** The cases of one shape. */
const of = <T>(schema: z.ZodType<T>, cases: readonly unknown[]): T[] =>
  cases.flatMap((one) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });

const patterned = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
const verifies = ({ length, digest: root, chunk: k, proof }: z.infer<typeof chunk>): boolean => {
  const bytes = patterned(length).slice(k * CHUNK, (k + 1) * CHUNK);
  return verifyChunk(sha256, {
    digest: fromHex(root),
    size: length,
    chunk: k,
    bytes,
    proof: proof.map((h) => fromHex(h)),
  });
};

describe("docs/spec/vectors/part.json", () => {
  it.each(of(part, vectors.valid))("part: $name", (expected) => {
    const pattern = patterned(expected.patterned);
    const bytes = concatBytes(fromHex(expected.hex), pattern, new Uint8Array(expected.zeros));
    const ownerId = fromHex(expected.owner);
    const { name, type, content, salt, length } = parsePart(bytes, ownerId);
    expect({ name, type, content: toHex(content), salt: toHex(salt), length }).toEqual({
      name: expected.fileName,
      type: expected.type,
      content: expected.content ?? toHex(pattern),
      salt: expected.salt,
      length: content.length,
    });
    expect(bytes.length).toBe(expected.size);
    expect(isPartSize(expected.size)).toBe(true);
    expect(toHex(partDigest(sha256, bytes))).toBe(expected.digest);
    if (expected.formats) expect(formatPart({ ownerId, salt, name, type, content })).toEqual(bytes);
  });

  it.each(of(badPart, vectors.invalid))("refused part: $name", ({ owner, hex, code }) => {
    expect(codeOf(() => parsePart(fromHex(hex), fromHex(owner)))).toBe(code);
  });

  it.each(of(digest, vectors.valid))("$name", ({ length, chunks, digest: expected }) => {
    const bytes = patterned(length);
    expect(toHex(partDigest(sha256, bytes))).toBe(expected);
    expect(chunkCount(length)).toBe(chunks);
    const streamed = createPartDigest(sha256);
    for (let k = 0; k < chunks; k++) streamed.addChunk(bytes.subarray(k * CHUNK, k * CHUNK + chunkLength(length, k)));
    expect(toHex(streamed.digest())).toBe(expected);
    expect(streamed.chunkHashes).toHaveLength(chunks);
  });

  it.each(of(padme, vectors.valid))("$name", ({ length, size }) => {
    expect(padmeSize(length)).toBe(size);
    expect(isPadmeSize(length)).toBe(length === size);
    expect(isPadmeSize(size)).toBe(true);
  });

  it.each(of(chunk, vectors.valid))("$name", (one) => expect(verifies(one)).toBe(true));
  it.each(of(chunk, vectors.invalid))("refused: $name", (one) => expect(verifies(one)).toBe(false));
});
