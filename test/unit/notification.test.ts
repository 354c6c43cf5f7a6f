import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetyGateCsv } from "../../cli/import/safety-gate-csv.ts";
import { readSafetyGateFile } from "../../cli/import/safety-gate-file.ts";
import { toHex } from "../../protocol/bytes.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { completenessOf } from "../../protocol/export/completeness.ts";
import { type ExportedAlert, notificationOf } from "../../protocol/export/notification.ts";
import { notificationXml } from "../../protocol/export/notification-xml.ts";
import type { ImportResult } from "../../protocol/import/import-result.ts";
import { readNotification } from "../../protocol/import/notification.ts";
import { alert, type AlertBody } from "../../protocol/record/alert.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseJson } from "../../protocol/record/json.ts";
import { testData } from "../data.ts";

const FILE = testData("safety-gate-2020-w01-10.csv");

function exported(body: AlertBody): ExportedAlert {
  const digest = "ab".repeat(32);
  const parts = [{ kind: "picture", name: "front.jpg", type: "image/jpeg", digest }];
  return { entry: "nvwa.nl:12", leafHash: "cd".repeat(32), version: 1, refs: [], body, parts, section: { a: [1] } };
}

function example(change: Record<string, unknown> = {}): AlertBody {
  const body = parseJson(JSON.stringify({ ...alert.example.body, ...change }));
  if (!isMap(body)) throw new Error("the example is no object");
  return alert.read(body, 0).body;
}

async function fromFile(text: string): Promise<ImportResult> {
  const path = join(await mkdtemp(join(tmpdir(), "entente-notification-")), "n");
  await writeFile(path, text);
  const [line, ...more] = await Array.fromAsync(readSafetyGateFile(path));
  expect(more).toEqual([]);
  if (line === undefined) throw new Error("nothing in the file");
  return line.result;
}

function bytesOf(result: ImportResult | undefined): string {
  if (result?.status !== "read") throw new Error(JSON.stringify(result));
  return toHex(encodeCbor(result.body));
}

describe("a notification", () => {
  it.skipIf(FILE === undefined)("of each real alert is read back as that alert, from JSON and from XML", async () => {
    let count = 0;
    const inXml: string[] = [];
    const bodies: AlertBody[] = [];
    for await (const { result } of readSafetyGateCsv(FILE ?? "")) {
      if (result.status === "refused") throw new Error("a real alert was refused");
      const whole = toHex(encodeCbor(result.body));
      const read = readNotification(JSON.stringify(notificationOf(exported(result.body)), null, 2));
      expect(bytesOf(read)).toBe(whole);
      expect(read).toMatchObject({ number: result.number });
      const [, inner = ""] = /<notifications>(.*)<\/notifications>/s.exec(notificationXml(exported(result.body))) ?? [];
      inXml.push(`<notifications>${inner}</notifications>`);
      bodies.push(result.body);
      count += 1;
    }
    expect(count).toBe(487);
    const path = join(await mkdtemp(join(tmpdir(), "entente-notification-")), "all.xml");
    await writeFile(path, `<Safety-Gate>${inXml.join("")}</Safety-Gate>`);
    const read = await Array.fromAsync(readSafetyGateFile(path));
    expect(read.map(({ result }) => bytesOf(result))).toEqual(bodies.map((body) => toHex(encodeCbor(body))));
  });

  it("keeps every text that a record can hold", async () => {
    const text = fc
      .string({ unit: "binary", minLength: 1, maxLength: 40 })
      .filter((one) => !one.startsWith("\uFEFF") && one.isWellFormed());
    await fc.assert(
      fc.asyncProperty(text, text, async (name, description) => {
        const body = example({ product: { name, description: { en: description }, brands: [name, "]]> & <b>"] } });
        const whole = toHex(encodeCbor(body));
        expect(bytesOf(readNotification(JSON.stringify(notificationOf(exported(body)))))).toBe(whole);
        expect(bytesOf(await fromFile(notificationXml(exported(body))))).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("says in the portal's own elements what a reader of weekly reports looks for", () => {
    const xml = notificationXml(exported(example()));
    for (const line of [
      "<report_year>2020</report_year>",
      "<caseNumber>A12/09001/20</caseNumber>",
      "<category>Toys</category>",
      "<brand>Example Duck</brand>",
      "<riskType>Chemical, Choking</riskType>",
      "<notifyingCountry>Netherlands</notifyingCountry>",
      "<level>Serious risk</level>",
    ])
      expect(xml).toContain(line);
  });

  it.each([
    ["a field", (n: Record<string, unknown>) => ({ ...n, url: "https://example.org" }), "url"],
    ["a level", (n: Record<string, unknown>) => ({ ...n, risk: { level: { code: "low", name: "Low" } } }), "risk"],
    ["a key too many", (n: Record<string, unknown>) => ({ ...n, extra: 1 }), "extra"],
  ])("that was changed by hand is refused: %s", (_what, change, column) => {
    const changed = readNotification(JSON.stringify(change({ ...notificationOf(exported(example())) })));
    expect(changed).toMatchObject({ status: "refused", errors: [{ column }] });
  });

  it.each([
    ["[]", undefined],
    ["{", undefined],
    ['{"format":"entente/notification/2"}', undefined],
    ['{"format":"entente/notification/1"}', "entente"],
    [
      '{"format":"entente/notification/1","entente":{"record":{"type":"alert","version":1,"body":[]}}}',
      "entente.record.body",
    ],
    [
      '{"format":"entente/notification/1","entente":{"record":{"type":"alert","version":1,"body":{}}}}',
      "body.notification",
    ],
  ])("%s is none", (text, column) => {
    const read = readNotification(text);
    expect(read?.status === "refused" ? read.errors[0]?.column : read).toBe(column);
  });
});

describe("what a notification lacks", () => {
  it("is named, mandatory items first, with the reason that the alert gives", () => {
    const { isComplete, missing } = completenessOf(
      example({
        missing: [
          { item: "batch", reason: "not-known" },
          { item: "accidents", reason: "not-asked" },
        ],
        product: {},
      }),
      ["picture"],
    );
    expect(isComplete).toBe(false);
    expect(missing.filter(({ requirement }) => requirement === "mandatory").map(({ item }) => item)).toEqual([
      "applicable-rules",
      "contact",
      "measure-scope",
      "risk-assessment",
    ]);
    expect(missing.find(({ item }) => item === "batch")).toMatchObject({ reason: "not-known" });
    expect(missing.at(-1)).toMatchObject({ item: "accidents", requirement: "where-relevant", reason: "not-asked" });
    expect(missing.some(({ item }) => item === "certificates")).toBe(false);
  });

  it("is nothing where all is said or has its reason", () => {
    const reasons = completenessOf(example(), ["picture"]).missing.map(({ item }) => ({ item, reason: "not-known" }));
    const whole = example({
      missing: reasons,
      contact: { name: "NVWA" },
      rules: { standards: ["EN 71-3"] },
      measures: [{ category: "recall", obligation: "voluntary", scope: "national", entryIntoForce: "2020-03-09" }],
      risk: { ...example().risk, assessment: { severity: 3 } },
    });
    expect(completenessOf(whole, ["picture"])).toMatchObject({ isComplete: true });
    expect(completenessOf(whole, [])).toMatchObject({ isComplete: false });
  });
});
