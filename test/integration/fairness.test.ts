import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { encodeCbor } from "../../protocol/cbor.ts";
import { logText } from "../../protocol/serve.ts";
import { INTAKE_PER_DAY } from "../../node/limits.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, link, startTrusting, trust } from "../support/five.ts";
import { fillLog } from "../support/history.ts";
import { Adversary, stopHostile } from "../support/hostile.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

// What one log or one peer asks of a node, the others do not feel. All nodes of a test share one process, so that the
// work of those who serve delays the reader too: between machines it is better than this.

const NIGHTLY = process.env["ENTENTE_NIGHTLY"] === "1";
const HISTORY = NIGHTLY ? 100_000 : 20_000;
/** Longest that an alert may take, in milliseconds. */
const PROMPT_MS = 1_000;
const ALERT_EVERY_MS = 200;
const PATIENCE_MS = NIGHTLY ? 300_000 : 60_000;
/** Requests that use up what may be asked at once, if each is answered by a word. */
const FLOOD = 16_384;
/** And how many of them are answered in a second then. */
const FLOOD_PER_SECOND = 256;
const PIPELINED = 512;

let nodes: InProcessNode[] = [];

afterEach(async () => {
  await stopHostile();
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

async function start(...names: readonly string[]): Promise<readonly [InProcessNode, InProcessNode, InProcessNode]> {
  nodes = await startTrusting(names, "fairness");
  const [first, second, third] = nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three authorities");
  return [first, second, third];
}

/** Publishes alerts until `isOver`; expects each to be durable at the reader in time. */
async function expectPrompt(from: InProcessNode, reader: InProcessNode, isOver: () => boolean): Promise<void> {
  const arrivals: Promise<number>[] = [];
  do {
    arrivals.push(arrival(from, reader));
    await delay(ALERT_EVERY_MS);
  } while (!isOver());
  expect(Math.max(...(await Promise.all(arrivals)))).toBeLessThan(PROMPT_MS);
}

/** How long an alert takes, in milliseconds. */
async function arrival(from: InProcessNode, reader: InProcessNode): Promise<number> {
  const published = performance.now();
  const index = await from.publish("an alert", [reader.authority.name]);
  const isHere = (): boolean => entriesOf(reader, from) > index;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = reader.core.onChange(() => (isHere() ? resolve() : undefined));
  if (!isHere()) await promise;
  stop();
  return performance.now() - published;
}

async function untilFollowed(reader: InProcessNode, owner: InProcessNode): Promise<void> {
  await until(
    `${owner.authority.name} is followed`,
    () => entriesOf(reader, owner) >= owner.core.ownLog.store.head.size,
  );
}

/** Requests that nobody knows, sent without waiting; until all are answered. */
async function askAtOnce(adversary: Adversary, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await adversary.send(encodeCbor([adversary.takeNumber(), "x", {}]));
  for (let n = 0; n < count; n++)
    expect(await adversary.receive()).toMatchObject({ last: true, answer: { code: "unsupported" } });
}

describe("a catch-up of one log", () => {
  it(
    "does not delay the alerts of another peer",
    async () => {
      const [reader, archive, alerter] = await start("nvwa.nl", "baua.de", "samr.cn");
      await fillLog(archive, HISTORY, [reader.authority]);
      await link(reader, alerter);
      await untilFollowed(reader, alerter);
      await link(reader, archive);
      await expectPrompt(alerter, reader, () => entriesOf(reader, archive) >= HISTORY);
    },
    PATIENCE_MS,
  );

  it(
    "does not delay the alerts that come through the same relay",
    async () => {
      const [reader, relay, alerter] = await start("nvwa.nl", "baua.de", "samr.cn");
      await fillLog(relay, HISTORY, [reader.authority]);
      await link(relay, alerter);
      await untilFollowed(relay, alerter);
      await link(reader, relay);
      // Before that it does not know that the relay has them.
      await untilFollowed(reader, alerter);
      await expectPrompt(alerter, reader, () => entriesOf(reader, relay) >= HISTORY);
    },
    PATIENCE_MS,
  );

  it(
    "does not delay the alerts of the same log to those who are up to date",
    async () => {
      const [reader, owner, latecomer] = await start("nvwa.nl", "baua.de", "samr.cn");
      await fillLog(owner, HISTORY, [reader.authority, latecomer.authority]);
      await link(reader, owner);
      await untilFollowed(reader, owner);
      await link(latecomer, owner);
      await expectPrompt(owner, reader, () => entriesOf(latecomer, owner) >= HISTORY);
    },
    PATIENCE_MS,
  );
});

describe("a peer that asks without end", () => {
  it("for nothing sensible is answered more slowly, and nobody else is", async () => {
    const flooder = makeAuthority("nobody.example", new Prng("flooder"));
    const [reader, victim, other] = await start("nvwa.nl", "baua.de", "samr.cn");
    await trust(victim, [flooder]);
    await link(reader, victim);
    await untilFollowed(reader, victim);
    const adversary = await Adversary.connect(flooder, victim);
    expect(await adversary.greet()).toBe(true);
    let isOver = false;
    const flood = async (): Promise<number> => {
      for (let answered = 0; answered < FLOOD; answered += PIPELINED) await askAtOnce(adversary, PIPELINED);
      // Another connection brings no other budget.
      const again = await Adversary.connect(flooder, victim);
      await again.greet();
      const before = performance.now();
      await askAtOnce(again, PIPELINED);
      return performance.now() - before;
    };
    const [took] = await Promise.all([
      flood().finally(() => (isOver = true)),
      expectPrompt(victim, reader, () => isOver),
    ]);
    expect(took).toBeGreaterThan((800 * PIPELINED) / FLOOD_PER_SECOND);
    // Who comes now is served at once.
    await link(other, victim);
    await untilFollowed(other, victim);
  });

  it("for everything, again and again, delays nobody's alerts", async () => {
    const greedy = makeAuthority("nobody.example", new Prng("greedy"));
    const [reader, victim, alerter] = await start("nvwa.nl", "baua.de", "samr.cn");
    await fillLog(victim, 5_000, [reader.authority, greedy]);
    await trust(victim, [greedy]);
    await link(reader, victim);
    await link(victim, alerter);
    await untilFollowed(reader, victim);
    await untilFollowed(victim, alerter);
    const { chain } = victim.authority;
    const range = { kind: "range", id: chain.id, epoch: 0, from: 0, to: 5_000, budget: 8_388_608 } as const;
    let isOver = false;
    const ask = async (): Promise<void> => {
      const adversary = await Adversary.connect(greedy, victim);
      expect(await adversary.greet()).toBe(true);
      for (let n = 0; n < 15; n++) await adversary.request(range);
      while (!isOver) if ((await adversary.receive())?.last === true) await adversary.request(range);
    };
    const end = performance.now() + 3_000;
    const alerts = [
      expectPrompt(victim, reader, () => performance.now() > end),
      expectPrompt(alerter, victim, () => performance.now() > end),
    ];
    await Promise.all([ask(), Promise.all(alerts).finally(() => (isOver = true))]);
  });
});

describe("a log that brings more than a day's amount", () => {
  it("is asked more slowly, which is shown, and goes on by itself with nothing lost", async () => {
    const [reader, owner, other] = await start("nvwa.nl", "baua.de", "samr.cn");
    await link(reader, owner);
    await link(reader, other);
    // The audience is an entry of its own.
    await owner.publish("first", ["nvwa.nl"]);
    await untilFollowed(reader, owner);
    await untilFollowed(reader, other);
    // Until its next pull waits there.
    await new Promise((resolve) => setTimeout(resolve, 500));
    // A day's amount, and what comes back in twelve seconds: longer than what follows takes on a busy machine.
    reader.core.intake.took(logText(owner.authority.chain.id, 0), INTAKE_PER_DAY + (12 * INTAKE_PER_DAY) / 86_400);
    const alarms = async (): Promise<readonly string[]> =>
      (await reader.service.logs()).flatMap((log) => (log.own ? [] : log.alarms));
    expect(await alarms()).toEqual([expect.stringMatching(/^nothing is asked for: more than 4 GiB came within a day/)]);
    // The pull that waits over there is answered still.
    await owner.publish("already asked for", ["nvwa.nl"]);
    await untilFollowed(reader, owner);
    const held = entriesOf(reader, owner);
    const waiting = await owner.publish("not asked for", ["nvwa.nl"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(entriesOf(reader, owner)).toBe(held);
    await expectPrompt(other, reader, () => true);
    await until("it goes on", () => entriesOf(reader, owner) > waiting);
    expect(await alarms()).toEqual([]);
  });
});
