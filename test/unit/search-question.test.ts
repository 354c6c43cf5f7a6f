import { describe, expect, it } from "vitest";
import { formatQuestion, parseKey, parseQuestion } from "../../node/search/question.ts";
import { KEY_KINDS } from "../../protocol/record/exact-key.ts";

describe("a question", () => {
  it.each([
    ["Rattle choking", '("rattle") AND ("choking")'],
    ['"small parts" toy*', '("small parts") AND ("toy" *)'],
    ['"never closed', '("never closed")'],
    ['ab"cd ef"gh', '("ab") AND ("cd ef") AND ("gh")'],
    ["RB-2", '("rb 2" OR "rb2")'],
    ["RB-2*", '("rb 2" * OR "rb2" *)'],
    ["5709386484552", '("5709386484552" OR "05709386484552")'],
    ["05709386484552", '("05709386484552")'],
    ["玩具", '("玩具")'],
    ["具", '("具" *)'],
    ["具*", '("具" *)'],
    ["a OR b NOT c", '("a") AND ("or") AND ("b") AND ("not") AND ("c")'],
    ["tokens:x^2 NEAR(a,5) {b}", '("tokens x 2") AND ("near a 5") AND ("b")'],
    ["  ", ""],
    ["", ""],
  ])("%s", (text, expression) => {
    expect(formatQuestion(parseQuestion(text))).toBe(expression);
  });

  it("never hands on a character that means something to SQLite", () => {
    const marks = "\"*:^(){}+-,;'\\%_$?@!~`|<>=/.[]&#\u0000\uE000\uE001".split("");
    for (const a of marks)
      for (const b of marks) {
        const expression = formatQuestion(parseQuestion(`x${a}y${b}z ${a}${b}w`));
        expect(expression).toMatch(/^(?:\((?:"[^"]*"(?: \*)?(?: OR )?)+\)(?: AND )?)+$/);
        for (const [, phrase = ""] of expression.matchAll(/"([^"]*)"/g)) expect(phrase).toMatch(/^[a-z ]+$/);
      }
  });

  it.each([
    ["!!!", "no letter"],
    ["a".repeat(501), "500 characters"],
    ["a ".repeat(21), "20 words"],
    ["t*", "at least 2"],
  ])("%s is refused", (text, reason) => {
    expect(() => parseQuestion(text)).toThrow(reason);
  });
});

describe("a key that is asked for", () => {
  it("is told apart from its kind at the first equals sign", () => {
    expect(parseKey("batch=a=b", KEY_KINDS)).toEqual({ kind: "batch", value: "a=b" });
  });

  it.each(["batch", "=x", "colour=red", "batch=", "batch=-/"])("%s is refused", (text) => {
    expect(() => parseKey(text, KEY_KINDS)).toThrow(/is not KIND=VALUE|has no value/);
  });
});
