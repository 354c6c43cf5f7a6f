import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { readSafetyGateCsv } from "../../cli/import/safety-gate-csv.ts";
import { sourceColumns } from "../../protocol/import/source-columns.ts";
import { formatRecord, readRecord } from "../../protocol/record/index.ts";
import { testData } from "../data.ts";

const FILE = testData("safety-gate-2020-w01-10.csv");

describe("the export of 2020, weeks 1 to 10", () => {
  it.skipIf(FILE === undefined)("goes in whole, and every column comes back character for character", async () => {
    // A reading of the file that shares nothing with ours but the library.
    const rows: Record<string, string>[] = parse(readFileSync(FILE ?? "", "utf8"), { columns: true });
    const numbers: string[] = [];
    for await (const { line, result } of readSafetyGateCsv(FILE ?? "")) {
      if (result.status === "refused") throw new Error(`line ${line}: ${JSON.stringify(result.errors)}`);
      const record = readRecord(formatRecord({ type: "alert", refs: [], partKinds: [], body: result.body }), 1);
      if (record.status !== "known" || record.type !== "alert") throw new Error(`line ${line} is no alert`);
      expect([record.unknownKeys, record.unknownCodes]).toEqual([[], []]);
      expect(Object.fromEntries(sourceColumns(record.body))).toEqual(rows[numbers.length]);
      expect(result.warnings.filter(({ code }) => code === "VALUE_UNKNOWN")).toEqual([]);
      numbers.push(result.number);
    }
    expect(numbers).toEqual(rows.map((row) => row["Alert number"]));
    expect(numbers.length).toBe(487);
  });

  it.skipIf(FILE === undefined)("has the damage that is known of it, and is said to", async () => {
    const counts = new Map<string, number>();
    for await (const { result } of readSafetyGateCsv(FILE ?? "")) {
      if (result.status === "refused") continue;
      for (const { code } of result.warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ TEXT_DAMAGED: 118, BARCODE_NOT_GTIN: 9, BARCODE_CHECK_DIGIT: 7 });
  });
});
