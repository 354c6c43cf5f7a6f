import { describe, expect, it } from "vitest";
import { codeLabel } from "../../protocol/record/codes/label.ts";
import { CODE_TABLES, type CodeTable } from "../../protocol/record/codes/tables.ts";
import { chooseLanguage, parseLanguage } from "../../protocol/record/language.ts";
import { formatSummary, textsItem } from "../../protocol/record/summary.ts";

const LANGUAGES = ["en", "de", "fr", "nl", "zh"];
const TABLES: readonly (readonly [string, readonly string[]])[] = Object.entries(CODE_TABLES);

function isTable(name: string): name is CodeTable {
  return name in CODE_TABLES;
}

describe.each(LANGUAGES)("labels in %s", (language) => {
  it.each(TABLES)("%s: each code has one of its own", (table, codes) => {
    if (!isTable(table)) throw new Error(`${table} is no table`);
    const labels = codes.map((code) => codeLabel(table, code, language));
    expect(labels.filter((label) => label.trim() !== label || label === "")).toEqual([]);
    expect(new Set(labels).size).toBe(codes.length);
  });
});

describe("a label is in", () => {
  it.each([
    ["de", "Rückruf des Produkts bei den Endverbrauchern"],
    ["de-AT", "Rückruf des Produkts bei den Endverbrauchern"],
    ["nl-BE", "Terugroepen van het product bij de eindgebruikers"],
    ["fr-CH", "Rappel du produit auprès des utilisateurs finaux"],
    ["zh", "从最终用户处召回产品"],
    ["zh-CN", "从最终用户处召回产品"],
    ["zh-Hans", "从最终用户处召回产品"],
    ["zh-Hans-CN", "从最终用户处召回产品"],
    ["fi-FI", "Recall of the product from end users"],
  ])("%s", (language, label) => expect(codeLabel("measure-category", "recall", language)).toBe(label));
});

describe("a text is read", () => {
  it.each([
    ["in the very language", ["de-AT", "de", "en"], ["de-AT"], "de-AT"],
    ["in a wider one", ["en", "de"], ["de-AT"], "de"],
    ["in another of the same", ["en", "zh-Hans"], ["zh-CN"], "zh-Hans"],
    ["in the second wish", ["en", "fr"], ["nl", "fr"], "fr"],
    ["else in English", ["fr", "en"], ["nl"], "en"],
    ["else in British English", ["fr", "en-GB"], ["nl"], "en-GB"],
    ["else in the first", ["fr", "de"], ["nl"], "fr"],
    ["not in one that begins alike", ["den", "en"], ["de"], "en"],
    ["in none, of none", [], ["nl"], undefined],
  ])("%s", (_, there, wanted, found) => expect(chooseLanguage(there, wanted)).toBe(found));

  it("so in a summary", () => {
    const summary = [textsItem({ en: "Toy", "zh-Hans": "玩具" })].filter((item) => item !== undefined);
    expect(formatSummary(summary, ["zh-CN"])).toBe("玩具");
    expect(formatSummary(summary, ["de"])).toBe("Toy");
  });
});

it.each([
  ["de", "de"],
  ["de_AT", "de-AT"],
  ["ZH-HANS-cn", "zh-Hans-CN"],
  ["es-419", "es-419"],
  ["german", undefined],
  ["C", undefined],
  ["", undefined],
  ["en-GB-oed", undefined],
])("as a language, %j is %s", (text, language) => expect(parseLanguage(text)).toBe(language));
