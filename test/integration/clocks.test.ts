import { afterEach, expect, it } from "vitest";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import type { Status } from "../../node/service.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const OFF_S = 600;
/** How long the exchange of this test may take. */
const SLACK_S = 60;

const nodes: InProcessNode[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

/** As the system's, by so many seconds off. */
function clockOff(seconds: number): Clock {
  return { ...SYSTEM_CLOCK, now: () => SYSTEM_CLOCK.now() + seconds * 1000 };
}

async function start(name: string, clock: Clock): Promise<InProcessNode> {
  const node = await startInProcess(makeAuthority(name, new Prng(`clocks ${name}`)), { clock });
  nodes.push(node);
  return node;
}

/** The second one dials, and each has cosigned all of the other. */
async function connect(one: InProcessNode, other: InProcessNode): Promise<void> {
  await one.service.addPeer(chainFileOf(other.authority), [], "anna");
  await other.service.addPeer(chainFileOf(one.authority), [one.address], "anna");
  await one.publish("something", [other.authority.name]);
  await other.publish("something", [one.authority.name]);
  for (const node of [one, other])
    await until(
      "all is cosigned",
      async () => (await peerOf(node)).witnessed.entries === 0 && isWhole(await peerOf(node)),
    );
}

function isWhole({ state, lag, headAge }: Status["peers"][number]): boolean {
  return state === "connected" && lag.entries === 0 && headAge !== null;
}

async function peerOf(node: InProcessNode): Promise<Status["peers"][number]> {
  const [peer] = (await node.service.status()).peers;
  if (peer === undefined) throw new Error("no peer");
  return peer;
}

async function clockFindings(node: InProcessNode): Promise<readonly string[]> {
  const { health } = await node.service.status();
  return health.findings.filter(({ code }) => code.includes("CLOCK")).map(({ code, subject }) => `${code} ${subject}`);
}

it("a clock that is ahead shows in what is signed, at both ends", async () => {
  const [right, ahead] = [await start("nvwa.nl", SYSTEM_CLOCK), await start("baua.de", clockOff(OFF_S))];
  await connect(right, ahead);
  const [seenByRight, seenByAhead] = [(await peerOf(right)).clockOffset, (await peerOf(ahead)).clockOffset];
  expect(seenByRight).toBeGreaterThan(OFF_S - SLACK_S);
  expect(seenByRight).toBeLessThanOrEqual(OFF_S);
  expect(seenByAhead).toBeLessThan(SLACK_S - OFF_S);
  expect(seenByAhead).toBeGreaterThanOrEqual(-OFF_S);
  expect(await clockFindings(right)).toEqual(["PEER_CLOCK baua.de"]);
  expect(await clockFindings(ahead)).toEqual(["PEER_CLOCK nvwa.nl"]);
});

it("clocks that agree show nothing, and who was called knows that he can be", async () => {
  const [called, caller] = [await start("nvwa.nl", SYSTEM_CLOCK), await start("baua.de", SYSTEM_CLOCK)];
  await connect(called, caller);
  expect(Math.abs((await peerOf(called)).clockOffset)).toBeLessThanOrEqual(1);
  expect(await clockFindings(called)).toEqual([]);
  expect((await peerOf(called)).lastInbound).not.toBeNull();
  expect((await peerOf(caller)).lastInbound).toBeNull();
  const level = async (node: InProcessNode, name: string): Promise<string | undefined> =>
    (await node.service.examinePeer(name)).find(({ code }) => code === "PEER_REACHES_US")?.level;
  expect(await level(called, "baua.de")).toBe("ok");
  expect(await level(caller, "nvwa.nl")).toBe("note");
});
