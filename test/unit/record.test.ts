import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CborMap } from "../../protocol/cbor.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { MAX_RECORD_LABEL, MAX_RECORD_SIZE } from "../../protocol/limits.ts";
import type { Reference } from "../../protocol/name.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseEnvelope } from "../../protocol/record/envelope.ts";
import { RECORD_TYPES, formatRecord, readRecord } from "../../protocol/record/index.ts";
import { parseRecordJson } from "../../protocol/record/json.ts";
import { formatSummary } from "../../protocol/record/summary.ts";

const reference = (nth: number): Reference => ({
  id: new Uint8Array(32).fill(7),
  epoch: 0,
  index: 12 + nth,
  leafHash: new Uint8Array(32).fill(9),
});
const refs: readonly Reference[] = [reference(0)];
const [alertType, , followUpType] = RECORD_TYPES;
const { product: given = null } = alertType.example.body;
const exampleProduct = isMap(given) ? given : {};

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FormatError && error.code === "RECORD_MALFORMED") return error.message;
    throw error;
  }
  return "accepted";
}

function alertWith(change: CborMap): () => unknown {
  return () => formatRecord({ type: "alert", refs, partKinds: [], body: { ...alertType.example.body, ...change } });
}

describe("every record type", () => {
  it.each(RECORD_TYPES.map((type) => [type.name, type] as const))(
    "%s: its example is published and read back",
    (name, type) => {
      const seen = (type.example.refs ?? []).map((_, index) => reference(index));
      const content = formatRecord({ type: name, refs: seen, partKinds: ["picture"], body: type.example.body });
      const record = readRecord(content, 2);
      expect(record).toMatchObject({
        status: "known",
        type: name,
        version: 1,
        partKinds: ["picture"],
        unknownKeys: [],
        unknownCodes: [],
      });
      expect(record.body).toEqual(type.example.body);
      expect(record.refs).toEqual(seen);
      if (record.status !== "known") throw new Error("not known");
      expect(formatSummary(record.summary, ["en"])).not.toBe("");
    },
  );

  it.each(["alert", "test-report", "follow-up"])("the sample %s.json is one", (name) => {
    const draft = parseRecordJson(readFileSync(new URL(`../../samples/${name}.json`, import.meta.url), "utf8"));
    const record = readRecord(formatRecord({ type: draft.type, refs, partKinds: [], body: draft.body }), 1);
    expect(record).toMatchObject({ status: "known", type: name, unknownKeys: [], unknownCodes: [] });
  });

  it("narrows by its type", () => {
    const record = readRecord(formatRecord({ type: "alert", refs, partKinds: [], body: alertType.example.body }), 1);
    if (record.status !== "known" || record.type !== "alert") throw new Error("not an alert");
    expect(record.body.product.brands).toEqual(["Example Duck"]);
    expect(record.terms).toContainEqual({ field: "gtin", value: "02000000001043" });
    expect(formatSummary(record.summary, ["nl"])).toBe(
      "Houten trekdier · Example Duck · Little quacker · Chemisch · Verstikking door inslikken · Ernstig risico · A12/09001/20",
    );
  });
});

describe("what a later version may bring", () => {
  const known = parseEnvelope(formatRecord({ type: "alert", refs, partKinds: [], body: alertType.example.body }));
  const { body } = known;
  const envelope = { type: "alert", version: 1, refs: [], parts: [], body };

  it("an unknown key is listed with its value, and is not in the body", () => {
    const product = { ...exampleProduct, colour: ["yellow"] };
    const record = readRecord(encodeCbor({ ...envelope, mood: h("00ff"), body: { ...body, product, later: 1 } }), 1);
    expect(record.unknownKeys).toEqual([
      { path: "mood", value: h("00ff") },
      { path: "body.product.colour", value: ["yellow"] },
      { path: "body.later", value: 1 },
    ]);
    expect(record.body).toEqual(alertType.example.body);
  });

  it("an unknown key does not hide a broken rule", () => {
    expect(
      refusal(() =>
        formatRecord({ type: "follow-up", refs, partKinds: [], body: { later: 1, answers: 0, outcome: "no-measure" } }),
      ),
    ).toBe("body.reason: who takes no measure says why");
  });

  it("an unknown code is kept and listed", () => {
    const record = readRecord(
      encodeCbor({ ...envelope, parts: ["hologram"], body: { ...body, notification: "urgent" } }),
      2,
    );
    expect(record.unknownCodes).toEqual([
      { path: "parts[0]", table: "part-kind", code: "hologram" },
      { path: "body.notification", table: "notification-type", code: "urgent" },
    ]);
    expect(record.body).toMatchObject({ notification: "urgent" });
  });

  it("an unknown type and a newer version are shown as they stand", () => {
    expect(readRecord(encodeCbor({ ...envelope, type: "recall", body: { x: 1 } }), 1)).toMatchObject({
      status: "unknown-type",
      type: "recall",
      body: { x: 1 },
    });
    expect(readRecord(encodeCbor({ ...envelope, version: 2, body: { x: 1 } }), 1)).toMatchObject({
      status: "newer-version",
      version: 2,
    });
  });

  it("is not published by this one", () => {
    expect(refusal(() => formatRecord({ type: "recall", refs, partKinds: [], body: {} }))).toBe(
      "type: there is no record type recall in version 1",
    );
    expect(refusal(() => formatRecord({ type: "alert", version: 2, refs, partKinds: [], body: {} }))).toBe(
      "type: there is no record type alert in version 2",
    );
  });
});

