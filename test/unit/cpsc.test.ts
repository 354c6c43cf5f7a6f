import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import { readCpscFile } from "../../cli/import/cpsc-file.ts";
import type { ImportLine } from "../../cli/import/import-line.ts";
import { CPSC_COLUMNS, readCpscRow } from "../../protocol/import/cpsc-csv.ts";
import { readCpscJson } from "../../protocol/import/cpsc-json.ts";
import type { ImportResult } from "../../protocol/import/import-result.ts";
import { succeed } from "../../protocol/import/same-alert.ts";
import { sourceColumns } from "../../protocol/import/source-columns.ts";
import { formatRecord, readRecord } from "../../protocol/record/index.ts";

const dir = mkdtempSync(join(tmpdir(), "entente-cpsc-"));
afterAll(() => rmSync(dir, { recursive: true }));

const JSON_SAMPLE = sample("cpsc-sample.json");
const CSV_SAMPLE = sample("cpsc-sample.csv");

function sample(name: string): string {
  return fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
}

function file(content: string | Uint8Array): string {
  const path = join(dir, "recalls");
  writeFileSync(path, content);
  return path;
}

async function readAll(path: string): Promise<ImportLine[]> {
  const all: ImportLine[] = [];
  for await (const line of readCpscFile(path)) all.push(line);
  return all;
}

function read(result: ImportResult | undefined) {
  if (result?.status !== "read") throw new Error(JSON.stringify(result));
  return result;
}

async function outline(content: string | Uint8Array): Promise<string[]> {
  return (await readAll(file(content))).map(({ line, result }) =>
    result.status === "read"
      ? `${line} ${result.number}`
      : `${line} ${result.errors.map(({ column, reason }) => `${column}: ${reason}`).join("; ")}`,
  );
}

describe("recalls as JSON", () => {
  it("become alerts", async () => {
    const [first, second] = (await readAll(JSON_SAMPLE)).map(({ result }) => read(result));
    expect(first).toMatchObject({ number: "26-901", warnings: [] });
    expect(first?.body).toMatchObject({
      notification: "unknown",
      cases: [{ system: "cpsc", number: "26-901" }],
      notifyingCountry: "US",
      product: {
        user: "consumer",
        kind: { en: "Toys" },
        name: "Wooden pull-along ducks",
        models: ["QD-104", "QD-105"],
        barcodes: [expect.stringMatching(/^20000000104\d$/)],
        countryOfOrigin: "CN",
      },
      risk: { types: ["chemical"], description: { en: expect.stringContaining("levels of lead") } },
      measures: [{ category: "recall", obligation: "unknown", entryIntoForce: "2026-03-12" }],
      foundIn: ["CA"],
      url: "https://recalls.example/2026/quackery-ducks",
    });
    expect(second?.body.product).toMatchObject({ name: "Travel chargers VT-20W; Travel chargers VT-30W" });
    expect(second?.body.product).not.toHaveProperty("countryOfOrigin");
    expect(second?.warnings).toMatchObject([{ column: "ManufacturerCountries", code: "VALUE_UNKNOWN" }]);
    expect(second && sourceColumns(second.body).get("Distributors")).toBe('[{"Name":"Voltaro LLC","CompanyID":""}]');
  });

  it("are records that know all their keys and codes", async () => {
    for (const { result } of [...(await readAll(JSON_SAMPLE)), ...(await readAll(CSV_SAMPLE))]) {
      const { body } = read(result);
      const record = readRecord(formatRecord({ type: "alert", refs: [], partKinds: [], body }), 1);
      expect([record.status, record.unknownKeys, record.unknownCodes]).toEqual(["known", [], []]);
    }
  });

  it("keep every key, also one that nobody knows", () => {
    const { body } = read(
      readCpscJson({ RecallNumber: 24_001, New: { a: [1.5, null] }, Title: ' "x"\n', Images: null }),
    );
    expect(body.source).toEqual({
      system: "cpsc",
      reference: "24-001",
      columns: { RecallNumber: "24001", New: '{"a":[1.5,null]}', Title: ' "x"\n', Images: "null" },
    });
  });

  it.each([
    ["no number", { Title: "Error" }, "RecallNumber: empty: without a number the recall cannot be recognised again"],
    ["an object where a list stands", { RecallNumber: "1", Products: { Name: "x" } }, "Products: not a list"],
    ["too long a key's text", { RecallNumber: "1", Title: "x".repeat(98_302) }, "Title: longer than 98301 bytes"],
    [
      "too long a model",
      { RecallNumber: "1", Products: [{ Model: "x".repeat(2_001) }] },
      "Products: longer than 2000 bytes",
    ],
  ])("with %s are refused", (_, recall, error) => {
    const result = readCpscJson(recall);
    expect(result.status === "refused" && result.errors.map(({ column, reason }) => `${column}: ${reason}`)).toEqual([
      error,
    ]);
  });
});

