import type { HandMadeLog } from "./hand-made-log.ts";
import { Adversary, stopHostile } from "./hostile.ts";
import type { InProcessNode } from "./in-process-node.ts";
import { until } from "./until.ts";

/** Serves the log as it is until the node, which trusts its owner, has all of it. */
export async function serveLog(node: InProcessNode, log: HandMadeLog): Promise<void> {
  const asked = await (await Adversary.connect(log.owner, node)).asked();
  await asked.greet();
  const serving = asked.answerAll((request) => log.answer(request));
  await until(`the log of ${log.owner.name} is here`, async () =>
    (await node.service.logs()).some(
      ({ name, size, missingParts }) => name === log.owner.name && size === log.size && missingParts === 0,
    ),
  );
  await stopHostile();
  await serving;
}
