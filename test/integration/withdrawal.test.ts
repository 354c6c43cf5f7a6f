import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { PeerStatus } from "../../node/service.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const nodes: InProcessNode[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function start(name: string): Promise<InProcessNode> {
  const node = await startInProcess(makeAuthority(name, new Prng(`withdrawal ${name}`)));
  nodes.push(node);
  return node;
}

it("what was received stays readable when trust is withdrawn, and goes on when it is given back", async () => {
  const [owner, reader] = [await start("nvwa.nl"), await start("baua.de")];
  const connect = async (): Promise<void> => {
    await owner.service.addPeer(chainFileOf(reader.authority), [], "anna");
    await reader.service.addPeer(chainFileOf(owner.authority), [owner.address], "anna");
  };
  const has = (index: number) => async (): Promise<boolean> => {
    const entry = await reader.service.show(`nvwa.nl:${index}`).catch(() => undefined);
    return entry?.recordStatus === "known";
  };
  await connect();
  const first = await owner.publish("before", ["baua.de"]);
  await until("the entry is here", has(first));

  await reader.service.removePeer("nvwa.nl", "anna");
  expect(await reader.service.peers()).toEqual([]);
  expect(await reader.service.show(`nvwa.nl:${first}`)).toMatchObject({ recordStatus: "known", log: "nvwa.nl" });
  expect((await reader.service.logs()).map(({ name }) => name)).toEqual(["baua.de", "nvwa.nl"]);
  const second = await owner.publish("meanwhile", ["baua.de"]);
  await expect(reader.service.show(`nvwa.nl:${second}`)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await reader.service.completeness("nvwa.nl", () => undefined)).toMatchObject({
    state: "so-far",
    complete: false,
    doubt: "nvwa.nl is not trusted any more, so nothing newer is asked for",
  });

  await reader.service.addPeer(chainFileOf(owner.authority), [owner.address], "anna");
  await until("what came meanwhile is here too", has(second));
  expect([...owner.faults, ...reader.faults]).toEqual([]);
});

it("who was removed is told so, with since when, and who removed sees it", async () => {
  const [owner, reader] = [await start("nvwa.nl"), await start("baua.de")];
  await owner.service.addPeer(chainFileOf(reader.authority), [], "anna");
  await reader.service.addPeer(chainFileOf(owner.authority), [owner.address], "anna");
  const seen = async (): Promise<PeerStatus | undefined> => (await reader.service.peers())[0];
  await until("they are connected", async () => (await seen())?.state === "connected");
  const entry = await reader.publish("before", ["nvwa.nl"]);
  await until(
    "it has arrived",
    async () => (await reader.service.explain(`baua.de:${entry}`, "nvwa.nl")).stopsAt === null,
  );
  // Times are whole seconds, and that of the removal is to be another than that of the start.
  await sleep(2_100);
  const removedAt = Math.floor(Date.now() / 1000);
  await owner.service.removePeer("baua.de", "anna");
  await until("the reader is not admitted", async () => (await seen())?.state === "not-admitted");
  const { addedUsBefore, reason, downSince } = (await seen()) ?? {};
  expect({ addedUsBefore, reason }).toEqual({
    addedUsBefore: true,
    reason: "nvwa.nl does not trust this authority any more",
  });
  expect(Date.parse(downSince ?? "") / 1000).toBeGreaterThanOrEqual(removedAt);

  const later = await reader.publish("after", ["nvwa.nl"]);
  const delivery = await reader.service.explain(`baua.de:${later}`, "nvwa.nl");
  expect(delivery).toMatchObject({ stopsAt: "connected" });
  expect(delivery.steps.find(({ step }) => step === "connected")?.says).toBe(reason);
  expect(await owner.service.pendingPeers()).toMatchObject([{ name: "baua.de", trustedBefore: true }]);
  expect((await owner.service.logs()).map(({ name, followed }) => [name, followed])).toEqual([
    ["nvwa.nl", true],
    ["baua.de", false],
  ]);
  expect([...owner.faults, ...reader.faults]).toEqual([]);
});

it("trust that is withdrawn ends the connection that is open, and who comes back is a stranger", async () => {
  const [owner, reader] = [await start("nvwa.nl"), await start("baua.de")];
  await owner.service.addPeer(chainFileOf(reader.authority), [], "anna");
  await reader.service.addPeer(chainFileOf(owner.authority), [owner.address], "anna");
  const state = async (): Promise<string | undefined> => (await reader.service.peers())[0]?.state;
  await until("they are connected", async () => (await state()) === "connected");
  expect(owner.endings).not.toContain("trust was withdrawn");
  await until("the owner cosigned", async () => ((await reader.service.peers())[0]?.witnessed.size ?? 0) > 0);

  await owner.service.removePeer("baua.de", "anna");
  expect(owner.endings).toContain("trust was withdrawn");
  await until("the reader has come back, as a stranger", async () => (await state()) === "not-admitted");
  expect((await reader.service.peers())[0]?.reason).toBe("nvwa.nl does not trust this authority any more");
  expect(await owner.service.peers()).toEqual([]);
  const body = { answers: 0, outcome: "not-found" };
  const input = { type: "follow-up", version: 1, body, refs: ["baua.de:0"], to: ["nvwa.nl"], parts: [] };
  const { warnings } = await reader.service.preview(input);
  expect(warnings).toEqual([expect.stringMatching(/^nvwa\.nl .* takes nothing of this log until it does$/)]);
  expect([...owner.faults, ...reader.faults]).toEqual([]);
});
