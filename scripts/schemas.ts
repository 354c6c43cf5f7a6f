/**
 * Writes the JSON Schema of every type of record, and an example of it, into docs/schema: `node scripts/schemas.ts`. They
 * are checked in; test/unit/record-schema.test.ts says where they are not what the types are.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { RECORD_TYPES } from "../protocol/record/index.ts";
import { exampleFile, formatJson, recordSchema, schemaFile } from "./schema/record-schema.ts";

mkdirSync(new URL("../docs/schema/", import.meta.url), { recursive: true });
for (const type of RECORD_TYPES) {
  writeFileSync(schemaFile(type.name), formatJson(recordSchema(type)));
  writeFileSync(exampleFile(type.name), formatJson(type.example));
}
