import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";
import { splitBarcodes, splitMeasures, splitUrls } from "../../protocol/import/safety-gate-lists.ts";
import { splitList } from "../../protocol/import/split-list.ts";
import { readSafetyGateRow } from "../../protocol/import/safety-gate.ts";
import { columnsDigest, sourceColumns } from "../../protocol/import/source-columns.ts";

const EMPTY = new Map<string, string>(SAFETY_GATE_COLUMNS.map((column) => [column, ""]));

function row(cells: Readonly<Record<string, string>>): Map<string, string> {
  return new Map([...EMPTY, ["Alert number", "SR/90001/26"], ...Object.entries(cells)]);
}

function read(cells: Readonly<Record<string, string>>) {
  const result = readSafetyGateRow(row(cells));
  if (result.status === "refused") throw new Error(JSON.stringify(result.errors));
  return result;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(bytes).digest());
}

describe("a row", () => {
  it("becomes an alert", () => {
    const { number, body, warnings } = read({
      Year: "2026",
      Week: "9",
      "Type of alert": "Products with serious risks",
      "Product user": "Consumer",
      "Alert submitted by": "The Netherlands",
      Category: "Toys",
      Product: "Soft toy",
      Brand: "One, Two",
      "OECD Portal Category": "86000000 - Toys / Games",
      "Country of origin": "Unknown",
      Counterfeit: "UNKNOWN",
      "Risk type": "Choking, Fire",
      "Technical defect": "An eye comes off / or falls. / It does not comply.",
      "Measures adopted by notifying country": "Stop of salesRecall of the product from end users, Stop of sales",
      "Products were found and measures were taken also in": "Estonia, Estonia, Malta",
      Barcode: "5901738886414",
      "Company recall code (**)": "A1",
    });
    expect(number).toBe("SR/90001/26");
    expect(warnings).toEqual([]);
    expect({ ...body, source: undefined }).toEqual({
      notification: "serious-risk",
      cases: [{ system: "safety-gate", number: "SR/90001/26" }],
      notifyingCountry: "NL",
      published: { year: 2026, week: 9 },
      product: {
        user: "consumer",
        category: "toys",
        portalCategory: { code: "86000000", name: "Toys / Games" },
        kind: { en: "Soft toy" },
        brands: ["One", "Two"],
        barcodes: ["5901738886414"],
        countryOfOrigin: "ZZ",
        counterfeit: "unknown",
      },
      risk: {
        level: "serious",
        types: ["choking", "fire"],
        description: { en: "An eye comes off / or falls." },
        legalProvision: { en: "It does not comply." },
      },
      measures: [
        { category: "stop-of-sales", obligation: "unknown", text: { en: "Stop of sales" } },
        { category: "recall", obligation: "unknown", text: { en: "Recall of the product from end users" } },
        { category: "stop-of-sales", obligation: "unknown", text: { en: "Stop of sales" } },
      ],
      foundIn: ["EE", "MT"],
      recall: { codes: ["A1"] },
      source: undefined,
    });
  });

  it("with nothing but a number is an alert too", () => {
    expect(read({}).body).toMatchObject({ notification: "unknown", product: {}, risk: {} });
  });

  it("gives all its columns back, extra ones too, whatever their order", () => {
    const cells = new Map([
      ["Notes of the importer", ' "x"\r\n '],
      ...[...row({ Name: " Pi\uFFFData ", Risk: "older text" })].toReversed(),
    ]);
    const result = readSafetyGateRow(cells);
    if (result.status === "refused") throw new Error("refused");
    const columns = sourceColumns(result.body);
    expect(columns).toEqual(cells);
  });

  it("with words that nobody knows keeps them as text and says so", () => {
    const { body, warnings } = read({
      "Type of alert": "Products of concern",
      Category: "Time machines",
      "Country of origin": "Atlantis",
      "OECD Portal Category": "Toys",
      "Measures adopted by notifying country": "Stop of sales, Stern letter",
      Barcode: "5901738886415, n/a",
      Description: "T\uFFFDy",
    });
    expect(body).toMatchObject({
      notification: "unknown",
      measures: [{ category: "stop-of-sales" }, { category: "unknown", text: { en: "Stern letter" } }],
    });
    expect(body.product.barcodes).toEqual(["5901738886415", "n/a"]);
    expect(body.product).not.toHaveProperty("category");
    expect(warnings.map(({ column, code }) => `${column}: ${code}`)).toEqual([
      "Type of alert: VALUE_UNKNOWN",
      "Category: VALUE_UNKNOWN",
      "OECD Portal Category: VALUE_UNKNOWN",
      "Barcode: BARCODE_CHECK_DIGIT",
      "Barcode: BARCODE_NOT_GTIN",
      "Country of origin: VALUE_UNKNOWN",
      "Measures adopted by notifying country: VALUE_UNKNOWN",
      "Description: TEXT_DAMAGED",
    ]);
  });

  it.each([
    ["has no number", { "Alert number": " " }, ["Alert number"]],
    ["has a word for a year", { Year: "MMXX", Week: "1" }, ["Year"]],
    ["has a year and no week", { Year: "2020" }, ["Week"]],
    ["has a week 54 in the year 20", { Year: "20", Week: "54" }, ["Year", "Week"]],
    ["has too long a brand", { Brand: "x".repeat(2_001) }, ["Brand"]],
    ["has too long a cell that is only kept", { Risk: "x".repeat(98_302) }, ["Risk"]],
    ["has half a character", { Description: "\uD83D" }, ["Description"]],
    ["has a byte order mark", { Notes: "\uFEFFx" }, ["Notes"]],
  ])("is refused where it %s", (_, cells, columns) => {
    const result = readSafetyGateRow(row(cells));
    expect(result.status === "refused" && result.errors.map((error) => error.column)).toEqual(columns);
  });

  it("without a column is refused", () => {
    expect(readSafetyGateRow(new Map([["Year", "2020"]]))).toMatchObject({ status: "refused", errors: { length: 27 } });
  });

  it("has one digest, whatever the order of its columns", () => {
    const digest = columnsDigest(row({ Name: "a" }), sha256);
    expect(columnsDigest(new Map([...row({ Name: "a" })].toReversed()), sha256)).toEqual(digest);
    expect(columnsDigest(row({ Name: "b" }), sha256)).not.toEqual(digest);
    const columns = sourceColumns(read({ Name: "a" }).body);
    expect(columnsDigest(columns, sha256)).toEqual(digest);
  });
});

