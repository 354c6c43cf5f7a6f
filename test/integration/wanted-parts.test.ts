import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { DEFAULT_FETCH, type FetchSettings } from "../../node/fetch-policy.ts";
import type { EntryPart } from "../../node/service.ts";
import { parseEntryName } from "../../protocol/name.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { entriesOf, idOf, link, trust } from "../support/five.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { Line } from "../support/line.ts";
import { until } from "../support/until.ts";

// Which large parts come by themselves, which wait until somebody wants them, and from whom.

const MIB = 1024 * 1024;
let nodes: InProcessNode[] = [];
let lines: Line[] = [];

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  for (const line of lines.splice(0)) line.remove();
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

/** Who trust each other; the settings are those of all but the first. */
async function federation(names: readonly string[], fetch: FetchSettings): Promise<void> {
  const prng = new Prng("wanted parts");
  for (const [n, name] of names.entries())
    nodes.push(await startInProcess(makeAuthority(name, prng), { fetch: n === 0 ? DEFAULT_FETCH : fetch }));
  for (const node of nodes)
    await trust(
      node,
      nodes.filter((other) => other !== node).map(({ authority }) => authority),
    );
}

function at(n: number): InProcessNode {
  const node = nodes[n];
  if (node === undefined) throw new Error(`no node ${n}`);
  return node;
}

/** An entry of the first, with attachments of these types and lengths for all others. */
async function publish(attachments: readonly (readonly [type: string, length: number])[]): Promise<string> {
  const { service, authority } = at(0);
  const parts: { kind: string; staged: string }[] = [];
  for (const [type, length] of attachments) {
    const content = Readable.from([randomBytes(length)]);
    parts.push({ kind: "attachment", staged: (await service.stage({ name: "file", type, length }, content)).staged });
  }
  const to = nodes.slice(1).map((node) => node.authority.name);
  const body = { answers: 0, outcome: "not-found" };
  const refs = [`${authority.name}:0`];
  const { entry } = await service.publish({ type: "follow-up", version: 1, body, refs, to, parts }, "anna");
  if (entry === null) throw new Error("queued");
  return entry;
}

async function attachments(node: InProcessNode, entry: string): Promise<readonly EntryPart[]> {
  return (await node.service.show(entry)).details.slice(1);
}

async function states(node: InProcessNode, entry: string): Promise<readonly string[]> {
  return (await attachments(node, entry)).map(({ state, waits }) => (waits === null ? state : `${state}: ${waits}`));
}

/** Waits until all that comes by itself is here. */
async function settled(node: InProcessNode, entry: string, expected: readonly string[]): Promise<void> {
  await until(`${node.authority.name} has the entry`, () => entriesOf(node, at(0)) > parseEntryName(entry).index);
  await until("what comes by itself is here", async () => {
    const now = await states(node, entry);
    return now.every((state, n) => state === expected[n]);
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${(await states(node, entry)).join(", ")}`);
  });
}

it("by type and size, as the settings say; the rest when it is fetched", { timeout: 60_000 }, async () => {
  await federation(["nvwa.nl", "baua.de"], {
    fetch: { "*/*": MIB, "image/*": 2 * MIB, "image/png": 0, "video/mp4": 3 * MIB },
    fetchQuota: DEFAULT_FETCH.fetchQuota,
  });
  await link(at(1), at(0));
  const entry = await publish([
    ["application/pdf", 900_000],
    ["application/pdf", 1_500_000],
    ["image/jpeg", 1_500_000],
    ["image/png", 200_000],
    ["video/mp4", 2_800_000],
    ["video/mp4", 3_500_000],
    ["image/png", 20_000],
  ]);
  await settled(at(1), entry, ["held", "missing: size", "held", "missing: size", "held", "missing: size", "held"]);
  // Of what was looked into the name and type are known, of what is larger than any limit nothing is.
  const shown = (await attachments(at(1), entry)).map(({ type, name }) => [type, name]);
  expect(shown[1]).toEqual(["application/pdf", "file"]);
  expect(shown[5]).toEqual([null, null]);
  for (const part of [2, 4, 6])
    expect(await at(1).service.fetchPart(entry, part, () => undefined)).toEqual({ state: "held" });
  expect(await states(at(1), entry)).toEqual(Array.from({ length: 7 }, () => "held"));
});

it("no more of a log than its quota, but for what is fetched", { timeout: 60_000 }, async () => {
  await federation(["nvwa.nl", "baua.de"], { fetch: DEFAULT_FETCH.fetch, fetchQuota: 3 * MIB });
  await link(at(1), at(0));
  const first = await publish([["application/pdf", 5 * MIB]]);
  await settled(at(1), first, ["missing: size"]);
  await at(1).service.fetchPart(first, 1, () => undefined);
  const second = await publish([
    ["image/jpeg", 1_000_000],
    ["image/jpeg", 1_900_000],
    ["image/jpeg", 1_900_000],
    ["image/jpeg", 60_000],
  ]);
  await settled(at(1), second, ["held", "held", "missing: quota", "held"]);
  await at(1).service.fetchPart(second, 3, () => undefined);
  expect(await states(at(1), second)).toEqual(["held", "held", "held", "held"]);
  // What came so is remembered in the store.
  const third = await publish([["image/jpeg", 1_000_000]]);
  await settled(at(1), third, ["missing: quota"]);
});

it("from one of several readers, each chunk once, while the owner is away", { timeout: 60_000 }, async () => {
  await federation(["nvwa.nl", "baua.de", "tukes.fi", "ptac.lv"], DEFAULT_FETCH);
  const [owner, first, second, last] = [at(0), at(1), at(2), at(3)];
  const entry = await publish([["application/pdf", 3_500_000]]);
  for (const reader of [first, second]) {
    await link(reader, owner);
    await settled(reader, entry, ["held"]);
  }
  await owner.core.stop();
  for (const reader of [first, second]) {
    const line = await Line.lay(reader.address);
    lines.push(line);
    await last.core.setAddresses(idOf(reader), [line.address]);
  }
  await settled(last, entry, ["held"]);
  const carried = lines.reduce((sum, line) => sum + line.from, 0);
  expect(carried).toBeGreaterThan(3_500_000);
  expect(carried).toBeLessThan(5_000_000);
});
