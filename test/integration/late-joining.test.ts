import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, findIn, idOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const OLD = ["nvwa.nl", "baua.de", "tukes.fi"];
const NEW = "ptac.lv";

let nodes: InProcessNode[] = [];

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

/** An old federation of three with a history, and one who joins. */
async function federation(seed: string): Promise<{ readonly marks: readonly Buffer[]; readonly secret: Buffer }> {
  const prng = new Prng(seed);
  for (const name of [...OLD, NEW]) nodes.push(await startInProcess(makeAuthority(name, prng, ["approver/1"])));
  for (const node of nodes.slice(0, 3))
    await trust(
      node,
      nodes
        .slice(0, 3)
        .filter((one) => one !== node)
        .map(({ authority }) => authority),
    );
  await link(at(0), at(1));
  await link(at(1), at(2));
  const marks: Buffer[] = [];
  for (let n = 0; n < 40; n++) {
    const content = randomBytes(n % 10 === 9 ? 150_000 : 300);
    marks.push(content.subarray(content.length - 32));
    await at(0).publish(`record ${n}`, n % 2 === 0 ? ["baua.de"] : ["baua.de", "tukes.fi"], [content]);
  }
  const secret = randomBytes(300);
  await at(0).publish("for one alone", ["tukes.fi"], [secret]);
  await until("the old federation has it", () => entriesOf(at(2), at(0)) === at(0).core.ownLog.announced.size);
  return { marks, secret: secret.subarray(200, 232) };
}

/** Everybody and the new one trust each other; it is connected to one of them. */
async function join(to: InProcessNode): Promise<void> {
  for (const node of nodes.slice(0, 3)) await trust(node, [at(3).authority]);
  await trust(
    at(3),
    nodes.slice(0, 3).map(({ authority }) => authority),
  );
  await link(at(3), to);
  await until("the new one has the leaves", () => entriesOf(at(3), at(0)) === at(0).core.ownLog.announced.size);
}

describe("who joins late", () => {
  it(
    "gets by one grant what was addressed to an old member, from the owner, and proves it",
    { timeout: 90_000 },
    async () => {
      const { marks, secret } = await federation("late 1");
      await join(at(0));
      expect(await findIn(at(3), [...marks, secret])).toEqual(new Set());
      const preview = await at(0).service.grant({ to: [NEW], like: "baua.de", approved: false, preview: true }, "anna");
      expect(preview).toMatchObject({ audiences: 2, entries: 40, granted: [] });
      const done = await at(0).service.grant({ to: [NEW], like: "baua.de", approved: false, preview: false }, "anna");
      expect(done.granted).toHaveLength(1);
      await untilWhole(marks);
      expect(await findIn(at(3), [secret])).toEqual(new Set());
      // It says so, and it shows what the old member shows.
      await until("the owner has its receipt", () => {
        const receipt = at(0).core.ownWitnesses.receiptOf(idOf(at(3)));
        return receipt?.size === at(0).core.ownLog.announced.size && receipt.exceptions === 0;
      });
      const shown = async (node: InProcessNode): Promise<unknown> =>
        (await node.service.thread("nvwa.nl:3")).map(({ entry }) => ({ ...entry, log: undefined }));
      expect(await shown(at(3))).toEqual(await shown(at(1)));
    },
  );

  it("gets an approved grant through a relay that is in both audiences", { timeout: 90_000 }, async () => {
    const { marks } = await federation("late 3");
    await join(at(1));
    // The relay reads what is opened, and is listed among those to whom it is opened.
    await at(0).service.grant({ to: [NEW, "baua.de"], like: "tukes.fi", approved: true, preview: false }, "anna");
    const both = marks.filter((_, n) => n % 2 === 1);
    await untilWhole(both);
    expect((await findIn(at(3), marks)).size).toBe(both.length);
  });
});

async function untilWhole(marks: readonly Buffer[]): Promise<void> {
  await until("the new one has it all", async () => (await findIn(at(3), marks)).size === marks.length);
  await until("nothing is missing", () => at(3).core.mirrorOf(idOf(at(0)))?.store.head.missing === 0);
}

function at(node: number): InProcessNode {
  const found = nodes[node];
  if (found === undefined) throw new Error(`no node ${node}`);
  return found;
}
