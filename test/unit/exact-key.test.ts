import { describe, expect, it } from "vitest";
import { exactKey, KEY_KINDS, termKeys, traceabilityKeys } from "../../protocol/record/exact-key.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { parseTraceability } from "../../protocol/record/traceability.ts";
import { utf8Encode } from "../../protocol/bytes.ts";

describe("an exact key", () => {
  it.each([
    ["gtin", "5 709386 484552", "gtin 05709386484552"],
    ["barcode", "EAN 5709386484552", "gtin 05709386484552"],
    ["gtin", "05709386484552", "gtin 05709386484552"],
    ["gtin", "5709386484553", "barcode 5709386484553"],
    ["barcode", "X0010 NL93L", "barcode x0010 nl93l"],
    ["batch", "LOT-0520 / A", "batch lot0520a"],
    ["batch", "lot 0520.a", "batch lot0520a"],
    ["model", "RB‑2", "model rb2"],
    ["brand", "Mercedes- Benz", "brand mercedesbenz"],
    ["customs-code", "9503.00 41", "customs-code 95030041"],
    ["operator", "Bright Toys Co., Ltd.", "operator bright toys co ltd"],
    ["case", "Safety-Gate  A12/00001/20", "case safety-gate a12/00001/20"],
    ["name", "  ＡＢ  c ", "name ab c"],
  ] as const)("%s of %s", (kind, text, key) => {
    expect(Object.values(exactKey(kind, text) ?? {}).join(" ")).toBe(key);
  });

  it("of which nothing is left is none", () => {
    expect(exactKey("batch", " -/. ")).toBeUndefined();
    expect(exactKey("operator", "…")).toBeUndefined();
  });

  it("is the same when it is made once more", () => {
    for (const kind of KEY_KINDS) {
      const key = exactKey(kind, "Lot 05-20/A. 5 709386 484552");
      expect(key === undefined ? undefined : exactKey(key.kind, key.value)).toEqual(key);
    }
  });
});

it("every field of every example's terms is a kind of key", () => {
  for (const type of RECORD_TYPES) {
    const { body, refs = [] } = type.example;
    const { terms } = type.read(body, refs.length);
    expect(termKeys(terms).every(({ kind, value }) => KEY_KINDS.includes(kind) && value !== "")).toBe(true);
  }
});

it("a traceability section is joined by operators, batches and customs codes, each once", () => {
  const section = {
    type: "traceability",
    version: 1,
    operators: [
      { link: "importer", name: "Bright B.V.", tradeName: "BRIGHT BV", email: "a@b.cd" },
      { link: "manufacturer", name: "Shantou Toys", tradeName: "shantou  toys" },
    ],
    batches: ["05-20", "0520"],
    customsCodes: ["9503.00"],
  };
  const { body } = parseTraceability(utf8Encode(JSON.stringify(section)));
  expect(traceabilityKeys(body).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
    "operator bright b v",
    "operator bright bv",
    "operator shantou toys",
    "batch 0520",
    "customs-code 950300",
  ]);
});
