import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CliError } from "../../cli/cli-error.ts";
import type { ImportLine } from "../../cli/import/import-line.ts";
import { readSafetyGateCsv } from "../../cli/import/safety-gate-csv.ts";
import { readSafetyGateFile } from "../../cli/import/safety-gate-file.ts";
import { MAX_XML_TOKEN } from "../../cli/limits.ts";
import { readMeasures } from "../../protocol/import/safety-gate-measures.ts";
import { succeed } from "../../protocol/import/same-alert.ts";
import { sourceColumns } from "../../protocol/import/source-columns.ts";
import type { AlertBody } from "../../protocol/record/alert.ts";

const dir = mkdtempSync(join(tmpdir(), "entente-xml-"));
afterAll(() => rmSync(dir, { recursive: true }));

const CSV = sample("safety-gate-sample.csv");
const XML = sample("safety-gate-week-09.xml");

function sample(name: string): string {
  return fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
}

function file(content: string | Uint8Array): string {
  const path = join(dir, "report.xml");
  writeFileSync(path, content);
  return path;
}

function report(...notifications: readonly string[]): string {
  const all = notifications.map((inner) => `  <notifications>${inner}</notifications>`);
  return [
    "<Safety-Gate>",
    "  <report_year>2026</report_year><report_week>9</report_week>",
    ...all,
    "</Safety-Gate>",
  ].join("\n");
}