describe("lists in a cell", () => {
  it("are split at a comma and a space", () => {
    expect(splitList("a, b,, c , a, d,e")).toEqual(["a", "b", "c", "d,e"]);
  });

  it("of barcodes may have commas inside", () => {
    expect(
      splitBarcodes("Bunny: 5 635235, 514906, Cow: 5 635235, 514883, Dog: 5 635235 514876 , Duck: 5 635235, 514920"),
    ).toEqual(["Bunny: 5 635235 514906", "Cow: 5 635235 514883", "Dog: 5 635235 514876", "Duck: 5 635235 514920"]);
    expect(splitBarcodes("8410446738849, 84100446738856, 8410446738870")).toHaveLength(3);
  });

  it("of addresses are split where a new one begins", () => {
    expect(splitUrls("https://a.example/x  https://b.example")).toEqual(["https://a.example/x", "https://b.example"]);
    expect(splitUrls("https://a.example/x  b341.html")).toEqual(["https://a.example/x  b341.html"]);
  });

  it.each([
    ["OtherOther", ["Other", "Other"]],
    ["Other measures taken", ["Other measures taken"]],
    [
      "Temporary ban on the supply, offer to supply and display of the product, Other",
      ["Temporary ban on the supply, offer to supply and display of the product", "Other"],
    ],
    [
      "Withdrawal of the product from the marketSomething new, Stop of sales",
      ["Withdrawal of the product from the market", "Something new", "Stop of sales"],
    ],
    [", ,", []],
    ["", []],
  ])("of measures: %s", (cell, measures) => expect(splitMeasures(cell)).toEqual(measures));
});
