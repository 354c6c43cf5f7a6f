import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { COMPARE_NEW_PAUSE_MS } from "../../node/limits.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const prng = new Prng("trusted later");
let nodes: InProcessNode[] = [];

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
});

async function start(name: string): Promise<InProcessNode> {
  const node = await startInProcess(makeAuthority(name, prng));
  nodes.push(node);
  return node;
}

it("a relay showed the log before its owner was trusted: it comes as soon as he is", async () => {
  const [owner, relay, far] = [await start("nvwa.nl"), await start("baua.de"), await start("ptac.lv")];
  await trust(owner, [relay.authority, far.authority]);
  await trust(relay, [owner.authority, far.authority]);
  await trust(far, [relay.authority]);
  await link(owner, relay);
  await link(relay, far);
  const all = 1 + (await owner.publish("for both", ["baua.de", "ptac.lv"]));
  await until("the relay has it", () => entriesOf(relay, owner) === all);
  // It shows what has grown at the latest after this pause; nothing that can be seen here tells that it did.
  await sleep(COMPARE_NEW_PAUSE_MS * 3);

  await trust(far, [owner.authority]);
  await until("who knows the relay alone has it", () => entriesOf(far, owner) === all);
  expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
});
