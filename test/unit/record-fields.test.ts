import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { LABELS_EN } from "../../protocol/record/codes/labels-en.ts";
import { CODE_TABLES } from "../../protocol/record/codes/tables.ts";
import type { CodeTable } from "../../protocol/record/codes/tables.ts";
import { isDateText } from "../../protocol/record/date-text.ts";
import { isDecimalText, isPositiveDecimalText, isUnsignedDecimalText } from "../../protocol/record/decimal-text.ts";
import { barcodeTerms, findGtin } from "../../protocol/record/gtin.ts";
import { normalizeTerm } from "../../protocol/record/term.ts";

describe("codes", () => {
  it.each(Object.entries(CODE_TABLES))(
    "%s: unique, of the grammar, each with an English label",
    (table, codes: readonly string[]) => {
      expect(new Set(codes).size).toBe(codes.length);
      for (const code of codes) expect(code).toMatch(table === "country" ? /^[A-Z]{2}$/ : /^[a-z][a-z0-9-]{0,63}$/);
    },
  );

  it("every table has labels for exactly its codes", () => {
    for (const [table, labels] of Object.entries(LABELS_EN)) {
      const codes: readonly string[] = CODE_TABLES[table as CodeTable];
      expect(Object.keys(labels).toSorted()).toEqual(codes.toSorted());
    }
  });

  it("the specification lists every one of them", () => {
    const page = readFileSync(new URL("../../docs/spec/records.md", import.meta.url), "utf8");
    for (const [table, codes] of Object.entries(CODE_TABLES)) {
      if (table === "country") continue;
      expect(page).toContain(`| \`${table}\` | ${codes.map((code) => `\`${code}\``).join(", ")} |\n`);
    }
  });

  it("a code that is not known is shown as it stands, a language that is not known in English", () => {
    expect(codeLabel("risk-type", "fire", "en")).toBe("Fire");
    expect(codeLabel("risk-type", "fire", "fi")).toBe("Fire");
    expect(codeLabel("risk-type", "meteorite", "en")).toBe("meteorite");
    expect(codeLabel("risk-type", "constructor", "en")).toBe("constructor");
  });
});

describe("decimals", () => {
  it.each(["0", "0.25", "-3", "160", "2.990", "-0.0", "0".padEnd(41, "1").slice(1)])("%s is one", (text) =>
    expect(isDecimalText(text)).toBe(true),
  );
  it.each(["", "+1", ".5", "5.", "01", "1e3", "1,5", " 1", "1 ", "--1", "NaN", "٣", "1".repeat(41)])(
    "%j is none",
    (text) => expect(isDecimalText(text)).toBe(false),
  );
  it("may have to be unsigned or positive", () => {
    expect(["0.0", "-1", "2"].map(isUnsignedDecimalText)).toEqual([true, false, true]);
    expect(["0.00", "-1", "0.01"].map(isPositiveDecimalText)).toEqual([false, false, true]);
  });
});

describe("dates", () => {
  it.each(["2026", "2026-03", "2026-03-09", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])(
    "%s is one",
    (text) => expect(isDateText(text)).toBe(true),
  );
  it.each([
    "",
    "26",
    "2026-13",
    "2026-00",
    "2026-3-9",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-01-00",
    "2026-01-32",
    "2026-03-09T00:00:00Z",
    "09/03/2026",
  ])("%j is none", (text) => expect(isDateText(text)).toBe(false));
});

describe("trade item numbers", () => {
  it.each([
    ["5901738886414", "05901738886414", true],
    ["5 709386 484552", "05709386484552", true],
    ["EAN 5710087334206", "05710087334206", true],
    ["8 068911 625271 (on the packaging)", "08068911625271", true],
    ["Dog: 5 635235 514876", "05635235514876", true],
    ["036000291452", "00036000291452", true],
    ["9638 5074", "00000096385074", true],
    ["10012345678902", "10012345678902", true],
    ["5099011212071/88/95", "05099011212071", true],
    ["5901738886415", "05901738886415", false],
  ])("%s", (text, gtin14, isValid) => expect(findGtin(text)).toMatchObject({ gtin14, isValid }));

  it.each(["", "X0010NL93L", "22019/230/BE", "2606266", "52233001751000000000", "none"])("%j holds none", (text) =>
    expect(findGtin(text)).toBeUndefined(),
  );

  it("are terms by 14 digits; what is none stays findable as it stands", () => {
    expect(barcodeTerms(["5 901738 886414", "5901738886415", "X0010NL93L"])).toEqual([
      { field: "gtin", value: "05901738886414" },
      { field: "barcode", value: "5901738886415" },
      { field: "barcode", value: "x0010nl93l" },
    ]);
  });
});

describe("terms", () => {
  it("do not depend on case, width and spaces", () => expect(normalizeTerm("  ＡＢ\u00A0c\n D ")).toBe("ab c d"));
});
