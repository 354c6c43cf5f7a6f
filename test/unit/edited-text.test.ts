import { describe, expect, it } from "vitest";
import { jsonLines } from "../../cli/edit/json-lines.ts";
import { withFault, withoutFaults, withoutNotes } from "../../cli/edit/notes.ts";
import { recordTemplate } from "../../cli/edit/template.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { parseRecordJson } from "../../protocol/record/json.ts";

describe("a template", () => {
  it.each(RECORD_TYPES.map((type) => [type.name, type] as const))("of %s reads as its example", (name, type) => {
    const text = recordTemplate(name) ?? "";
    const { refs = [], ...example } = type.example;
    expect(parseRecordJson(withoutNotes(text))).toEqual({ ...example, refs });
    expect(text.split("\n").filter((line) => line.trimStart().startsWith("// ")).length).toBeGreaterThan(4);
  });

  it("says what a field is, and which codes there are", () => {
    const lines = (recordTemplate("alert") ?? "").split("\n");
    expect(lines[lines.findIndex((line) => line.includes('"level"')) - 1]).toMatch(/\/\/ .*; one of .*serious/);
    expect(lines.some((line) => /\/\/ There may also be: /.test(line))).toBe(true);
  });

  it("there is none of what is no type", () => {
    expect(recordTemplate("allert")).toBeUndefined();
  });
});

describe("lines of a text", () => {
  const TEXT = `{
  "type": "alert",
  "body": {
    "product": { "barcodes": [
      "1",
      "2"
    ], "a.b": null },
    "empty": [], "none": {}
  }
}`;

  it("are found by path", () => {
    expect(Object.fromEntries(jsonLines(TEXT).lines)).toEqual({
      "": 0,
      type: 1,
      body: 2,
      "body.product": 3,
      "body.product.barcodes": 3,
      "body.product.barcodes[0]": 4,
      "body.product.barcodes[1]": 5,
      "body.product.a.b": 6,
      "body.empty": 7,
      "body.none": 7,
    });
    expect(jsonLines(TEXT).broken).toBeUndefined();
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 1],
    ['{\n  "a": 1,\n}', 2],
    ['{\n  "a": oops\n}', 1],
    ['{\n  "a": "no end\n}', 1],
    ['{\n  "a": [1, 2\n', 1],
    ['{\n  "a": 1\n}}', 2],
    ["{\n  a: 1\n}", 1],
    ['{\n  "a" 1\n}', 1],
    ['{\n  "a": [1,]\n}', 1],
  ])("are also found where it is no JSON: %j", (text, line) => {
    expect(() => void JSON.parse(text)).toThrow();
    expect(jsonLines(text).broken).toBe(line);
  });
});

describe("notes", () => {
  it("go, the numbers of the lines stay", () => {
    expect(withoutNotes('// a\n{\n  // b\n  "url": "https://x" // kept\n}')).toBe(
      '\n{\n\n  "url": "https://x" // kept\n}',
    );
  });

  it("of what is wrong stand above the line, once", () => {
    const text = '{\n  "a": 1\n}';
    const marked = withFault(text, 1, "a: wrong\nwrite it so");
    expect(marked).toBe('{\n  //! a: wrong\n  //! write it so\n  "a": 1\n}');
    expect(withoutFaults(marked)).toBe(text);
  });
});
