import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Completeness, Delivery, DeliveryStep } from "../../node/service.ts";
import { entriesOf, idOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

/**
 * The owner and a reader are connected, and the reader relays to another; one reader never comes, and one was removed.
 *
 *     nvwa.nl ── baua.de ── samr.cn      tukes.fi      ptac.lv
 */
const [OWNER, READER, BEHIND, ABSENT, REMOVED] = ["nvwa.nl", "baua.de", "samr.cn", "tukes.fi", "ptac.lv"] as const;

/** More than comes by itself. */
const LARGE = 4.5 * 1024 * 1024;

let nodes: InProcessNode[] = [];
/** Entries of the owner: for all; for the reader, with a large part; for who is behind alone. */
let [toAll, toReader, toBehind] = [0, 0, 0];

beforeAll(async () => {
  nodes = await startTrusting([OWNER, READER, BEHIND, ABSENT, REMOVED], "delivery 1");
  toAll = await at(OWNER).publish("for all", [READER, BEHIND, ABSENT, REMOVED], [random(300)]);
  await at(OWNER).core.removePeer(idOf(at(REMOVED)));
  await at(OWNER).core.publishFollowers();
  toReader = await at(OWNER).publish("for the reader", [READER], [random(LARGE), random(200)]);
  toBehind = await at(OWNER).publish("for who is behind", [BEHIND]);
  await link(at(READER), at(OWNER));
  await link(at(BEHIND), at(READER));
  await until("both have every entry", () =>
    [READER, BEHIND].every((name) => entriesOf(at(name), at(OWNER)) > toBehind),
  );
}, 60_000);

afterAll(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  expect(faults).toEqual([]);
});

describe("explain, at the owner", () => {
  it("shows what arrived, by receipt, and what was answered", async () => {
    const delivery = await untilExplained(OWNER, toAll, READER, ({ stopsAt }) => stopsAt === null);
    expect(states(delivery)).toEqual({
      appended: "yes",
      addressed: "yes",
      follows: "yes",
      connected: "yes",
      "entry-received": "yes",
      "parts-received": "yes",
      answered: "unknown",
    });
    expect(step(delivery, "addressed").evidence).toBe(`audience ${OWNER}:${toAll - 1}`);
    expect(step(delivery, "parts-received").evidence).toMatch(/^receipt of baua\.de of size \d+/);
    expect(step(delivery, "parts-received").time).toMatch(/^20\d\d-.*Z$/);

    const body = { answers: 0, outcome: "not-found", text: { en: "nothing found" } };
    const { entry } = await at(READER).service.publish(
      { type: "follow-up", version: 1, body, refs: [`${OWNER}:${toAll}`], to: [OWNER], parts: [] },
      "anna",
    );
    const after = await untilExplained(OWNER, toAll, READER, (one) => step(one, "answered").state === "yes");
    expect(step(after, "answered").evidence).toBe(entry);
    expect(after.next).toBe(`entente thread ${OWNER}:${toAll}`);
  });

  it("shows who has never been connected", async () => {
    const delivery = await explain(OWNER, toAll, ABSENT);
    expect(delivery).toMatchObject({ stopsAt: "connected", next: `entente peer show ${ABSENT}` });
    expect(states(delivery)).toMatchObject({
      addressed: "yes",
      follows: "yes",
      connected: "no",
      "entry-received": "unknown",
    });
    expect(step(delivery, "connected").says).toContain("has not been connected yet: no address is known");
  });

  it("shows who may not follow, by the followers in force", async () => {
    const delivery = await explain(OWNER, toAll, REMOVED);
    expect(delivery).toMatchObject({ stopsAt: "follows", next: "entente peer add FILE" });
    expect(step(delivery, "follows").evidence).toMatch(/^followers nvwa\.nl:\d+$/);
    expect(step(delivery, "follows").time).not.toBeNull();
  });

  it("shows for whom it is not", async () => {
    const delivery = await explain(OWNER, toReader, BEHIND);
    expect(delivery).toMatchObject({ stopsAt: "addressed", next: `entente grant ${BEHIND} --like NAME` });
    expect(states(delivery)).toMatchObject({ addressed: "no", "parts-received": "unknown" });
  });

  it("shows what came to somebody behind a relay, and leaves open what a relayed receipt does not say", async () => {
    // What nobody between them may read stays behind, and the count of it comes back without its place. Statements travel
    // with pulls, which traffic brings about at once and else twenty-five seconds do.
    await until("what is said behind the relay is back", async () => {
      await at(OWNER).publish("more", [READER]);
      return /but for/.test(step(await explain(OWNER, toBehind, BEHIND), "parts-received").evidence ?? "");
    });
    const delivery = await explain(OWNER, toBehind, BEHIND);
    expect(step(delivery, "entry-received").evidence).toMatch(/^(cosignature|receipt) of samr\.cn of size \d+$/);
    expect(delivery.stopsAt).toBe("connected");
    expect(step(delivery, "parts-received")).toMatchObject({
      state: "unknown",
      says: expect.stringContaining("has not told this node whether part 0"),
      evidence: expect.stringMatching(/^receipt of samr\.cn of size \d+, but for 2 parts$/),
    });
  });

  it("names the very part that a reader lacks, and that it is to be fetched there", async () => {
    const delivery = await untilExplained(
      OWNER,
      toReader,
      READER,
      (one) => step(one, "parts-received").state === "partly",
    );
    expect(delivery.stopsAt).toBe("parts-received");
    expect(step(delivery, "parts-received").says).toBe(
      "baua.de has parts 0, 2; baua.de lacks part 1; unless set otherwise there, part 1 must be fetched, being too large to come by itself",
    );
  });

  it("refuses what has no way", async () => {
    await expect(explain(OWNER, toAll, OWNER)).rejects.toMatchObject({ code: "INVALID" });
    await expect(explain(OWNER, toAll, "nobody.example")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const size = at(OWNER).core.ownLog.store.head.size;
    await expect(explain(OWNER, 9_999, READER)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `${size} entries of ${OWNER} are here, the last is ${OWNER}:${size - 1}`,
    });
    // Of a log of which nothing has come there is no last.
    await expect(at(ABSENT).service.show(`${OWNER}:0`)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `no entry of ${OWNER} is here yet`,
    });
  });
});

