import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  readU16be,
  readU32be,
  readU64be,
  toBase64,
  toHex,
  u16be,
  u32be,
  u64be,
  utf8Decode,
  utf8Encode,
} from "../../protocol/bytes.ts";
import { parseDecimal } from "../../protocol/decimal.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { decodeUtf8, isUtf8, utf8Length } from "../../protocol/utf8.ts";

const bytes = fc.uint8Array({ maxLength: 80 });
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
);

describe("bytes", () => {
  it("go to hex and base64 and back", () => {
    fc.assert(
      fc.property(bytes, (original) => {
        expect(toHex(original)).toBe(Buffer.from(original).toString("hex"));
        expect(toBase64(original)).toBe(Buffer.from(original).toString("base64"));
        expect(fromHex(toHex(original))).toEqual(original);
        expect(fromBase64(toBase64(original))).toEqual(original);
      }),
    );
  });

  it("are read from a text only if they are written as that text", () => {
    const almost = fc.oneof(
      anyText,
      fc.string({ unit: fc.constantFrom(...Array.from("0aAfFgZ+/=-_ \n")), maxLength: 12 }),
    );
    fc.assert(
      fc.property(almost, (text) => {
        expect([text, undefined]).toContain(attempt(() => toHex(fromHex(text))));
        expect([text, undefined]).toContain(attempt(() => toBase64(fromBase64(text))));
      }),
      { numRuns: 1_000 },
    );
  });

  it("compare as memcmp does", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, a.slice())).toBe(true);
        expect(Math.sign(compareBytes(a, concatBytes(a, b)))).toBe(b.length === 0 ? 0 : -1);
      }),
    );
  });

  it("hold integers", () => {
    const unsigned = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(unsigned, bytes, (value, before) => {
        expect(readU64be(concatBytes(before, u64be(value)), before.length)).toBe(value);
        expect(readU32be(u32be(value % 2 ** 32), 0)).toBe(value % 2 ** 32);
        expect(readU16be(u16be(value % 2 ** 16), 0)).toBe(value % 2 ** 16);
        expect(parseDecimal(String(value))).toBe(value);
      }),
    );
  });

  it("end inside an integer, or hold one over 2^53 - 1, with a FormatError", () => {
    for (const input of ["", "00", "00000000000000", "0020000000000000", "ffffffffffffffff"]) {
      expect(() => readU64be(fromHex(input), 0)).toThrow(FormatError);
    }
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => u64be(value)).toThrow(FormatError);
  });
});

describe("UTF-8", () => {
  // The first and last byte of every range of table 3-7 of the Unicode Standard, and U+FEFF.
  const edges = fromHex("00617f808f909fa0bfc0c1c2dfe0e1edefbbf0f1f4f5ff");
  const mixed = fc.array(fc.constantFrom(...edges), { maxLength: 30 });

  it("is judged as the platform judges it, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mixed.map((list) => Uint8Array.from(list)),
          bytes,
        ),
        bytes,
        (middle, around) => {
          const buffer = concatBytes(around, middle, around);
          const end = around.length + middle.length;
          const expected = attempt(
            () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(middle),
            TypeError,
          );
          expect(isUtf8(buffer, around.length, end)).toBe(expected !== undefined);
          expect(decodeUtf8(buffer, around.length, end)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is written for every text without lone surrogates, byte order mark included", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Length(text)).toBe(text.isWellFormed() ? Buffer.byteLength(text) : -1);
        if (text.isWellFormed()) expect(utf8Decode(utf8Encode(`\ufeff${text}`))).toBe(`\ufeff${text}`);
        else expect(() => utf8Encode(text)).toThrow(FormatError);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a decimal", () => {
  it("is read only as it is written", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat().map(String),
          fc.string({ unit: fc.constantFrom(...Array.from("0123456789+-.exn \n")), maxLength: 18 }),
        ),
        (text) => {
          const value = parseDecimal(text);
          if (value === undefined)
            expect(String(Number(text)) === text && Number.isSafeInteger(Number(text)) && Number(text) >= 0).toBe(
              false,
            );
          else expect(String(value)).toBe(text);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function attempt<T>(act: () => T, refusal: typeof FormatError | typeof TypeError = FormatError): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}