describe("a record is refused where", () => {
  const product = exampleProduct;
  it.each([
    [
      "a text is too long",
      { url: "x".repeat(MAX_RECORD_LABEL + 1) },
      `body.url: longer than ${MAX_RECORD_LABEL} bytes`,
    ],
    [
      "its bytes are counted, not its characters",
      { url: "é".repeat(MAX_RECORD_LABEL / 2 + 1) },
      `body.url: longer than ${MAX_RECORD_LABEL} bytes`,
    ],
    ["a text is empty", { url: "" }, "body.url: an empty text: leave the key out"],
    ["a text begins with a byte order mark", { url: "\uFEFFx" }, "body.url: begins with a byte order mark"],
    ["a text has half a character", { url: "\uD800" }, "body.url: holds half a surrogate pair"],
    ["a list is empty", { foundIn: [] }, "body.foundIn: an empty list: leave the key out"],
    [
      "a list is too long",
      { foundIn: Array.from({ length: 1_001 }, () => "NL") },
      "body.foundIn: more than 1000 items",
    ],
    ["a country is a name", { notifyingCountry: "Netherlands" }, "body.notifyingCountry: not two capital letters"],
    ["a code has capitals", { notification: "Serious" }, "body.notification: not a code"],
    [
      "a week does not exist",
      { published: { year: 2020, week: 54 } },
      "body.published.week: not an integer from 1 to 53",
    ],
    ["a reference does not exist", { updates: 1 }, "body.updates: there is no reference 1 in refs"],
    ["a map is bytes", { risk: new Uint8Array(0) }, "body.risk: Invalid input: expected object, received undefined"],
    [
      "a language is a word",
      { product: { ...product, kind: { english: "Toy" } } },
      "body.product.kind.english: not a language tag such as en or zh-Hans",
    ],
    ["a text has no language", { product: { ...product, kind: {} } }, "body.product.kind: not in 1 to 32 languages"],
    ["a map is missing", { product: null }, "body.product: Invalid input: expected object, received null"],
  ])("%s", (_, change, message) => {
    expect(refusal(alertWith(change))).toBe(message);
  });

  it("the follow-up answers nothing", () => {
    expect(
      refusal(() => formatRecord({ type: "follow-up", refs: [], partKinds: [], body: followUpType.example.body })),
    ).toBe("body.answers: there is no reference 0 in refs");
  });

  it("it has another number of parts than the leaf", () => {
    const content = formatRecord({ type: "alert", refs, partKinds: ["picture"], body: alertType.example.body });
    expect(refusal(() => readRecord(content, 1))).toBe("parts: 1 kinds for 0 other parts");
  });

  it("it is too long", () => {
    expect(refusal(() => readRecord(new Uint8Array(MAX_RECORD_SIZE + 1), 1))).toBe(
      `longer than ${MAX_RECORD_SIZE} bytes`,
    );
  });
});

function h(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

describe("bytes", () => {
  it("that are no CBOR are a FormatError of CBOR", () => {
    expect(() => readRecord(h("ff"), 1)).toThrow(FormatError);
    expect(decodeCbor(h("a0"))).toEqual({});
    expect(refusal(() => readRecord(h("80"), 1))).toBe("not a map");
  });
});
