import { afterEach, expect, it } from "vitest";
import { startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";

let nodes: InProcessNode[] = [];

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
});

it("a peer is not looked for where nobody can be reached, or where this node is", async () => {
  nodes = await startTrusting(["nvwa.nl", "baua.de"], "addresses");
  const [node] = nodes;
  if (node === undefined) throw new Error("two nodes");
  for (const [address, reason] of [
    ["hello", /is no address of a node/],
    ["0.0.0.0:4001", /no place to reach one/],
    ["[::]:4001", /no place to reach one/],
    [node.address, /this node itself listens/],
  ] as const)
    await expect(node.service.setPeerAddresses("baua.de", [address])).rejects.toMatchObject({
      code: "INVALID",
      message: expect.stringMatching(reason),
    });
  const { addresses } = await node.service.setPeerAddresses("baua.de", ["192.0.2.8:4001", "/ip4/192.0.2.8/tcp/4001"]);
  expect(addresses).toEqual(["/ip4/192.0.2.8/tcp/4001"]);
});
