import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { toHex } from "../../protocol/bytes.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, idOf, link } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { Line } from "../support/line.ts";
import { rotate } from "../support/rotation.ts";
import { until } from "../support/until.ts";

const prng = new Prng("rotated apart");
let nodes: InProcessNode[] = [];

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

/** The same authority after its second charter, which names another node key. */
function rotated(authority: Authority): Authority {
  const { key, chainAt } = rotate(authority, "node", `apart ${authority.name}`);
  return { ...authority, keys: { ...authority.keys, node: key }, chain: chainAt(1) };
}

/** A node that knows the other as it was before they were apart. */
async function start(authority: Authority, other: Authority): Promise<InProcessNode> {
  const node = await startInProcess(authority);
  nodes.push(node);
  await node.trustWithoutFollowers(other);
  await node.core.publishFollowers();
  return node;
}

async function expectFollowing(reader: InProcessNode, owner: InProcessNode): Promise<void> {
  const { size } = owner.core.ownLog.announced;
  await until(`${reader.authority.name} follows ${owner.authority.name}`, () => entriesOf(reader, owner) >= size);
  expect(reader.core.trust.get(idOf(owner))?.chain.entries).toHaveLength(owner.authority.chain.entries.length);
  expect(reader.core.trust.identify(owner.authority.keys.node.publicKey)).toBe(toHex(owner.authority.chain.id));
}

describe("node keys that were replaced while two nodes were apart", () => {
  it.each([
    ["of who is called", false, true],
    ["of who calls", true, false],
    ["of both", true, true],
  ])("%s keep them apart no longer", async (_whose, ofCaller, ofCalled) => {
    const [caller, called] = [makeAuthority("nvwa.nl", prng), makeAuthority("baua.de", prng)];
    const near = await start(ofCaller ? rotated(caller) : caller, called);
    const far = await start(ofCalled ? rotated(called) : called, caller);
    await link(near, far);
    await expectFollowing(near, far);
    await expectFollowing(far, near);
  });

  it("open the door to nobody else who answers at the address", async () => {
    const [caller, called, other] = ["nvwa.nl", "baua.de", "nobody.example"].map((name) => makeAuthority(name, prng));
    if (caller === undefined || called === undefined || other === undefined) throw new Error("three authorities");
    const near = await start(caller, called);
    const far = await start(other, caller);
    await near.core.setAddresses(toHex(called.chain.id), [far.address]);
    await until("it was told who it is not", async () =>
      (await near.service.pendingPeers()).some(({ name }) => name === other.name),
    );
    expect(near.core.sessionsOf(toHex(called.chain.id))).toEqual([]);
    expect(near.core.unreachableReason(toHex(called.chain.id))).toMatch(/another node than the one expected/);
    expect(entriesOf(far, near)).toBe(0);
  });

  it("are not looked for in ourselves, where a peer's address is our own", async () => {
    const [caller, called] = [makeAuthority("nvwa.nl", prng), makeAuthority("baua.de", prng)];
    const near = await start(caller, called);
    // As through a router that leads back inside.
    const line = await Line.lay(near.address);
    await near.core.setAddresses(toHex(called.chain.id), [line.address]);
    const id = toHex(called.chain.id);
    await until("it was called", () => near.core.unreachableReason(id) !== undefined);
    // Longer than a greeting takes.
    await delay(500);
    expect(near.core.settlement.state).not.toBe("held");
    expect(await near.service.pendingPeers()).toEqual([]);
    line.remove();
  });
});
