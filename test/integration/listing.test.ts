import { afterAll, beforeAll, expect, it } from "vitest";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { serveLog } from "../support/serve-log.ts";

const prng = new Prng("listing");
let node: InProcessNode;
/** Names of all records, however they are ordered. */
let all: readonly string[];

beforeAll(async () => {
  const peer = makeAuthority("peer.example", prng.fork("peer"));
  node = await startInProcess(makeAuthority("node.example", prng.fork("node")));
  await node.service.addPeer(chainFileOf(peer), [], "anna");
  const own = [];
  for (const text of ["one", "two", "three"]) own.push(await node.publish(text, ["peer.example"]));
  const log = new HandMadeLog(peer);
  const audience = log.addAudience(node.authority);
  const theirs = [log.addRecord(audience, "four"), log.addRecord(audience, "five")];
  await serveLog(node, log);
  all = [...own.map((index) => `node.example:${index}`), ...theirs.map((index) => `peer.example:${index}`)];
});
afterAll(() => node.stop());

it.each([1, 2, 3, 4, 5, 6])("a list of every log in pages of %i has each record once", async (limit) => {
  const seen: string[] = [];
  let before: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof node.service.list>> = await node.service.list(
      before === null ? { limit } : { limit, before },
    );
    seen.push(...page.entries.map(({ entry }) => entry));
    before = page.next;
  } while (before !== null && seen.length < 20);
  expect(seen.toSorted()).toEqual([...all].sort());
});

it("of one log too", async () => {
  const first = await node.service.list({ log: "node.example", limit: 2 });
  const second = await node.service.list({ log: "node.example", limit: 2, before: first.next ?? "" });
  expect([...first.entries, ...second.entries].map(({ entry }) => entry)).toEqual(
    all.filter((name) => name.startsWith("node")).toReversed(),
  );
});
