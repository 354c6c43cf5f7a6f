import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeJson, safeLine } from "../../cli/print-safe.ts";

const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/u;

/** Much of what is dangerous, between anything. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      "\u001b[31m",
      "\u001b]0;x\u0007",
      "\r",
      "\n",
      "\u0085",
      "\u009b",
      "\u202e",
      "\u2066",
      "\u200f",
      "\ufeff",
      "\ud800",
      "\udc00",
      "\u{e0041}",
      "é",
      "漢",
    ),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
});

describe("safeLine", () => {
  it("is one line without anything that drives a terminal or turns the direction of writing", () => {
    fc.assert(fc.property(hostile, (text) => !DANGEROUS.test(safeLine(text))));
  });

  it("is safe when it is done twice, and when pieces are put together", () => {
    fc.assert(
      fc.property(
        hostile,
        hostile,
        (a, b) => safeLine(safeLine(a)) === safeLine(a) && !DANGEROUS.test(safeLine(a) + safeLine(b)),
      ),
    );
  });

  it("leaves what people write as it is", () => {
    for (const text of ["Nijntje knuffel €5 – 漢字 – اللعبة – naïve 👩‍🔬", "a + b = c; <b> 'x' \"y\" \\ `z`"])
      expect(safeLine(text)).toBe(text);
  });

  it("makes a space of what breaks lines", () => {
    expect(safeLine("a\r\n\tb\u2028c")).toBe("a b c");
  });
});

describe("safeJson", () => {
  it("loses nothing, and nothing in it is dangerous", () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const json = safeJson({ value, text });
        expect(DANGEROUS.test(json)).toBe(false);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});
