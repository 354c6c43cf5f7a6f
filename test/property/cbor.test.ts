import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareBytes, equalBytes } from "../../protocol/bytes.ts";
import { cborSize, decodeCbor, encodeCbor, scanCbor } from "../../protocol/cbor.ts";
import type { CborValue } from "../../protocol/cbor.ts";
import { FormatError } from "../../protocol/format-error.ts";

const text = fc.string({ unit: "binary", maxLength: 40 }).filter((value) => !value.startsWith("\ufeff"));
const key = fc.oneof(
  text,
  fc.string({ unit: fc.constantFrom("a", "b", "\u00e9", "\ufffd", "\u{10000}"), maxLength: 4 }),
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -1, -24, -25, -(2 ** 32), -(2 ** 32) - 1),
  text,
  fc.uint8Array({ maxLength: 300 }),
);

const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(
      key.filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 30, noNullPrototype: false },
    ),
  ),
}));

const encoded = value.map(encodeCbor);

/** A few bytes of a valid encoding changed, inserted or left out. */
const damaged = fc
  .tuple(
    encoded,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(2)), { minLength: 1, maxLength: 3 }),
  )
  .map(([bytes, edits]) => {
    const out = [...bytes];
    for (const [at, byte, kind] of edits)
      out.splice(at % (out.length + 1), kind === 2 ? 0 : 1, ...(kind === 0 ? [] : [byte]));
    return Uint8Array.from(out);
  });

describe("canonical CBOR", () => {
  it("decodes what it encodes", () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = encodeCbor(original);
        expect(cborSize(original)).toBe(bytes.length);
        expect(decodeCbor(bytes)).toEqual(withoutPrototypes(original));
      }),
      { numRuns: 300 },
    );
  });

  it("re-encodes to the same bytes whatever it accepts, and its scanner says what its decoder says", () => {
    const input = fc.oneof(damaged, fc.uint8Array({ maxLength: 60 }), tokens());
    fc.assert(
      fc.property(input, (bytes) => {
        const outcome = attempt(() => encodeCbor(decodeCbor(bytes)));
        expect(attempt(() => scanCbor(bytes))).toEqual(outcome instanceof Uint8Array ? undefined : outcome);
        if (outcome instanceof Uint8Array) expect(equalBytes(outcome, bytes)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("sorts keys by their encoded bytes, in whatever order they were put", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 20 }), (keys) => {
        const names = keys.filter((name) => name !== "__proto__");
        const map = Object.fromEntries(names.map((name) => [name, 0]));
        const sorted = names.map(encodeCbor).sort(compareBytes);
        const body = sorted.flatMap((bytes) => [...bytes, 0]);
        expect([...encodeCbor(map)]).toEqual([0xa0 + names.length, ...body]);
      }),
    );
  });
});

/** Sequences of initial bytes, which come across more rules than random bytes do. */
function tokens(): fc.Arbitrary<Uint8Array> {
  const token = fc.constantFrom(
    0x00,
    0x17,
    0x18,
    0x19,
    0x20,
    0x38,
    0x40,
    0x41,
    0x58,
    0x60,
    0x61,
    0x62,
    0x78,
    0x80,
    0x81,
    0x82,
  );
  const more = fc.constantFrom(
    0x98,
    0x9f,
    0xa0,
    0xa1,
    0xa2,
    0xb8,
    0xc0,
    0xf4,
    0xf5,
    0xf6,
    0xf7,
    0xf9,
    0xff,
    0xc3,
    0xa9,
    0xef,
    0xbb,
    0xbf,
  );
  return fc.array(fc.oneof(token, more), { maxLength: 20 }).map((bytes) => Uint8Array.from(bytes));
}

function attempt<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}

function withoutPrototypes(original: CborValue): CborValue {
  if (original === null || typeof original !== "object" || original instanceof Uint8Array) return original;
  if (Array.isArray(original)) return original.map(withoutPrototypes);
  const entries = Object.entries(original).map(([name, item]) => [name, withoutPrototypes(item)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
