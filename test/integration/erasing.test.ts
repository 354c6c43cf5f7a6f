import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import type { EraseTarget } from "../../node/erasure-types.ts";
import { ERASE_DELAY_MS } from "../../node/limits.ts";
import { entriesOf, findIn, idOf, link, startTrusting } from "../support/five.ts";
import type { InProcessNode } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

/** The owner, a reader, one behind the reader who relays, and one who follows and may read nothing of it. */
const [OWNER, READER, BEHIND, OTHER] = ["nvwa.nl", "baua.de", "samr.cn", "tukes.fi"] as const;
const NAMES = [OWNER, READER, BEHIND, OTHER];
const PATIENCE_MS = 90_000;

/** Time goes on as it does, and jumps. */
let jumped = 0;
const clock: Clock = { ...SYSTEM_CLOCK, now: () => Date.now() + jumped };

let nodes: InProcessNode[] = [];
let runs = 0;
/** In its text, in an attachment of one chunk, and near the end of one of several. */
let marks: readonly [Buffer, Buffer, Buffer];
let entry: string;

beforeEach(async () => {
  jumped = 0;
  nodes = await startTrusting(NAMES, `erasing ${runs++}`, { clock, roles: ["approver/1"] });
  const text = `toy ${[...randomBytes(20)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("")}`;
  const [small, large] = [randomBytes(400), randomBytes(150_000)];
  const index = await at(OWNER).publish(text, [READER, BEHIND], [small, large]);
  marks = [Buffer.from(text), Buffer.from(small.subarray(100, 132)), Buffer.from(large.subarray(140_000, 140_032))];
  entry = `${OWNER}:${index}`;
  await link(at(READER), at(OWNER));
  await link(at(BEHIND), at(READER));
  await link(at(OTHER), at(OWNER));
  await until("what is addressed is there", async () => {
    for (const name of [READER, BEHIND]) if ((await findIn(at(name), marks)).size < 3) return false;
    return entriesOf(at(OTHER), at(OWNER)) > index;
  });
  for (const name of [OWNER, READER, BEHIND])
    await until(
      "it is found",
      async () => (await at(name).service.search({ q: text, kind: [], limit: 1 })).entries.length === 1,
    );
}, PATIENCE_MS);

afterEach(async () => {
  const faults = nodes.flatMap((node) => node.faults);
  await Promise.all(nodes.map((node) => node.stop()));
  expect(faults).toEqual([]);
});

function at(name: string): InProcessNode {
  const found = nodes[NAMES.findIndex((one) => one === name)];
  if (found === undefined) throw new Error(`there is no node of ${name}`);
  return found;
}

function erase(
  approved: boolean,
  targets: readonly EraseTarget[] = [{ entry }],
): ReturnType<InProcessNode["service"]["erase"]> {
  return at(OWNER).service.erase({ targets, ground: "retention", approved, preview: false }, "anna");
}

/** The files of a node in which one of the marks stands. */
async function filesWith(node: InProcessNode): Promise<readonly string[]> {
  const found: string[] = [];
  const look = async (directory: string): Promise<void> => {
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      // LevelDB removes files while it goes on.
      const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory();
      if (isDirectory === true) await look(path);
      else if (isDirectory === false) {
        const bytes = await readFile(path).catch(() => Buffer.alloc(0));
        if (marks.some((mark) => bytes.includes(mark))) found.push(path);
      }
    }
  };
  await look(node.directory);
  return found;
}

async function states(node: InProcessNode): Promise<readonly string[]> {
  return (await node.service.show(entry)).parts;
}

async function untilAnswered(...wanted: readonly string[]): Promise<void> {
  await until("who was addressed has answered", async () => {
    const [erasure] = await at(OWNER).service.erasures();
    return erasure?.answers.map(({ authority, state }) => `${authority} ${state}`).join() === wanted.join();
  });
}

async function verifies(): Promise<void> {
  for (const name of NAMES) expect((await at(name).service.verifyLog(OWNER, () => undefined)).problems).toEqual([]);
}

