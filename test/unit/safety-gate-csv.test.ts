import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import type { ImportLine } from "../../cli/import/import-line.ts";
import { readSafetyGateCsv } from "../../cli/import/safety-gate-csv.ts";
import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";

const dir = mkdtempSync(join(tmpdir(), "entente-csv-"));
afterAll(() => rmSync(dir, { recursive: true }));

const SAMPLE = fileURLToPath(new URL("../../samples/safety-gate-sample.csv", import.meta.url));
const HEADER = SAFETY_GATE_COLUMNS.join(",");
const NUMBER = SAFETY_GATE_COLUMNS.indexOf("Alert number");
const DESCRIPTION = SAFETY_GATE_COLUMNS.indexOf("Description");

function file(content: string | Uint8Array, name = "export.csv"): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

/** A row with that number, and a description as it stands in the file. */
function line(number: string, description = ""): string {
  return SAFETY_GATE_COLUMNS.map((_, index) =>
    index === NUMBER ? number : index === DESCRIPTION ? description : "",
  ).join(",");
}

async function readAll(path: string): Promise<ImportLine[]> {
  const lines: ImportLine[] = [];
  for await (const item of readSafetyGateCsv(path)) lines.push(item);
  return lines;
}

/** `3 SR/1` for a row that went in, `4 Year: reason` for one that did not. */
async function outline(content: string | Uint8Array): Promise<string[]> {
  const lines = await readAll(file(content));
  return lines.map(({ line: number, result }) =>
    result.status === "read"
      ? `${number} ${result.number}`
      : `${number} ${result.errors.map((error) => `${error.column}: ${error.reason}`).join("; ")}`,
  );
}

async function refusal(path: string): Promise<CliError> {
  const error: unknown = await readAll(path).catch((reason: unknown) => reason);
  if (!(error instanceof CliError)) throw new Error("not refused");
  return error;
}

describe("an export as CSV", () => {
  it("the sample goes in whole", async () => {
    const lines = await readAll(SAMPLE);
    expect(lines.map(({ line: number, result }) => [number, result.status])).toEqual(
      [2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 17, 18].map((at) => [at, "read"]),
    );
    const warnings = lines.flatMap(({ result }) =>
      result.status === "read" ? result.warnings.map((warning) => warning.code) : [],
    );
    expect(warnings).toEqual(["BARCODE_CHECK_DIGIT", "BARCODE_NOT_GTIN"]);
  });

  it.each([
    ["LF", `${HEADER}\n${line("a")}\n${line("b")}\n`],
    ["CRLF", `${HEADER}\r\n${line("a")}\r\n${line("b")}\r\n`],
    ["no last newline", `${HEADER}\n${line("a")}\n${line("b")}`],
    ["a byte order mark", `\uFEFF${HEADER}\n${line("a")}\n${line("b")}`],
    ["a byte order mark before a quotation mark", `\uFEFF"Year"${HEADER.slice(4)}\n${line("a")}\n${line("b")}`],
    ["semicolons", `${HEADER}\n${line("a")}\n${line("b")}`.replaceAll(",", ";")],
    ["tabs", `${HEADER}\n${line("a")}\n${line("b")}`.replaceAll(",", "\t")],
  ])("with %s", async (_, content) => expect(await outline(content)).toEqual(["2 a", "3 b"]));

  it("with blank lines, empty rows and fields of several lines still counts lines", async () => {
    const content = [HEADER, "", line("a", '"one\r\n""two""\r\n"'), ",".repeat(27), "  ", line("b")].join("\r\n");
    expect(await outline(content)).toEqual(["3 a", "8 b"]);
  });

  it("keeps cells character for character, and columns that nobody knows", async () => {
    const cell = ' a;\t"é"\r\n\uFFFD ';
    const content = `Mine,,${HEADER}\n"x, y",z,${line("a", `"${cell.replaceAll('"', '""')}"`)}`;
    const [first] = await readAll(file(content));
    if (first?.result.status !== "read") throw new Error("refused");
    expect(first.result.body.source?.columns).toMatchObject({
      Mine: "x, y",
      "column 2": "z",
      Description: cell,
      "Alert number": "a",
    });
  });
});