describe("explain, elsewhere", () => {
  it("of another's entry to ourselves, says what is here and who was asked for the rest", async () => {
    expect(await explain(READER, toAll, READER)).toMatchObject({ stopsAt: null });
    const delivery = await untilExplained(BEHIND, toBehind, BEHIND, (one) =>
      step(one, "parts-received").says.includes("baua.de answered"),
    );
    // It cannot be fetched from anybody but the owner, who is not connected.
    expect(delivery).toMatchObject({ stopsAt: "parts-received", next: `entente doctor --peer ${OWNER}` });
    expect(states(delivery)).toMatchObject({
      addressed: "yes",
      follows: "yes",
      connected: "no",
      "parts-received": "no",
    });
    expect(step(delivery, "parts-received").says).toMatch(
      /^part 0 is missing \(baua\.de answered at 20.*Z: has none of it, or may not give it; nvwa\.nl is not connected: no address/,
    );
  });

  it("of an entry that nobody has shown yet, says so", async () => {
    const delivery = await explain(READER, 9_999, READER);
    expect(delivery).toMatchObject({ stopsAt: "appended", next: `entente complete ${OWNER}` });
    expect(states(delivery)).toEqual({ appended: "unknown", follows: "yes", connected: "yes" });
  });

  it("of a log of which nothing has come, does not say who may follow it", async () => {
    const delivery = await explain(ABSENT, toAll, ABSENT);
    expect(states(delivery)).toMatchObject({ appended: "unknown", follows: "unknown" });
    expect(step(delivery, "follows").says).toContain("is not known");
    expect(delivery.stopsAt).toBe("appended");
  });

  it("of another's entry to a third, says what member lists and statements tell", async () => {
    const known = await untilExplained(READER, toAll, BEHIND, ({ stopsAt }) => stopsAt !== "entry-received");
    expect(states(known)).toMatchObject({ addressed: "yes", follows: "yes", "entry-received": "yes" });
    const blinded = await explain(READER, toBehind, ABSENT);
    expect(blinded).toMatchObject({ stopsAt: "addressed", next: null });
    expect(states(blinded)).toMatchObject({ addressed: "unknown" });
  });
});

describe("complete", () => {
  it("counts what is addressed to us from the leaves, and lists what is missing with who was asked", async () => {
    const report = await untilComplete(
      BEHIND,
      ({ listed }) => listed[0]?.asked.some(({ state }) => state === "answered") === true,
    );
    // Of the audience of all and of that for it alone the list, and the record; of the former also the attachment.
    expect(report).toMatchObject({ log: OWNER, own: false, followed: true, complete: false, contested: false });
    expect(report.addressed).toBe(5);
    expect(report.missing).toBe(2);
    expect(report.listed.map(({ entry, part }) => `${entry} ${part}`)).toEqual([
      `${OWNER}:${toBehind - 1} 0`,
      `${OWNER}:${toBehind} 0`,
    ]);
    expect(report.listed[1]?.asked).toMatchObject([
      { name: READER, state: "answered" },
      { name: OWNER, state: "not-connected" },
    ]);
    expect(report.checkpoint?.size).toBe(report.seenSize);
    expect(report.confirmedBy[0]?.name).toBe(OWNER);
    expect(report.confirmedBy.map(({ name }) => name)).toContain(BEHIND);
  });

  it("of ones own log, and of one of which nothing came", async () => {
    expect(await complete(OWNER, OWNER)).toMatchObject({ own: true, complete: true, missing: 0 });
    expect(await complete(ABSENT, OWNER)).toMatchObject({ complete: false, checkpoint: null, addressed: 0 });
  });

  it(
    "says that a large part waits for a person, and is content when it is here; then so is its owner",
    { timeout: 60_000 },
    async () => {
      const before = await complete(READER, OWNER);
      expect(before).toMatchObject({ complete: false, missing: 1 });
      expect(before.listed).toMatchObject([{ entry: `${OWNER}:${toReader}`, part: 1, waits: "size", asked: [] }]);
      await at(READER).service.fetchPart(`${OWNER}:${toReader}`, 1, () => undefined);
      expect(await complete(READER, OWNER)).toMatchObject({ complete: true, missing: 0, addressed: before.addressed });
      // A receipt travels with the next pull, which something new brings about.
      await at(OWNER).publish("something new", [READER]);
      expect(await untilExplained(OWNER, toReader, READER, ({ stopsAt }) => stopsAt === null)).toBeDefined();
    },
  );
});

describe("after a grant", () => {
  it("what it opens is addressed by it, arrives, and is counted as complete", async () => {
    expect(await explain(OWNER, toBehind, READER)).toMatchObject({ stopsAt: "addressed" });
    const before = await complete(READER, OWNER);
    const grant = { to: [READER], like: BEHIND, approved: false, preview: false };
    const [granted = ""] = (await at(OWNER).service.grant(grant, "anna")).granted;
    await until("a receipt from after the grant is back", async () => {
      await at(OWNER).publish("more", [READER]);
      return (await explain(OWNER, toBehind, READER)).stopsAt === null;
    });
    const delivery = await explain(OWNER, toBehind, READER);
    expect(step(delivery, "addressed")).toMatchObject({ state: "yes", evidence: `grant ${granted}` });
    expect(await explain(READER, toBehind, READER)).toMatchObject({ stopsAt: null });
    const after = await untilComplete(READER, (report) => report.complete);
    expect(after.addressed).toBeGreaterThan(before.addressed + 1);
  });

  it("a receipt from before it says nothing of what it opens, though it covers the entry", async () => {
    const later = await at(OWNER).publish("for who is behind, later", [BEHIND]);
    await until("the reader has confirmed all below it and more", async () => {
      await at(OWNER).publish("more", [READER]);
      return at(OWNER).core.ownWitnesses.receipts.some(
        ({ reader, size, exceptions }) => reader === idOf(at(READER)) && size > later && exceptions === 0,
      );
    });
    const gone = at(READER);
    nodes = nodes.filter((node) => node !== gone);
    await gone.stop();
    await at(OWNER).service.grant({ to: [READER], like: BEHIND, approved: false, preview: false }, "anna");
    const delivery = await untilExplained(OWNER, later, READER, (one) => step(one, "connected").state === "no");
    expect(states(delivery)).toMatchObject({ addressed: "yes", "entry-received": "yes", "parts-received": "unknown" });
    expect(step(delivery, "parts-received").says).toBe("baua.de has not confirmed part 0 yet");
    await untilExplained(OWNER, later, READER, (one) => step(one, "connected").time !== null);
    expect(gone.faults).toEqual([]);
  });
});

function at(name: string): InProcessNode {
  const found = nodes.find(({ authority }) => authority.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** At one node, of an entry of the owner. */
function explain(where: string, index: number, to: string): Promise<Delivery> {
  return at(where).service.explain(`${OWNER}:${index}`, to);
}

async function untilExplained(
  where: string,
  index: number,
  to: string,
  isSo: (delivery: Delivery) => boolean,
): Promise<Delivery> {
  let latest = await explain(where, index, to);
  await until(`${where} explains ${index} to ${to}`, async () =>
    isSo((latest = await explain(where, index, to))),
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; the last was ${JSON.stringify(latest, null, 1)}`);
  });
  return latest;
}

function complete(where: string, log: string): Promise<Completeness> {
  return at(where).service.completeness(log, () => undefined);
}

async function untilComplete(where: string, isSo: (report: Completeness) => boolean): Promise<Completeness> {
  let latest = await complete(where, OWNER);
  await until(`${where} reports`, async () => isSo((latest = await complete(where, OWNER)))).catch((error: unknown) => {
    throw new Error(`${String(error)}; the last was ${JSON.stringify(latest, null, 1)}`);
  });
  return latest;
}

function step(delivery: Delivery, name: DeliveryStep["step"]): DeliveryStep {
  const found = delivery.steps.find((one) => one.step === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

function states({ steps }: Delivery): Partial<Record<DeliveryStep["step"], DeliveryStep["state"]>> {
  return Object.fromEntries(steps.map(({ step: name, state }) => [name, state]));
}
