import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, it } from "vitest";
import { entriesOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const [OWNER, READER] = ["nvwa.nl", "baua.de"] as const;
/** More than one pull brings. */
const RECORDS = 150;
const RECORD_BYTES = 40_000;
const PATIENCE_MS = 60_000;

let nodes: InProcessNode[] = [];
let owner: InProcessNode;
let reader: InProcessNode;

beforeEach(async () => {
  nodes = await startTrusting([OWNER, READER], "erasing while serving", { roles: ["approver/1"] });
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error("there are two");
  [owner, reader] = [first, second];
});

afterEach(() => Promise.all(nodes.map((node) => node.stop())));

it("deletes also after somebody has caught up with a long log", { timeout: PATIENCE_MS }, async () => {
  const last = await publishMany();
  await link(reader, owner);
  await until("it has all", () => entriesOf(reader, owner) > last);
  await erase(last);
});

it("deletes also while somebody who is served takes nothing any more", { timeout: PATIENCE_MS }, async () => {
  const last = await publishMany();
  const { store } = owner.core.ownLog;
  const served = store.entryRuns(0, store.head.size);
  await served.next();
  await erase(last);
  await served.return(undefined);
});

async function publishMany(): Promise<number> {
  let last = 0;
  for (let at = 0; at < RECORDS; at++) last = await owner.publish(`toy ${at}`, [READER], [randomBytes(RECORD_BYTES)]);
  return last;
}

async function erase(index: number): Promise<void> {
  const targets = [{ entry: `${OWNER}:${index}` }];
  await owner.service.erase({ targets, ground: "retention", approved: true, preview: false }, "anna");
  await until("it is deleted", async () => (await owner.service.erasures())[0]?.state === "deleted");
}
