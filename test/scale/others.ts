/**
 * The other authorities, all in one process of their own, so that what the measured node holds is its own. Each trusts
 * the measured one alone, which calls it.
 */
import { trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { type Answer, authorityOf, type Order, OWN_NAME, sharedNow } from "./others-protocol.ts";

/** Records that are published at once, so that they share commits. */
const AT_ONCE = 500;
const TEXT = "x".repeat(400);

const nodes: InProcessNode[] = [];

process.on("message", (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case "start":
      for (let at = 0; at < order.count; at++) nodes.push(await begin(at, order.entries));
      return answer({ did: "start", addresses: nodes.map(({ address }) => address) });
    case "publish": {
      const time = sharedNow();
      const index = (await nodes[order.at]?.publish(TEXT, [OWN_NAME])) ?? -1;
      return answer({ did: "publish", at: order.at, index, time });
    }
    case "stop":
      await Promise.all(nodes.map((node) => node.stop()));
      process.disconnect();
  }
}

async function begin(at: number, entries: number): Promise<InProcessNode> {
  const node = await startInProcess(authorityOf(at));
  await trust(node, [authorityOf("measured")]);
  for (let done = 0; done < entries; done += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, entries - done) }, () => node.publish(TEXT, [OWN_NAME]));
    await Promise.all(group);
  }
  return node;
}

function answer(message: Answer): void {
  process.send?.(message);
}
