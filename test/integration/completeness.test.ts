import { afterEach, expect, it } from "vitest";
import type { Completeness } from "../../node/service.ts";
import { idOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

let nodes: InProcessNode[] = [];

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

function of(node: InProcessNode, log: string): Promise<Completeness> {
  return node.service.completeness(log, () => undefined);
}

/** The owner, a reader who has all of it, and one whom nobody has reached. */
async function federation(): Promise<readonly [InProcessNode, InProcessNode, InProcessNode]> {
  nodes = await startTrusting(["nvwa.nl", "baua.de", "ptac.lv"], "completeness");
  const [owner, reader, absent] = nodes;
  if (owner === undefined || reader === undefined || absent === undefined) throw new Error("three nodes");
  await link(reader, owner);
  await owner.publish("for the reader", ["baua.de"]);
  await until("all of it has come", async () => (await of(reader, "nvwa.nl")).state === "complete");
  return [owner, reader, absent];
}

it("is said without doubt only where the owner is there and has confirmed it", async () => {
  const [, reader, absent] = await federation();
  const { checkpoint, confirmed, doubt, complete } = await of(reader, "nvwa.nl");
  expect({ doubt, complete }).toEqual({ doubt: null, complete: true });
  expect(confirmed).toMatchObject({ name: "nvwa.nl", size: checkpoint?.size });
  expect(confirmed?.age).toBeLessThan(60);
  expect(await of(absent, "nvwa.nl")).toMatchObject({ state: "unknown", complete: false, confirmed: null });
});

it("is so far while the owner cannot be asked", async () => {
  const [owner, reader] = await federation();
  nodes = nodes.filter((node) => node !== owner);
  await owner.stop();
  await until("the reader knows that it is gone", async () => (await of(reader, "nvwa.nl")).state !== "complete");
  expect(await of(reader, "nvwa.nl")).toMatchObject({
    state: "so-far",
    complete: false,
    missing: 0,
    confirmed: { name: "nvwa.nl" },
    doubt: expect.stringMatching(/^nvwa\.nl is not connected/),
  });
});

it("is so far where trust has ended, on whichever side", async () => {
  const [owner, reader] = await federation();
  await owner.service.removePeer("baua.de", "anna");
  await until("the reader is not admitted", async () => (await of(reader, "nvwa.nl")).state === "so-far");
  await until(
    "and it is told why",
    async () => (await of(reader, "nvwa.nl")).doubt?.includes("does not trust") === true,
  );
  await reader.core.removePeer(idOf(owner));
  expect(await of(reader, "nvwa.nl")).toMatchObject({
    state: "so-far",
    followed: false,
    doubt: expect.stringContaining("not trusted any more"),
  });
});
