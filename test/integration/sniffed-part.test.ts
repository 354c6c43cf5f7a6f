import { Readable } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { parseEntryName } from "../../protocol/name.ts";
import { entriesOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

// A part whose content is not what is claimed: an honest node does not publish it, and what another does is told.

const PROGRAM = Buffer.concat([Buffer.from("MZ\u0090\0\u0003\0\0\0"), Buffer.alloc(1_000)]);

let nodes: InProcessNode[] = [];
afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  expect(faults).toEqual([]);
});

it.each([1_000, 300_000])("of %d bytes", { timeout: 60_000 }, async (length) => {
  nodes = await startTrusting(["nvwa.nl", "baua.de"], "sniffed");
  const [owner, reader] = nodes;
  if (owner === undefined || reader === undefined) throw new Error("two nodes");
  await link(reader, owner);
  const content = Buffer.concat([PROGRAM, Buffer.alloc(length)]);
  const input = { name: "photo.png", type: "image/png", length: content.length };
  await expect(owner.service.stage(input, Readable.from([content]))).rejects.toMatchObject({ code: "INVALID" });
  // As one does who means to deceive.
  const { number } = await owner.core.parts.stage(
    { ...input, ownerId: owner.authority.chain.id, since: Math.floor(Date.now() / 1000) },
    Readable.from([content]),
  );
  const parts = [{ kind: "picture", staged: String(number) }];
  const record = { type: "follow-up", version: 1, body: { answers: 0, outcome: "not-found" }, refs: ["nvwa.nl:0"] };
  const { entry } = await owner.service.publish({ ...record, to: ["baua.de"], parts }, "anna");
  if (entry === null) throw new Error("queued");
  await until("it is here", async () => {
    if (entriesOf(reader, owner) <= parseEntryName(entry).index) return false;
    return (await reader.service.show(entry)).parts.every((state) => state === "held");
  });
  const { details } = await reader.service.show(entry);
  expect(details).toMatchObject([
    { part: 0, looksLike: null },
    { part: 1, type: "image/png", looksLike: "application/x-msdownload" },
  ]);
});
