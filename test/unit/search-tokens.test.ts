import { describe, expect, it } from "vitest";
import { phraseOf, tokensOf } from "../../node/search/tokens.ts";

describe("tokens of an entry", () => {
  it.each([
    ["Größe 12,5 cm (Łódź)", "grosse 12 5 cm lodz"],
    ["Müller MÜLLER mu\u0308ller", "muller muller muller"],
    ["Straße STRASSE ẞ", "strasse strasse ss"],
    ["Œuvre Ærø Þór", "oeuvre aero thor"],
    ["İSTANBUL ısı Iğdır", "istanbul isi igdir"],
    ["ΟΔΟΣ οδός", "οδοσ οδοσ"],
    ["Ёлка, йод", "елка иод"],
    ["Đà Nẵng", "da nang"],
    ["مُحَمَّد", "محمد"],
    ["שָׁלוֹם", "שלום"],
    ["ＡＢＣ １２３ ﬁsh ①", "abc 123 fish 1"],
    ["EN 71-1:2014+A1", "en 71 1 2014 a1"],
    ["की का", "की का"],
    ["玩具熊", "玩具 具熊 熊"],
    ["熊", "熊"],
    ["LED灯具", "led 灯具 具"],
    ["2020年12月", "2020 年 12 月"],
    ["おもちゃガ", "おも もち ちゃ ゃガ ガ"],
    ["ｶﾞﾗｽ", "ガラ ラス ス"],
    ["コーヒー", "コー ーヒ ヒー ー"],
    ["장난감을", "장난 난감 감을 을"],
    ["ของเล่น", "ขอ อง งเ เล ล่ ่น น"],
    ["𠮷野家", "𠮷野 野家 家"],
    ["。、「」…!?-_", ""],
    ["\uE000\uE001abc", "abc"],
  ])("%s", (text, tokens) => {
    expect(tokensOf(text).join(" ")).toBe(tokens);
  });
});

describe("the phrase that finds a text", () => {
  it.each([
    ["toy", false, "toy"],
    ["toy", true, "toy*"],
    ["RB-2", true, "rb 2*"],
    ["玩具", false, "玩具"],
    ["玩具熊", false, "玩具 具熊"],
    ["具", false, "具*"],
    ["玩具 熊猫", false, "玩具 具 熊猫"],
    ["灯LED", false, "灯 led"],
    ["2020年", false, "2020 年*"],
  ])("%s %s", (text, isPrefix, phrase) => {
    const { tokens, isPrefix: asked } = phraseOf(text, isPrefix) ?? { tokens: [], isPrefix: false };
    expect(`${tokens.join(" ")}${asked ? "*" : ""}`).toBe(phrase);
  });

  it("of nothing is none", () => {
    expect(phraseOf("…", false)).toBeUndefined();
  });
});