async function readAll(lines: AsyncIterable<ImportLine>): Promise<ImportLine[]> {
  const all: ImportLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function bodies(lines: AsyncIterable<ImportLine>): Promise<Map<string, AlertBody>> {
  const found = (await readAll(lines)).flatMap(({ result }) => (result.status === "read" ? [result] : []));
  return new Map(found.map(({ number, body }) => [number, body]));
}

async function only(inner: string): Promise<AlertBody> {
  const [body] = (await bodies(readSafetyGateFile(file(report(`<caseNumber>SR/1/26</caseNumber>${inner}`))))).values();
  if (body === undefined) throw new Error("refused");
  return body;
}

/** `3 SR/1` for an alert that went in, `4 level: reason` for one that did not. */
async function outline(content: string): Promise<string[]> {
  const lines = await readAll(readSafetyGateFile(file(content)));
  return lines.map(({ line, result }) =>
    result.status === "read"
      ? `${line} ${result.number}`
      : `${line} ${result.errors.map(({ column, reason }) => `${column}: ${reason}`).join("; ")}`,
  );
}

async function refusal(content: string | Uint8Array): Promise<CliError> {
  const error: unknown = await readAll(readSafetyGateFile(file(content))).catch((reason: unknown) => reason);
  if (!(error instanceof CliError)) throw new Error("not refused");
  return error;
}

describe("a weekly report", () => {
  it("the sample goes in whole", async () => {
    const lines = await readAll(readSafetyGateFile(XML));
    expect(lines.map(({ result }) => result.status === "read" && result.number)).toEqual([
      "SR/90001/26",
      "SR/90002/26",
      "SR/90003/26",
      "SR/90004/26",
      "SR/90014/26",
    ]);
    expect(lines.flatMap(({ result }) => (result.status === "read" ? result.warnings : []))).toEqual([]);
  });

  it("becomes an alert with its parts, and keeps what has no place in one", async () => {
    const body = (await bodies(readSafetyGateFile(XML))).get("SR/90014/26");
    expect(body).toMatchObject({
      notification: "serious-risk",
      cases: [{ system: "safety-gate", number: "SR/90014/26" }],
      notifyingCountry: "IE",
      published: { year: 2026, week: 9 },
      product: {
        user: "consumer",
        category: "toys",
        kind: { en: "Magnetic ball set" },
        brands: ["Orbitrix"],
        models: ["OX-216"],
        barcodes: ["2700000000120"],
        description: { en: "216 silver-coloured magnetic balls <5 mm> in a tin." },
        countryOfOrigin: "CN",
      },
      risk: { level: "serious", types: ["injuries"], legalProvision: { en: expect.stringContaining("EN 71-1") } },
      measures: [{ category: "removal-of-listing", obligation: "compulsory", operator: "other" }],
      url: "https://safety-gate.example/alerts/SR-90014-26",
    });
    const columns = body && sourceColumns(body);
    expect(columns?.get("onlineTrader")).toBe("Bazaarium");
    expect(columns?.get("pictures/picture")?.split("\n")).toHaveLength(2);
    expect(columns?.get("barcode")).toBe("2700000000120");
    expect(columns?.has("order")).toBe(false);
  });

  it("keeps texts character for character, from CDATA, references and both", async () => {
    const { source } = await only(
      "<danger> a &lt;b&gt;<![CDATA[ &amp; <c> ]]>&#xE9;\n </danger><new><er>x</er><er/></new>",
    );
    expect(source?.columns).toMatchObject({ danger: " a <b> &amp; <c> é\n ", "new/er": "x\n" });
  });

  it("joins what is repeated as the export does", async () => {
    expect((await only("<brand>A</brand><brand>B</brand>")).product.brands).toEqual(["A", "B"]);
  });

  it("says the same wherever the pieces of the file are cut", async () => {
    const long = `<Safety-Gate>${"<!-- é -->".repeat(20_000)}${report("<caseNumber>a</caseNumber>").slice(13)}`;
    expect(await outline(long)).toEqual(["3 a"]);
  });

  it("is told from CSV by its first character, also after a byte order mark", async () => {
    expect(await outline(`\uFEFF\n${report("<caseNumber>a</caseNumber>")}`)).toEqual(["4 a"]);
    expect((await readAll(readSafetyGateFile(CSV))).length).toBe(12);
  });
});

describe("a bad alert", () => {
  it.each([
    [
      "without a number",
      "<name>x</name>",
      "3 caseNumber: empty: without a number the alert cannot be recognised again",
    ],
    ["without anything", "", "3 caseNumber: empty: without a number the alert cannot be recognised again"],
    [
      "with too long a brand, on a line of its own",
      `<caseNumber>a</caseNumber>\n\n<brand>${"x".repeat(2_001)}</brand>`,
      "5 brand: longer than 2000 bytes",
    ],
    [
      "with an element that is too long and only kept",
      `<caseNumber>a</caseNumber><new>${"x".repeat(98_302)}</new>`,
      "3 new: longer than 98301 bytes",
    ],
    [
      "too long as a whole",
      `<caseNumber>a</caseNumber>${`<new>${"x".repeat(9_000)}</new>`.repeat(120)}`,
      "3 : its texts are longer than the 1048576 bytes of a record",
    ],
  ])("%s is reported, and the others go in", async (_, bad, error) => {
    const good = "<caseNumber>b</caseNumber>";
    const [first, ...rest] = await outline(report(bad, good));
    expect(first).toBe(error);
    expect(rest).toEqual([`${4 + bad.split("\n").length - 1} b`]);
  });

  it("of a week that is none is refused by that element's name", async () => {
    const content = report("<caseNumber>a</caseNumber>").replace("<report_week>9<", "<report_week>99<");
    expect(await outline(content)).toEqual(['3 report_week: "99" is not a week from 1 to 53']);
  });
});

describe("a file that is no such report", () => {
  const good = report("<caseNumber>a</caseNumber>");
  it.each([
    ["broken off", good.slice(0, -5), /line 4, column 10: not well-formed: unclosed tag: Safety-Gate$/],
    ["wrongly nested", "<Safety-Gate>\n<a><b></a></b>", /line 2, column 11: not well-formed/],
    ["of an unknown entity", report("&danger;"), /line 3, column 26: not well-formed: undefined entity$/],
    [
      "with a document type",
      `<!DOCTYPE a [<!ENTITY x "y">]>\n${good}`,
      /line 1, column 31: a document type declaration is not taken/,
    ],
    ["of another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>${good}`, /line 1, .*the encoding ISO-8859-1/],
    ["not in UTF-8", Buffer.from(report("<name>é</name>"), "latin1"), /not UTF-8/],
    ["too deep", `<Safety-Gate>${"<a>".repeat(16)}`, /line 1, column 62: more than 16 elements/],
    ["with an endless text", report("x".repeat(2 * MAX_XML_TOKEN)), /line 3.*longer than 1048576 characters/],
    ["with an endless comment", `<!--${"x".repeat(2 * MAX_XML_TOKEN)}-->`, /longer than 1048576 characters/],
    ["a web page", "<html></html>", /begins with <html>, not <Safety-Gate>/],
    ["the list of reports", "<Safety-Gate><weeklyReport/></Safety-Gate>", /is the list of the reports/],
  ])("%s says where and what to do", async (_, content, message) => {
    const error = await refusal(content);
    expect([error.code, error.message]).toEqual(["FILE", expect.stringMatching(message)]);
    expect(error.hint).toMatch(/repeat the import|weekly report/);
  });

  it("gives what stood before the fault", async () => {
    const numbers: string[] = [];
    const reading = (async () => {
      for await (const { result } of readSafetyGateFile(file(`${good.slice(0, -14)}<b`)))
        if (result.status === "read") numbers.push(result.number);
    })();
    await expect(reading).rejects.toThrow(/line 4, column 3: not well-formed/);
    expect(numbers).toEqual(["a"]);
  });
});

describe("measures", () => {
  it("as a block each say who, how and when", () => {
    const text =
      "Type of economic operator taking notified measure(s): RetailerCategory of measure(s): Stop of salesDate of entry into force: 09/03/2026" +
      "Type of economic operator to whom the measure(s) were ordered: ImporterCategory of measure(s): Seizure of the product, Destruction of the productDate of entry into force: Unknown";
    expect(readMeasures(text)).toEqual([
      { name: "Stop of sales", obligation: "voluntary", operator: "Retailer", entryIntoForce: "2026-03-09" },
      { name: "Seizure of the product", obligation: "compulsory", operator: "Importer" },
      { name: "Destruction of the product", obligation: "compulsory", operator: "Importer" },
    ]);
  });

  it("by name alone say no more", () => {
    expect(readMeasures("OtherOther")).toEqual([
      { name: "Other", obligation: "unknown" },
      { name: "Other", obligation: "unknown" },
    ]);
  });
});

describe("an alert that was imported before", () => {
  it("from the other kind of file is news only where it says more", async () => {
    const csv = await bodies(readSafetyGateCsv(CSV));
    const news: string[] = [];
    for (const [number, body] of await bodies(readSafetyGateFile(XML))) {
      const before = csv.get(number);
      if (before === undefined || succeed(before, body).isNews) news.push(number);
    }
    expect(news).toEqual(["SR/90001/26", "SR/90014/26"]);
  });

  it("keeps what the other kind of file has no place for, and goes back and forth without news", async () => {
    const csv = (await bodies(readSafetyGateCsv(CSV))).get("SR/90001/26");
    const xml = (await bodies(readSafetyGateFile(XML))).get("SR/90001/26");
    if (csv === undefined || xml === undefined) throw new Error("not there");
    const { body } = succeed(csv, xml);
    expect(body.product.packaging).toEqual(csv.product.packaging);
    expect(body.foundIn).toEqual(["BE", "DE", "LU"]);
    expect(body.measures).toEqual(xml.measures);
    expect(body.source).toEqual(xml.source);
    expect(succeed(body, csv).isNews).toBe(false);
  });

  it("loses what its file could say and does not, and every change of one kind of file is news", async () => {
    const csv = (await bodies(readSafetyGateCsv(CSV))).get("SR/90001/26");
    if (csv === undefined) throw new Error("not there");
    const { brands: _brands, ...product } = csv.product;
    expect(succeed(csv, { ...csv, product })).toMatchObject({ isNews: true, body: { product } });
    expect(succeed(csv, { ...csv, product }).body.product).not.toHaveProperty("brands");
    expect(succeed(csv, csv).isNews).toBe(true);
  });
});