describe("what is erased", () => {
  it("with an approver's word is in no file of any node, and all logs verify", { timeout: PATIENCE_MS }, async () => {
    for (const name of [OWNER, READER, BEHIND])
      expect(await filesWith(at(name)), "or nothing is shown here").not.toEqual([]);
    const report = await erase(true);
    expect(report.parts.map(({ part, readers }) => [part, readers])).toEqual([
      [0, [READER, BEHIND]],
      [1, [READER, BEHIND]],
      [2, [READER, BEHIND]],
    ]);
    await untilAnswered(`${READER} deleted`, `${BEHIND} deleted`);
    await until(
      "the owner too has deleted it",
      async () => (await at(OWNER).service.erasures())[0]?.state === "deleted",
    );
    for (const name of NAMES) {
      expect(await filesWith(at(name))).toEqual([]);
      expect(await states(at(name))).toEqual(["erased", "erased", "erased"]);
    }
    await verifies();
    expect(await at(READER).service.completeness(OWNER, () => undefined)).toMatchObject({ missing: 0, erased: 3 });
    await expect(at(READER).service.readPart(entry, 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(erase(false)).rejects.toMatchObject({ code: "REFUSED" });
  });

  it("without it is out of sight at once, and deleted after the delay", { timeout: PATIENCE_MS }, async () => {
    await erase(false);
    expect(await states(at(OWNER))).toEqual(["erased", "erased", "erased"]);
    for (const name of [READER, BEHIND]) {
      await until("it is hidden", async () => (await states(at(name)))[0] === "erased");
      expect((await at(name).service.search({ q: marks[0].toString(), kind: [], limit: 1 })).entries).toEqual([]);
      // Not yet.
      await at(name).sweep.run();
      expect((await findIn(at(name), marks)).size).toBe(3);
    }
    await untilAnswered(`${READER} silent`, `${BEHIND} silent`);
    jumped = ERASE_DELAY_MS + 1000;
    for (const node of nodes) await node.sweep.run();
    for (const node of nodes) expect(await filesWith(node)).toEqual([]);
    await untilAnswered(`${READER} deleted`, `${BEHIND} deleted`);
    await verifies();
  });

  it("in part leaves the rest as it is", { timeout: PATIENCE_MS }, async () => {
    await erase(true, [{ entry, parts: [2] }]);
    await untilAnswered(`${READER} deleted`, `${BEHIND} deleted`);
    for (const name of [OWNER, READER, BEHIND]) {
      expect(await states(at(name))).toEqual(["held", "held", "erased"]);
      expect(await findIn(at(name), marks)).toEqual(new Set([0, 1]));
    }
  });
});

it("what is undone is back, in every place", { timeout: PATIENCE_MS }, async () => {
  const by = { epoch: 0, index: 1_000 };
  const items = [0, 1, 2].map((part) => ({ index: Number(entry.split(":")[1]), part }));
  for (const name of [OWNER, READER]) {
    const { core, service } = at(name);
    const parts = name === OWNER ? core.ownErased : core.mirrorOf(idOf(at(OWNER)))?.erased;
    await parts?.hide(by, items);
    expect(await states(at(name))).toEqual(["erased", "erased", "erased"]);
    // Another leaf names them too: that one does not undo this one.
    expect(await parts?.restore({ epoch: 0, index: 1_001 }, items)).toBe(false);
    expect(await states(at(name))).toEqual(["erased", "erased", "erased"]);
    expect(await parts?.restore(by, items)).toBe(false);
    expect(await states(at(name))).toEqual(["held", "held", "held"]);
    for (const [part, mark] of [marks[1], marks[2]].entries()) {
      const { content } = await service.readPart(entry, part + 1);
      expect(Buffer.concat(await Array.fromAsync(content)).includes(mark)).toBe(true);
    }
  }
  await verifies();
});

describe("a legal hold", () => {
  it("keeps it hidden, with a reason that the owner is told, until it ends", { timeout: PATIENCE_MS }, async () => {
    await at(READER).service.addHold(entry, "Court of Berlin, 12 O 34/26", "bert");
    await erase(true, [{ entry, parts: [1] }]);
    await untilAnswered(`${READER} refused`, `${BEHIND} deleted`);
    const [erasure] = await at(OWNER).service.erasures();
    expect(erasure?.answers[0]).toMatchObject({ reason: "Court of Berlin, 12 O 34/26", kept: [0] });
    expect((await states(at(READER)))[1]).toBe("erased");
    expect((await at(READER).service.holds())[0]).toMatchObject({ entry, kept: [1] });
    const { content, length } = await at(READER).service.readHeldPart(entry, 1);
    expect(length).toBe(400);
    for await (const bytes of content) expect(Buffer.from(bytes).includes(marks[1])).toBe(true);
    await at(READER).service.removeHold(entry, "bert");
    await untilAnswered(`${READER} deleted`, `${BEHIND} deleted`);
    marks = [marks[1], marks[1], marks[1]];
    expect(await filesWith(at(READER))).toEqual([]);
  });

  it("of one's own is to be ended before one erases", { timeout: PATIENCE_MS }, async () => {
    await at(OWNER).service.addHold(entry, "a court", "anna");
    await expect(erase(true)).rejects.toMatchObject({ code: "REFUSED", message: expect.stringContaining("a court") });
  });
});

describe("retention", () => {
  it("erases exactly what its preview says, and leaves what is kept or held", { timeout: PATIENCE_MS }, async () => {
    const held = `${OWNER}:${await at(OWNER).publish("held", [READER], [randomBytes(50)])}`;
    await at(OWNER).service.addHold(held, "a court", "anna");
    jumped = 400 * 86_400_000;
    const fresh = `${OWNER}:${await at(OWNER).publish("fresh", [READER], [randomBytes(50)])}`;
    const rules = [
      { section: "attachment", types: ["alert"], ground: "never", from: "published", keep: { days: 1 } },
      { section: "attachment", ground: "retention-1-year", from: "published", keep: { years: 1 } },
      // Of no case, so that it is never closed.
      { section: "record", ground: "closed", from: "closed", keep: { days: 1 } },
    ] as const;
    const asOf = new Date(clock.now()).toISOString().slice(0, 10);
    const retain = (preview: boolean): ReturnType<InProcessNode["service"]["retain"]> =>
      at(OWNER).service.retain({ rules, asOf, approved: true, preview }, "anna", () => undefined);
    const shown = await retain(true);
    expect(shown.due.map((one) => [one.entry, one.part, one.rule])).toEqual([
      [entry, 1, 1],
      [entry, 2, 1],
    ]);
    expect(shown.held).toMatchObject([{ entry: held, part: 1, reason: "a court" }]);
    expect(await states(at(OWNER))).toEqual(["held", "held", "held"]);
    const done = await retain(false);
    expect({ ...done, erasures: [] }).toEqual(shown);
    expect(await states(at(OWNER))).toEqual(["held", "erased", "erased"]);
    expect((await at(OWNER).service.show(fresh)).parts).toEqual(["held", "held"]);
    expect((await retain(true)).due).toEqual([]);
    await expect(
      at(OWNER).service.retain({ rules, asOf: "2999-01-01", approved: true, preview: true }, "anna", () => undefined),
    ).rejects.toMatchObject({ code: "INVALID" });
  });
});
