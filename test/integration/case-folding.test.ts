import { afterAll, beforeAll, expect, it } from "vitest";
import { bytesKey, concernOfKey, prefixRange } from "../../node/keyspace.ts";
import { CASE_ROW_DUTIES_MAX } from "../../node/limits.ts";
import { RECORD_TYPES } from "../../protocol/record/index.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const ALERTS = 5;
const prng = new Prng("case-folding");
let node: InProcessNode;

beforeAll(async () => {
  const peer = makeAuthority("peer.example", prng.fork("peer"));
  node = await startInProcess(makeAuthority("node.example", prng.fork("node")));
  await node.service.addPeer(chainFileOf(peer), [], "anna");
});
afterAll(async () => {
  expect(node.faults).toEqual([]);
  await node.stop();
});

async function stored(concern: "case" | "caseDirty"): Promise<number> {
  const keys = await Array.fromAsync(node.disk.scan(prefixRange(bytesKey(concern))));
  return keys.filter(([key]) => concernOfKey(key) === concern).length;
}

it("nobody has to ask for a list: cases are folded as entries come", async () => {
  const { type, version = 1, body } = RECORD_TYPES[0].example;
  for (let n = 0; n < ALERTS; n++)
    await node.service.publish({ type, version, body, refs: [], to: ["peer.example"], parts: [] }, "anna");
  await until("all are folded", async () => (await stored("case")) === ALERTS && (await stored("caseDirty")) === 0);
  expect((await node.service.cases({ mine: false, limit: 10 })).total).toBe(ALERTS);
});

it("a list keeps of a case what one owes oneself, and of what others owe not more than one reads", async () => {
  const to = ["peer.example"];
  const alert = { type: "alert", version: 1, body: RECORD_TYPES[0].example.body, refs: [], to, parts: [] };
  const { entry } = await node.service.publish(alert, "anna");
  const root = entry ?? "";
  const ids = Array.from({ length: 999 }, (_, at) => (at + 1).toString(16).padStart(64, "0"));
  const asked = { case: 0, kind: "information", question: { en: "?" } };
  for (const named of [ids, [...ids, node.core.ownId]]) {
    const request = { type: "request", version: 1, body: { ...asked, to: named }, refs: [root], to, parts: [] };
    await node.service.publish(request, "anna");
  }
  const { cases } = await node.service.cases({ mine: true, limit: 100 });
  const duties = cases.find((one) => one.case === root)?.duties ?? [];
  expect(duties.filter(({ mine }) => mine).map(({ kind }) => kind)).toContain("answer");
  expect(duties.filter(({ mine }) => !mine)).toHaveLength(CASE_ROW_DUTIES_MAX);
  expect((await node.service.caseOf(root)).duties.length).toBeGreaterThan(2 * ids.length);
});
