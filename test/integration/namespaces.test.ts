import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DIAL_TIMEOUT_MS, RECONNECT_MAX_MS, SILENCE_MS } from "../../node/limits.ts";
import { type Host, Network, whyNoNamespaces } from "../support/namespaces.ts";
import { NodeProcess, removeNodes } from "../support/nodes.ts";

// Three authorities on machines of their own, whose lines fail as lines do. Two can be called; the third can only call.

const NIGHTLY = process.env["ENTENTE_NIGHTLY"] === "1";
const WHY_NOT = whyNoNamespaces();
/** Longer than the first pauses of the back-off; at night than a silent line is believed in and than nearly all of them. */
const CUT_MS = NIGHTLY ? SILENCE_MS + RECONNECT_MAX_MS : 5_000;
/** A line that is back is used within the longest pause, and one attempt. */
const BACK_MS = RECONNECT_MAX_MS + DIAL_TIMEOUT_MS;
const PATIENCE_MS = CUT_MS + 2 * SILENCE_MS + 2 * BACK_MS;
const POLL_MS = 100;

type Machine = { readonly host: Host; readonly node: NodeProcess; readonly said: string[] };

let network: Network;
let nvwa: Machine;
let baua: Machine;
let samr: Machine;

async function machine(name: string): Promise<Machine> {
  const host = await network.addHost();
  return { host, node: await NodeProcess.create(name, undefined, host.place), said: [] };
}

function all(): readonly Machine[] {
  return [nvwa, baua, samr];
}

async function tellAddress(of: Machine, to: Machine): Promise<void> {
  await to.node.entente("peer", "set-address", of.node.name, of.host.address);
}

/** Publishes to both others. */
async function say(text: string): Promise<void> {
  for (const { node, said } of all()) {
    const { entry } = await (
      await node.client()
    ).publish({
      type: "follow-up",
      version: 1,
      body: { answers: 0, outcome: "not-found", text: { en: text } },
      refs: [`${node.name}:0`],
      to: all().flatMap((other) => (other.node === node ? [] : [other.node.name])),
      parts: [],
    });
    if (entry === null) throw new Error(`${text} was queued`);
    said.push(text);
  }
}

/** What a node has of a log, as people see it, in order. */
async function heard(by: NodeProcess, from: NodeProcess): Promise<readonly unknown[]> {
  const client = await by.client();
  const { entries } = await client.list({ limit: 1_000, log: from.name, type: "follow-up" });
  const shown = await Promise.all(entries.map(async ({ entry }) => (await client.show(entry)).body));
  return shown.toReversed().map((body) => (body === null ? null : Object(body)["text"]?.en));
}

/** Everybody has what everybody said, each once and in order, within so long. */
async function expectAllHeard(ms: number): Promise<void> {
  const expected = all().flatMap(() => all().map(({ said }) => said));
  const end = performance.now() + ms;
  for (;;) {
    const latest = await Promise.all(all().flatMap(({ node }) => all().map((from) => heard(node, from.node))));
    if (JSON.stringify(latest) !== JSON.stringify(expected) && performance.now() < end) {
      await delay(POLL_MS);
      continue;
    }
    expect(latest).toEqual(expected);
    break;
  }
  for (const { node } of all()) {
    for (const other of all()) expect(await node.one("verify", other.node.name)).toMatchObject({ problems: [] });
    expect(node.errors()).toEqual([]);
  }
}

async function connected({ node }: Machine): Promise<readonly string[]> {
  return (await node.status()).peers.flatMap(({ name, state }) => (state === "connected" ? [name] : []));
}

describe.skipIf(WHY_NOT !== undefined)(
  `nodes over lines that fail${WHY_NOT === undefined ? "" : `; ${WHY_NOT}`}`,
  () => {
    beforeAll(async () => {
      network = await Network.lay();
      [nvwa, baua, samr] = [await machine("nvwa.nl"), await machine("baua.de"), await machine("samr.cn")];
      await samr.host.closeToCallers();
      await Promise.all(all().map(({ node }) => node.start()));
      for (const { node } of all()) for (const other of all()) if (other.node !== node) await node.trust(other.node);
      await tellAddress(nvwa, baua);
      await tellAddress(baua, nvwa);
      for (const other of [nvwa, baua]) await tellAddress(other, samr);
    }, 120_000);
    afterAll(async () => {
      await removeNodes();
      network.removeNow();
    });

    it("are all connected, also with who can only call", { timeout: PATIENCE_MS }, async () => {
      await say("all is well");
      await expectAllHeard(BACK_MS);
      for (const one of all()) expect(await connected(one)).toHaveLength(2);
    });

    it("go on when a link was down", { timeout: PATIENCE_MS }, async () => {
      await nvwa.host.linkDown();
      await say("the link is down");
      await delay(CUT_MS);
      await nvwa.host.linkUp();
      await expectAllHeard(BACK_MS);
    });

    it(
      "connect again when every connection was reset, and no other could be made",
      { timeout: PATIENCE_MS },
      async () => {
        await network.rule("-A", "FORWARD", "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");
        await say("connections are reset");
        await delay(CUT_MS);
        for (const one of all()) expect(await connected(one)).toEqual([]);
        await network.clear();
        await expectAllHeard(BACK_MS);
      },
    );

    it("find each other when one was moved to another address", { timeout: PATIENCE_MS }, async () => {
      // At night it is not started anew: that its connections are dead is found out by silence.
      if (!NIGHTLY) await baua.node.stop();
      await baua.host.changeAddress();
      if (!NIGHTLY) await baua.node.start();
      // Whoever is called by it need not be told; whoever cannot be called must be.
      await tellAddress(baua, samr);
      await say("we have moved");
      await expectAllHeard(SILENCE_MS + BACK_MS);
    });

    it("go on when a third of all packets was lost, and one direction was dead", { timeout: PATIENCE_MS }, async () => {
      await network.rule("-A", "FORWARD", "-i", nvwa.host.line, "-o", baua.host.line, "-j", "DROP");
      await network.rule("-A", "FORWARD", "-m", "statistic", "--mode", "random", "--probability", "0.33", "-j", "DROP");
      await say("some of this is lost");
      await delay(CUT_MS);
      await network.clear();
      await expectAllHeard(SILENCE_MS + BACK_MS);
    });

    it.skipIf(!NIGHTLY)("hear by a relay of whom they cannot hear themselves", { timeout: PATIENCE_MS }, async () => {
      await expect.poll(() => connected(baua), { timeout: BACK_MS, interval: POLL_MS }).toContain("nvwa.nl");
      await network.rule("-A", "FORWARD", "-i", nvwa.host.line, "-o", baua.host.line, "-j", "DROP");
      await say("one direction is dead");
      await expectAllHeard(SILENCE_MS + BACK_MS);
      await network.clear();
    });
  },
);
