import { describe, expect, it } from "vitest";
import { fromHex } from "../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import type { CborValue } from "../../protocol/cbor.ts";
import { FormatError } from "../../protocol/format-error.ts";

describe("decodeCbor", () => {
  it("gives byte strings as plain views of its input", () => {
    const input = Buffer.from("824401020304f6", "hex");
    const [bytes] = decodeCbor(input) as readonly CborValue[];
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    input[2] = 9;
    expect(bytes).toEqual(fromHex("09020304"));
  });

  it("gives maps without a prototype", () => {
    expect(Object.getPrototypeOf(decodeCbor(fromHex("a0")))).toBe(null);
  });

  it("refuses at once what declares more than it brings, as deep as it may", () => {
    const heads = Buffer.concat(Array.from({ length: 16 }, () => Buffer.from("9a0003fff0", "hex")));
    expect(() => decodeCbor(heads)).toThrow(FormatError);
  });
});

describe("encodeCbor", () => {
  it.each([
    ["undefined", undefined],
    ["undefined in a map", { a: undefined }],
    ["a hole", Array.from({ length: 2 })],
    ["a fraction", 1.5],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["2^53", 2 ** 53],
    ["-(2^53)", -(2 ** 53)],
    ["a bigint", 1n],
    ["a function", () => 0],
    ["a symbol", Symbol("a")],
    ["a date", new Date(0)],
    ["a Map", new Map()],
    ["an array of 16-bit integers", new Uint16Array(1)],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate at the end of a key", { "a\udc00": 0 }],
    ["text that begins with U+FEFF", "\ufeff"],
    ["a key that begins with U+FEFF", { "\ufeffa": 0 }],
    ["the key __proto__", JSON.parse('{"__proto__":0}')],
    ["17 arrays in one another", Array.from({ length: 17 }).reduce<unknown>((inside) => [inside], 0)],
    ["itself", cycle()],
  ])("refuses %s", (_name, value) => {
    expect(() => encodeCbor(value as CborValue)).toThrow(FormatError);
  });

  it("writes -0 as 0", () => {
    expect(encodeCbor(-0)).toEqual(Uint8Array.of(0));
  });

  it("copies byte strings, also those of a Buffer", () => {
    const bytes = Buffer.from("0102", "hex");
    const encoded = encodeCbor(bytes);
    bytes[0] = 9;
    expect(encoded).toEqual(fromHex("420102"));
  });
});

function cycle(): unknown {
  const items: unknown[] = [];
  items.push(items);
  return items;
}
