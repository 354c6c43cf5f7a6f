import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { cborSize, decodeCbor, encodeCbor, scanCbor } from "../../protocol/cbor.ts";
import type { CborValue } from "../../protocol/cbor.ts";
import { testData } from "../data.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const vectors = readVectors(
  "canonical-cbor",
  z.object({ name: z.string(), hex: z.string(), value: z.json() }),
  z.object({ hex: z.string() }),
);

describe("docs/spec/vectors/canonical-cbor.json", () => {
  it.each(vectors.valid)("$name", ({ hex, value }) => {
    const bytes = fromHex(hex);
    scanCbor(bytes);
    expect(toJson(decodeCbor(bytes))).toEqual(value);
    expect(toHex(encodeCbor(fromJson(value)))).toBe(hex);
    expect(cborSize(fromJson(value))).toBe(bytes.length);
  });

  it.each(vectors.invalid)("refused: $name", ({ hex, code }) => {
    expect(codeOf(() => decodeCbor(fromHex(hex)))).toBe(code);
    expect(codeOf(() => scanCbor(fromHex(hex)))).toBe(code);
  });
});

describe("RFC 8949, appendix A", () => {
  const path = testData("vectors/cbor-appendix-a.json");

  it.skipIf(path === undefined)("accepts the examples inside the profile, as they stand, and no other", () => {
    const text = readFileSync(path ?? "", "utf8");
    const examples = z.array(z.object({ hex: z.string() })).parse(JSON.parse(text));
    const accepted = examples.filter(({ hex }) => isAccepted(fromHex(hex)));
    expect(examples.length).toBe(82);
    expect(accepted.length).toBe(34);
    for (const { hex } of accepted) expect(toHex(encodeCbor(decodeCbor(fromHex(hex))))).toBe(hex);
  });
});

function isAccepted(bytes: Uint8Array): boolean {
  try {
    scanCbor(bytes);
    return true;
  } catch {
    expect(codeOf(() => decodeCbor(bytes))).toMatch(/^CBOR_/);
    return false;
  }
}

type Json = z.infer<ReturnType<typeof z.json>>;

function toJson(value: CborValue): Json {
  if (value instanceof Uint8Array) return { $hex: toHex(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  }
  return value;
}

function fromJson(value: Json): CborValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromJson);
  const bytes = value["$hex"];
  if (typeof bytes === "string") return fromHex(bytes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
}