describe("a JSON file", () => {
  const good = '{"RecallNumber":"24002","Title":"a ] } \\" \\\\"}';

  it.each([
    ["one after another", `[{"RecallNumber":"24001"},${good}]`, ["1 24-001", "1 24-002"]],
    ["on lines of their own", `\uFEFF\n[\n{"RecallNumber":\n"24001"}\n,\n${good}]\n`, ["3 24-001", "6 24-002"]],
    ["none", "[ ]", []],
    [
      "a bad one among good ones",
      `[{"RecallNumber":24001,}\n,${good}]`,
      [expect.stringMatching(/^1 : not JSON/), "2 24-002"],
    ],
    [
      "too long a one",
      `[{"a":"${"x".repeat(1_048_576)}"},${good}]`,
      ["1 : longer than the 1048576 bytes of a record", "1 24-002"],
    ],
  ])("%s", async (_, content, lines) => expect(await outline(content)).toEqual(lines));

  it("says the same wherever its pieces are cut", async () => {
    const many = Array.from(
      { length: 5_000 },
      (_, i) => `{"RecallNumber":"x${i}","Title":"é\\"]\\\\${"y".repeat(i % 97)}"}`,
    );
    const lines = await outline(`[${many.join(",\n")}]`);
    expect(lines).toEqual(many.map((_, i) => `${i + 1} x${i}`));
  });

  it("of another encoding sets its recalls aside", async () => {
    expect(await outline(Buffer.from('[{"RecallNumber":"é"}]', "latin1"))).toEqual(["1 : not UTF-8"]);
  });

  it.each([
    ["an object", "{}", /line 1: not one list of objects/],
    ["a list of numbers", "[\n1]", /line 2: not a list of objects/],
    ["two lists", "[]\n[]", /line 2: not one list of objects/],
    ["without a comma", `[${good}\n${good}]`, /line 2: not a list of objects/],
    ["with a comma too many", `[${good},\n]`, /line 2: not a list of objects/],
    ["broken off", `[${good},\n{"a":`, /line 2: the file ends before its list does/],
  ])("that is %s is refused with its line", async (_, content, message) => {
    const error: unknown = await readAll(file(content)).catch((reason: unknown) => reason);
    if (!(error instanceof CliError)) throw new Error("not refused");
    expect([error.code, error.message]).toEqual(["FILE", expect.stringMatching(message)]);
  });
});

describe("recalls as CSV", () => {
  const empty = new Map<string, string>(CPSC_COLUMNS.map((column) => [column, ""]));

  it("become alerts, and warnings too", async () => {
    const [recall, warning] = (await readAll(CSV_SAMPLE)).map(({ result }) => read(result));
    expect(recall).toMatchObject({ number: "26-901", warnings: [] });
    expect(warning).toMatchObject({
      number: "26-903",
      warnings: [],
      body: {
        product: { name: "Orbitrix magnetic balls", countryOfOrigin: "CN" },
        measures: [
          {
            category: "warning-consumers",
            entryIntoForce: "2026-03-26",
            text: { en: expect.stringMatching(/^Stop using/) },
          },
        ],
      },
    });
  });

  it.each([
    ["February 05, 2026", "2026-02-05"],
    ["February 5 2026", "2026-02-05"],
    ["February 30, 2026", undefined],
    ["05/02/2026", undefined],
    ["", undefined],
  ])("have a date that reads %s", (text, date) => {
    const { body } = read(readCpscRow(new Map([...empty, ["Recall Number", "24-001"], ["Date", text]])));
    expect(body.measures?.[0]?.entryIntoForce).toBe(date);
  });

  it("without either number are refused", () => {
    expect(readCpscRow(empty)).toMatchObject({ status: "refused", errors: [{ column: "Recall Number" }] });
  });

  it("of another table are refused with what to get", async () => {
    const error: unknown = await readAll(file("a,b\n1,2\n")).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "FILE",
      message: expect.stringContaining("none of the columns of the list of recalls"),
      hint: expect.stringContaining("cpsc.gov"),
    });
  });

  it("are the same as those of the API, which says more", async () => {
    const [json] = (await readAll(JSON_SAMPLE)).map(({ result }) => read(result).body);
    const [csv] = (await readAll(CSV_SAMPLE)).map(({ result }) => read(result).body);
    if (json === undefined || csv === undefined) throw new Error("not there");
    expect(succeed(json, csv).isNews).toBe(false);
    expect(succeed(csv, json)).toMatchObject({ isNews: true, body: { foundIn: ["CA"] } });
  });
});
