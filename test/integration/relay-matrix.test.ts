import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { toHex, utf8Encode } from "../../protocol/bytes.ts";
import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { entriesOf, findIn, FIVE, idOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

/** Something confidential: where its bytes are, and who may have them. */
type Secret = {
  readonly what: string;
  readonly owner: number;
  readonly readers: readonly number[];
  readonly index: number;
  readonly mark: Uint8Array;
};

let nodes: InProcessNode[] = [];

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

/** A record, a small attachment and one of several chunks, each with a mark of its own. */
async function publish(owner: number, readers: readonly number[]): Promise<Secret[]> {
  const [record, small, large] = [toHex(random(24)), random(400), random(150_000)];
  const to = readers.map((reader) => FIVE[reader] ?? "");
  const index = await at(owner).publish(record, to, [small, large]);
  const of = `${FIVE[owner]}:${index} for ${to.join(",")}`;
  return [
    { what: `record ${of}`, owner, readers, index, mark: utf8Encode(record) },
    { what: `small part ${of}`, owner, readers, index, mark: small.subarray(100, 132) },
    { what: `large part ${of}`, owner, readers, index, mark: large.subarray(140_000, 140_032) },
  ];
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** Readers of every size, so that each is alone with each owner at least once. */
async function publishAll(): Promise<Secret[]> {
  const secrets: Secret[] = [];
  for (let owner = 0; owner < 5; owner++) {
    const others = [0, 1, 2, 3, 4].filter((other) => other !== owner);
    for (const other of others) secrets.push(...(await publish(owner, [other])));
    secrets.push(...(await publish(owner, others.slice(0, 2))), ...(await publish(owner, others)));
  }
  return secrets;
}

/** Who can come by a part: the owner, and readers with a way to it over which everybody may read it. */
function reached({ owner, readers }: Secret, links: readonly (readonly [number, number])[]): ReadonlySet<number> {
  const has = new Set([owner]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [a, b] of [...links, ...links.map(([x, y]) => [y, x] as const)])
      if (has.has(a) && !has.has(b) && readers.includes(b)) grew = has.add(b).size > 0;
  }
  return has;
}

async function matrix(secrets: readonly Secret[]): Promise<string[]> {
  const held: string[] = [];
  for (const [at, node] of nodes.entries()) {
    const found = await findIn(
      node,
      secrets.map(({ mark }) => Buffer.from(mark)),
    );
    for (const secret of found) held.push(`${FIVE[at]} has the ${secrets[secret]?.what}`);
  }
  return held.sort();
}

function expected(secrets: readonly Secret[], links: readonly (readonly [number, number])[]): string[] {
  return secrets
    .flatMap((secret) => [...reached(secret, links)].map((at) => `${FIVE[at]} has the ${secret.what}`))
    .sort();
}

async function untilMatrix(secrets: readonly Secret[], links: readonly (readonly [number, number])[]): Promise<void> {
  const should = expected(secrets, links);
  await until("everybody has what he may have", async () => (await matrix(secrets)).length >= should.length).catch(
    () => undefined,
  );
  expect(await matrix(secrets)).toEqual(should);
}

const LINE: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
];
const STAR: readonly (readonly [number, number])[] = [
  [0, 2],
  [1, 2],
  [3, 2],
  [4, 2],
];
const MESH: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4].flatMap((a) =>
  [0, 1, 2, 3, 4].filter((b) => a < b).map((b) => [a, b] as const),
);

describe("five authorities", () => {
  it.each([
    ["each connected to each", MESH],
    ["in a line", LINE],
    ["around one in the middle", STAR],
  ])("%s have exactly what they may have", { timeout: 120_000 }, async (_, links) => {
    nodes = await startTrusting(FIVE, "matrix 41");
    const before = await publishAll();
    for (const [a, b] of links) await link(at(a), at(b));
    const after = await publishAll();
    await until("every log is everywhere", () =>
      nodes.every((node) => nodes.every((owner) => owner === node || entriesOf(node, owner) === sizeOf(owner))),
    );
    await untilMatrix([...before, ...after], links);
    // Every owner hears from everybody how far its log is held, also from those that it cannot reach. Statements travel
    // with pulls, which traffic brings about at once and else twenty-five seconds do.
    await until("what everybody says of every log is back", async () => {
      for (const owner of nodes)
        await owner.publish(
          "more",
          FIVE.filter((name) => name !== owner.authority.name),
        );
      return nodes.every(
        ({ core: { ownWitnesses } }) => ownWitnesses.cosignatures.length === 4 && ownWitnesses.receipts.length === 4,
      );
    });
  });

  it("in a line: who was removed gets nothing more, also from relays", { timeout: 120_000 }, async () => {
    nodes = await startTrusting(FIVE, "matrix 42");
    for (const [a, b] of LINE) await link(at(a), at(b));
    const before = await publish(0, [1, 2, 3, 4]);
    await untilMatrix(before, LINE);
    await at(0).core.removePeer(idOf(at(4)));
    const removal = (await at(0).core.publishFollowers()) ?? -1;
    const after = [...(await publish(0, [1, 2, 3])), ...(await publish(0, [1, 3]))];
    await until("the others have it all", () =>
      [1, 2, 3].every((node) => entriesOf(at(node), at(0)) === sizeOf(at(0))),
    );
    const others = LINE.slice(0, 3);
    await untilMatrix(after, others);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await untilMatrix(after, others);
    expect(entriesOf(at(4), at(0))).toBeLessThanOrEqual(removal);
    // It goes on with everything else.
    const own = await publish(1, [2, 3, 4]);
    await untilMatrix([...after, ...own], LINE);
  });

  it("do not get a part by its digest from another log", { timeout: 120_000 }, async () => {
    nodes = await startTrusting(FIVE, "matrix 43");
    for (const [a, b] of LINE) await link(at(a), at(b));
    const secrets = await publish(0, [1]);
    await untilMatrix(secrets, LINE);
    await until("the thief has the leaf", () => entriesOf(at(2), at(0)) === sizeOf(at(0)));
    const stolen =
      (await at(2)
        .core.mirrorOf(idOf(at(0)))
        ?.store.readLeaf(secrets[0]?.index ?? 0)) ?? new Uint8Array(0);
    const reading = readLeaf(stolen);
    if (reading.status !== "known" || reading.leaf.kind !== "record") throw new Error("not the record");
    const { parts } = reading.leaf;
    // An audience of its own, for whom the thief claims the bytes of another.
    const [own] = await publish(2, [1, 3, 4]);
    const audience = (own?.index ?? 0) - 1;
    await at(2).core.ownLog.append([
      {
        leaf: (time) => ({ kind: "record", time, parts: parts.map((part) => ({ ...part, audience })) }),
        parts: [],
        extra: () => [],
      },
    ]);
    await until("the claim is everywhere", () =>
      [1, 3, 4].every((node) => entriesOf(at(node), at(2)) === sizeOf(at(2))),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await matrix(secrets)).toEqual(expected(secrets, LINE));
    expect(at(3).core.mirrorOf(idOf(at(2)))?.store.head.missing).toBe(3);
  });
});

function at(node: number): InProcessNode {
  const found = nodes[node];
  if (found === undefined) throw new Error(`no node ${node}`);
  return found;
}

function sizeOf(node: InProcessNode): number {
  return node.core.ownLog.announced.size;
}