describe("a bad row", () => {
  const good = [line("b"), line("c", '"x\ny"'), line("d")];

  it.each([
    ["with too few columns", "1,2", ["2 Type of alert: the row has 2 columns, the header 28"]],
    ["with too many", `${line("a")},x`, ["2 : the row has 29 columns, the header 28"]],
    [
      "without a number",
      line("", "toy"),
      ["2 Alert number: empty: without a number the alert cannot be recognised again"],
    ],
    [
      "with a quotation mark that is never closed",
      line("a", '"toy'),
      ["2 Description: text goes on after a closing quotation mark"],
    ],
    [
      "with a quotation mark in the middle",
      line("a", '5" toy'),
      ["2 Description: a quotation mark stands in a field that does not begin with one"],
    ],
    [
      "with text after a quotation mark",
      line("a", '"toy" red'),
      ["2 Description: text goes on after a closing quotation mark"],
    ],
  ])("%s is reported, and the others go in", async (_, bad, errors) => {
    expect(await outline([HEADER, bad, ...good].join("\n"))).toEqual([...errors, "3 b", "4 c", "6 d"]);
  });

  it("at the end is reported", async () => {
    expect(await outline([HEADER, line("b"), line("a", '"toy')].join("\n"))).toEqual([
      "2 b",
      "3 Description: a quotation mark is opened and not closed",
    ]);
  });

  it("in another encoding is reported by its column", async () => {
    const content = Buffer.from([HEADER, line("a", "caf\u00E9"), line("b")].join("\n"), "latin1");
    expect(await outline(content)).toEqual(["2 Description: not UTF-8: save the file as CSV UTF-8", "3 b"]);
  });

  it("with one column more that is empty is none", async () =>
    expect(await outline(`${HEADER}\n${line("a")},`)).toEqual(["2 a"]));
});

describe("a file that is no such export", () => {
  it.each([
    ["a spreadsheet", Buffer.from("504b0304140000", "hex"), "export.csv", /Excel.*not CSV/, /CSV UTF-8/],
    ["an old spreadsheet", Buffer.from("d0cf11e0a1b11ae100", "hex"), "export.csv", /old Excel file/, /CSV UTF-8/],
    ["called a spreadsheet", HEADER, "export.XLSX", /by its name/, /CSV UTF-8/],
    ["UTF-16", Buffer.from(`\uFEFF${HEADER}`, "utf16le"), "export.csv", /UTF-16/, /CSV UTF-8/],
    ["empty", "", "export.csv", /is empty/, /export/],
    ["of another table", "Toy,Price\nDuck,3\n", "export.csv", /none of the columns/, /28 columns/],
    [
      "without two columns",
      HEADER.replace("Week,", "").replace(",Barcode", ""),
      "export.csv",
      /no column "Week", "Barcode" in its first row/,
      /28 columns/,
    ],
    ["with a column twice", `${HEADER},Week`, "export.csv", /the column "Week" twice/, /remove/],
    ["one endless line", "x".repeat(5_000_000), "export.csv", /longer than any row/, /CSV UTF-8/],
  ])("%s says what to do", async (_, content, name, message, hint) => {
    const error = await refusal(file(content, name));
    expect([error.code, error.message, error.hint]).toEqual([
      "FILE",
      expect.stringMatching(message),
      expect.stringMatching(hint),
    ]);
  });

  it("and is not there says so", async () =>
    expect((await refusal(join(dir, "none.csv"))).message).toMatch(/cannot read .*ENOENT/));
});

it("stops reading when its reader does", async () => {
  for await (const item of readSafetyGateCsv(SAMPLE)) {
    expect(item.line).toBe(2);
    break;
  }
  expect(readFileSync(SAMPLE).length).toBeGreaterThan(0);
});
