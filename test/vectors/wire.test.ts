import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from "../../protocol/wire/frame.ts";
import { plain } from "../plain.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const frame = z.object({ name: z.string(), hex: z.string(), n: z.number() });
const message = z.looseObject({ kind: z.string() });
const read = frame.extend({ outcome: z.literal("read"), message, formats: z.boolean().default(true) });
const valid = z.union([
  read.extend({ what: z.literal("request") }),
  read.extend({ what: z.literal("answer"), last: z.boolean() }),
  frame.extend({ what: z.literal("request"), outcome: z.literal("unsupported"), kind: z.string() }),
]);
const invalid = z.union([
  frame.extend({ what: z.literal("request"), outcome: z.literal("malformed"), kind: z.string() }),
  z.object({ hex: z.string(), what: z.enum(["request", "answer"]), outcome: z.literal("reset") }),
]);
const vectors = readVectors("wire", valid, invalid);

describe("docs/spec/vectors/wire.json", () => {
  it.each(vectors.valid)("$what: $name", (one) => {
    const bytes = fromHex(one.hex);
    if (one.what === "answer") {
      const { n, last, answer } = decodeAnswer(bytes);
      expect(plain({ n, last, message: answer })).toEqual({ n: one.n, last: one.last, message: one.message });
      if (one.formats) expect(toHex(encodeAnswer(n, last, answer))).toBe(one.hex);
      return;
    }
    const { n, kind, request, malformed } = decodeRequest(bytes);
    expect({ n, malformed }).toEqual({ n: one.n, malformed: undefined });
    if (one.outcome === "unsupported") {
      expect({ kind, request }).toEqual({ kind: one.kind, request: undefined });
    } else {
      expect(plain(request)).toEqual(one.message);
      if (one.formats && request !== undefined) expect(toHex(encodeRequest(n, request))).toBe(one.hex);
    }
  });

  it.each(vectors.invalid)("$name", (one) => {
    const bytes = fromHex(one.hex);
    if (one.outcome === "malformed") {
      const { n, kind, request, malformed } = decodeRequest(bytes);
      expect({ n, kind, request }).toEqual({ n: one.n, kind: one.kind, request: undefined });
      expect(malformed).toEqual(expect.any(String));
    } else {
      expect(codeOf(() => (one.what === "answer" ? decodeAnswer(bytes) : decodeRequest(bytes)))).toBe(one.code);
    }
  });
});
