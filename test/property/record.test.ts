import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CborValue } from "../../protocol/cbor.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { SAFETY_GATE_COLUMNS } from "../../protocol/import/safety-gate-columns.ts";
import { readSafetyGateRow } from "../../protocol/import/safety-gate.ts";
import { sourceColumns } from "../../protocol/import/source-columns.ts";
import { isMap } from "../../protocol/record/body.ts";
import { formatEnvelope, parseEnvelope } from "../../protocol/record/envelope.ts";
import { RECORD_TYPES, formatRecord, readRecord } from "../../protocol/record/index.ts";
import { parseJson, parseRecordJson, toJsonValue } from "../../protocol/record/json.ts";

const text = fc.string({ unit: "grapheme" }).filter((value) => !value.startsWith("\uFEFF"));
const key = text.filter((value) => value !== "__proto__");
const { value: cborValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    text,
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));
const code = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const reference = fc.record({
  id: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  epoch: fc.nat(),
  index: fc.nat(),
  leafHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

describe("envelopes", () => {
  it("are read as they were written, and written as they were read", () => {
    const known = new Set(["type", "version", "refs", "body", "parts", "grounds"]);
    const kinds = fc.array(code, { maxLength: 3 });
    const granted = kinds.chain((partKinds) =>
      fc.record({
        partKinds: fc.constant(partKinds),
        grounds: fc.uniqueArray(fc.record({ part: fc.integer({ min: 1, max: 3 }), ground: code }), {
          maxLength: partKinds.length === 3 ? 4 : 0,
          selector: ({ part, ground }) => `${part} ${ground}`,
        }),
      }),
    );
    const rest = fc.record({
      type: code,
      version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      refs: fc.uniqueArray(reference, { maxLength: 3, selector: ({ index }) => index }),
      body: fc.dictionary(key, cborValue, { maxKeys: 3 }),
      unknown: fc.dictionary(
        key.filter((one) => !known.has(one)),
        cborValue,
        { maxKeys: 2 },
      ),
    });
    const envelope = fc.tuple(rest, granted).map(([one, other]) => ({ ...one, ...other }));
    fc.assert(
      fc.property(envelope, (value) => {
        const content = formatEnvelope(value);
        expect(formatEnvelope(parseEnvelope(content))).toEqual(content);
        expect(parseEnvelope(content)).toEqual(value);
      }),
    );
  });

  it("of any content end in a record or a FormatError", () => {
    const record = fc.record({
      type: fc.constantFrom("alert", "test-report", "follow-up", "x", 1),
      version: fc.constantFrom(1, 2, 0),
      refs: fc.constant([]),
      body: cborValue,
      parts: fc.constant([]),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          cborValue.map((value) => encodeCbor(value)),
          record.map((value) => encodeCbor(value)),
          fc.uint8Array(),
        ),
        (content) => {
          try {
            readRecord(content, 1);
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
          }
        },
      ),
    );
  });
});

describe("a known body", () => {
  const alert = RECORD_TYPES[0];
  it("stays what it is, whatever unknown keys are put into it", () => {
    const extra = fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), cborValue, { minKeys: 1, maxKeys: 3 });
    fc.assert(
      fc.property(extra, extra, (outer, inner) => {
        const { product = null } = alert.example.body;
        const body = { ...alert.example.body, ...outer, product: { ...(isMap(product) ? product : {}), ...inner } };
        const record = readRecord(formatRecord({ type: "alert", refs: [], partKinds: [], body }), 1);
        expect(record.body).toEqual(alert.example.body);
        expect(new Map(record.unknownKeys.map(({ path, value }) => [path, value]))).toEqual(
          new Map([
            ...Object.entries(outer).map(([name, value]) => [`body.${name}`, value] as const),
            ...Object.entries(inner).map(([name, value]) => [`body.product.${name}`, value] as const),
          ]),
        );
      }),
    );
  });
});

describe("JSON", () => {
  it("and CBOR say the same, where there are no bytes", () => {
    fc.assert(
      fc.property(cborValue, (value) => {
        const json = JSON.stringify(toJsonValue(value));
        expect(toJsonValue(parseJson(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each(["0.5", "1e400", "9007199254740992", '{"a":[1.25]}'])("has no number such as %s", (json) => {
    expect(() => parseJson(json)).toThrow("measured value is text");
  });

  it("of any kind ends in a draft or a FormatError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant("[".repeat(100_000))), (json) => {
        try {
          parseRecordJson(json);
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
    );
  });
});

describe("rows of the portal", () => {
  const words = fc.constantFrom(
    "",
    "Other",
    "Stop of sales",
    "Chemical, Fire",
    "A/B / C",
    "5901738886414",
    ", ,",
    "Poland",
    "2020",
    "9",
    " \n ",
    "Other - x",
    "86000000 - T",
  );
  const cell = fc.oneof(
    words,
    fc.string({ unit: "binary" }),
    fc.array(words).map((parts) => parts.join("")),
  );
  const row = fc.tuple(fc.tuple(...SAFETY_GATE_COLUMNS.map(() => cell)), fc.dictionary(text, cell, { maxKeys: 2 }));

  it("are refused with a reason, or give every column back", () => {
    fc.assert(
      fc.property(row, ([cells, extra]) => {
        const given = new Map([
          ...Object.entries(extra),
          ...SAFETY_GATE_COLUMNS.map((column, index) => [column, cells[index] ?? ""] as const),
        ]);
        const result = readSafetyGateRow(given);
        if (result.status === "refused") {
          expect(result.errors.length).toBeGreaterThan(0);
          return;
        }
        const record = readRecord(formatRecord({ type: "alert", refs: [], partKinds: [], body: result.body }), 1);
        if (record.status !== "known" || record.type !== "alert") throw new Error("not an alert");
        expect(record.unknownCodes).toEqual([]);
        expect(sourceColumns(record.body)).toEqual(given);
      }),
    );
  });
});
