import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { heading } from "../../protocol/record/headings/heading.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { fieldKeys, fieldSchema, itemSchema } from "../../protocol/record/structure.ts";
import { exampleFile, formatJson, recordSchema, schemaFile } from "../../scripts/schema/record-schema.ts";
import { createSchemaJudge, type SchemaJudge } from "../support/json-schema.ts";

type Vector = {
  readonly name: string;
  readonly status: string;
  readonly type: string;
  readonly version: number;
  readonly body: unknown;
  readonly unknownKeys: readonly string[];
};

const TYPES = RECORD_TYPES.map((type) => [type.name, type] as const);

let schemas: SchemaJudge;
beforeAll(async () => {
  const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(schemaFile(name), "utf8"));
  schemas = await createSchemaJudge(new Map(RECORD_TYPES.map(({ name }) => [name, read(name)])));
});
afterAll(() => schemas.close());

describe("docs/schema", () => {
  it.each(TYPES)("%s is what node scripts/schemas.ts writes", (name, type) => {
    expect(readFileSync(schemaFile(name), "utf8")).toBe(formatJson(recordSchema(type)));
    expect(readFileSync(exampleFile(name), "utf8")).toBe(formatJson(type.example));
  });

  it("has every type and nothing else", () => {
    expect(readdirSync(new URL("../../docs/schema/", import.meta.url)).toSorted()).toEqual(
      RECORD_TYPES.flatMap(({ name }) => [`${name}.example.json`, `${name}.schema.json`]).toSorted(),
    );
  });

  it.each(TYPES)("%s: its schema accepts the example, as it is and in the least form", async (name, { example }) => {
    expect(await schemas.judge(name, example)).toBe("");
    expect(await schemas.judge(name, { type: name, body: example.body })).toBe("");
  });

  it.each(TYPES)("%s: its schema refuses what is none", async (name, { example }) => {
    for (const wrong of [
      { ...example, type: "recall" },
      { ...example, version: 2 },
      { ...example, parts: [] },
      { ...example, refs: ["nvwa.nl"] },
      { ...example, refs: ["nvwa.nl:1", "nvwa.nl:1"] },
      { ...example, body: { ...example.body, later: 1 } },
      { ...example, body: {} },
      { type: name },
    ])
      expect(await schemas.judge(name, wrong), JSON.stringify(wrong)).not.toBe("");
  });

  const vectors: { valid: Vector[] } = JSON.parse(
    readFileSync(new URL("../../docs/spec/vectors/record.json", import.meta.url), "utf8"),
  );
  const written = vectors.valid.filter(({ status, unknownKeys }) => status === "known" && unknownKeys.length === 0);
  it.each(written.map(({ name, type, version, body }) => [name, { type, version, body }] as const))(
    "accepts %s, as the reader does",
    async (_, record) => expect(await schemas.judge(record.type, record)).toBe(""),
  );

  const alert = RECORD_TYPES[0].example.body;
  const [determination] = [RECORD_TYPES[1].example.body["determinations"]].flat();
  it.each([
    ["alert", { notification: "urgent-later" }, true],
    ["alert", { notification: "Serious" }, false],
    ["alert", { foundIn: ["XX"] }, true],
    ["alert", { foundIn: ["Belgium"] }, false],
    ["alert", { foundIn: [] }, false],
    ["alert", { begun: "2020-03" }, true],
    ["alert", { begun: "9 March" }, false],
    ["alert", { updates: 64 }, false],
    ["alert", { updates: 0.5 }, false],
    ["alert", { tests: {} }, false],
    ["alert", { tests: { english: "Lead" } }, false],
    ["alert", { isFromComplaint: "yes" }, false],
    ["alert", { published: { year: 2020, week: 54 } }, false],
    ["test-report", { lod: "0.5" }, true],
    ["test-report", { lod: "-0.5" }, false],
    ["test-report", { uncertainty: { U: "1", k: "0.0" } }, false],
    ["test-report", { uncertainty: { U: "1", k: "2", coverageProbability: "1" } }, false],
    ["test-report", { measurand: { name: "Lead", cas: "7439" } }, false],
  ])("%s with %j is accepted: %s", async (name, change, isAccepted) => {
    const report = { ...RECORD_TYPES[1].example.body, determinations: [{ ...Object(determination), ...change }] };
    const body = name === "alert" ? { ...alert, ...change } : report;
    expect((await schemas.judge(name, { type: name, body })) === "").toBe(isAccepted);
  });
});

describe.each(["en", "de", "fr", "nl", "zh"])("headings in %s", (language) => {
  it.each(TYPES)("%s: every field has one, and no two of a map the same", (name, { schema }) => {
    for (const [around, keys] of maps(name, schema)) {
      const found = keys.map((key) => heading(around, key, language));
      expect(found, `${name}: ${around}`).not.toContain(undefined);
      expect(new Set(found).size, `${name}: ${around}: ${found.join(", ")}`).toBe(keys.length);
    }
  });
});

/** All maps of a schema: the key above, and their own. */
function maps(around: string, schema: z.core.$ZodType): readonly (readonly [string, readonly string[]])[] {
  const item = itemSchema(schema);
  if (item !== undefined) return maps(around, item);
  const keys = fieldKeys(schema);
  const below = keys.flatMap((key) => {
    const field = fieldSchema(schema, key);
    return field === undefined ? [] : maps(key, field);
  });
  return keys.length === 0 ? [] : [[around, keys], ...below];
}
