import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { parseRecordJson } from "../../protocol/record/json.ts";
import { exampleFile, schemaFile } from "../../scripts/schema/record-schema.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { type InProcessNode, chainFileOf, startInProcess } from "../support/in-process-node.ts";
import { createSchemaJudge, type SchemaJudge } from "../support/json-schema.ts";

// What docs/schema shows is published, and read back as it was written.

const prng = new Prng("record examples");
const NAMES = RECORD_TYPES.map(({ name }) => name);

let node: InProcessNode;
let schemas: SchemaJudge;
/** Entries for the examples to refer to. */
const entries: string[] = [];

beforeAll(async () => {
  const peer = makeAuthority("peer.example", prng.fork("peer"));
  node = await startInProcess(makeAuthority("node.example", prng.fork("node")));
  await node.service.addPeer(chainFileOf(peer), [], "anna");
  for (const text of ["one", "two", "three"])
    entries.push(`node.example:${await node.publish(text, ["peer.example"])}`);
  const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(schemaFile(name), "utf8"));
  schemas = await createSchemaJudge(new Map(NAMES.map((name) => [name, read(name)])));
});
afterAll(async () => {
  await schemas.close();
  await node.stop();
});

it("summaries and titles are in the language that is asked for", async () => {
  const alert = await publishAlert();
  const dutch =
    "Houten trekdier · Example Duck · Little quacker · Chemisch · Verstikking door inslikken · Ernstig risico";
  const english = "Wooden pull-along toy · Example Duck · Little quacker · Chemical · Choking · Serious risk";
  const { service } = node;
  expect((await service.show(alert, "nl-BE")).summary).toContain(dutch);
  expect((await service.show(alert)).summary).toContain(english);
  expect((await service.list({ limit: 1, lang: "nl" })).entries[0]?.summary).toContain(dutch);
  expect((await service.thread(alert, "nl"))[0]?.entry.summary).toContain(dutch);
  expect((await service.caseOf(alert, "nl")).title).toContain(dutch);
  expect((await service.caseOf(alert, "nl")).acts[0]?.summary).toContain(dutch);
  for (const [lang, title] of [
    ["nl", dutch],
    ["en", english],
  ] as const)
    expect((await service.cases({ mine: false, limit: 1, lang })).cases[0]?.title).toContain(title);
});

async function publishAlert(): Promise<string> {
  const { type, version = 1, body } = RECORD_TYPES[0].example;
  const { entry } = await node.service.publish(
    { type, version, body, refs: [], to: ["peer.example"], parts: [] },
    "anna",
  );
  return entry ?? "";
}

it.each(NAMES)("%s", async (name) => {
  const { type, version = 1, refs: written = [], body } = parseRecordJson(readFileSync(exampleFile(name), "utf8"));
  const refs = entries.slice(0, written.length);
  expect(refs.length).toBe(written.length);
  const { entry } = await node.service.publish({ type, version, body, refs, to: ["peer.example"], parts: [] }, "anna");
  const shown = await node.service.show(entry ?? "");
  expect(shown).toMatchObject({ type: name, recordStatus: "known", unknownKeys: [], refs, body });
  expect(await schemas.judge(name, { type: shown.type, version, refs: shown.refs, body: shown.body })).toBe("");
  expect(node.faults).toEqual([]);
});
