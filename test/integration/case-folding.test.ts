import { afterAll, beforeAll, expect, it } from "vitest";
import { bytesKey, concernOfKey, prefixRange } from "../../node/keyspace.ts";
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
