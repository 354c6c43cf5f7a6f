import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import type { CborValue } from "../../protocol/cbor.ts";
import { isMap } from "../../protocol/record/body.ts";
import { formatEnvelope, parseEnvelope } from "../../protocol/record/envelope.ts";
import { readRecord } from "../../protocol/record/index.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const content = z.object({ name: z.string(), hex: z.string(), partCount: z.number() });
const vectors = readVectors(
  "record",
  content.extend({
    status: z.string(),
    type: z.string(),
    version: z.number(),
    refs: z.array(z.tuple([z.string(), z.number(), z.number(), z.string()])),
    parts: z.array(z.string()),
    grounds: z.array(z.tuple([z.number(), z.string()])),
    body: z.unknown(),
    unknownKeys: z.array(z.string()),
    unknownCodes: z.array(z.string()),
  }),
  content,
);

describe("docs/spec/vectors/record.json", () => {
  it.each(vectors.valid)("$name", ({ name, hex, partCount, ...expected }) => {
    const bytes = fromHex(hex);
    const { status, type, version, refs, partKinds, grounds, body, unknownKeys, unknownCodes } = readRecord(
      bytes,
      partCount,
    );
    expect({
      name,
      status,
      type,
      version,
      refs: refs.map(({ id, epoch, index, leafHash }) => [toHex(id), epoch, index, toHex(leafHash)]),
      parts: partKinds,
      grounds: grounds.map(({ part, ground }) => [part, ground]),
      body: view(body),
      unknownKeys: unknownKeys.map(({ path }) => path).toSorted(),
      unknownCodes: unknownCodes.map(({ path }) => path),
    }).toEqual({ name, ...expected });
    expect(formatEnvelope(parseEnvelope(bytes))).toEqual(bytes);
  });

  it.each(vectors.invalid)("refused: $name", ({ hex, partCount, code }) => {
    expect(codeOf(() => readRecord(fromHex(hex), partCount))).toBe(code);
  });
});

function view(value: CborValue): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(view);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, view(item)])) : value;
}
