import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { LogStatus } from "../../node/service.ts";
import { sha256 } from "../../keys/sha256.ts";
import { fromHex } from "../../protocol/bytes.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { formatChainFile } from "../../protocol/chain-file.ts";
import { formatLeaf } from "../../protocol/leaf/leaf.ts";
import { MAX_FRAME_SIZE } from "../../protocol/limits.ts";
import { padmeSize } from "../../protocol/part.ts";
import { type Answer, encodeAnswer, type Request } from "../../protocol/wire/frame.ts";
import type { PartsAnswer } from "../../protocol/wire/parts.ts";
import { makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { Adversary, type AskedStream, helloOf, stopHostile } from "../support/hostile.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";
import { readVectors } from "../vectors/vector-file.ts";

// What a trusted authority answers that follows no rules: nothing of it is stored, and its log, once it serves it as it is,
// is taken all the same.

const TIME = 1_800_000_000;
/** Stands in every part that the owners here serve. */
const MARK = `said by an owner ${randomBytes(16).toString("hex")}`;
const EVERYTHING = { gte: Uint8Array.of(0), lt: new Uint8Array(64).fill(255) };
const prng = new Prng("hostile owner");
const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => unhandled.push(error));

const frame = z.object({ hex: z.string(), what: z.enum(["request", "answer"]) });
/** One in ten: each costs a connection, of which a node takes twelve in a second. */
const WRONG_ANSWERS = readVectors("wire", z.unknown(), frame)
  .invalid.filter(({ what, hex }) => what === "answer" && hex !== "")
  .filter((_, at) => at % 10 === 0);

let victim: InProcessNode;
let owners = 0;

beforeAll(async () => {
  victim = await startInProcess(makeAuthority("nvwa.nl", prng.fork("victim")));
});
afterAll(() => victim.stop());

afterEach(async () => {
  await stopHostile();
  expect(victim.faults).toEqual([]);
  expect(unhandled).toEqual([]);
  expect((await victim.service.status()).signing).toMatchObject({ state: "ready" });
});

/** A fresh authority that the victim trusts, with a log of which some is for the victim. */
async function makeOwner(): Promise<HandMadeLog> {
  const name = `owner-${++owners}.example`;
  const owner = makeAuthority(name, prng.fork(name));
  await victim.service.addPeer(chainFileOf(owner), [], "anna");
  const log = new HandMadeLog(owner);
  const audience = log.addAudience(victim.authority);
  for (let n = 0; n < 6; n++) log.addRecord(audience, `${MARK} ${n}`, Buffer.from(MARK));
  return log;
}

/** Connects as the owner, and answers what the victim asks by `serve`, whereupon the victim leaves and says why. */
async function attack(log: HandMadeLog, why: RegExp, serve: (asked: AskedStream) => Promise<void>): Promise<void> {
  const before = victim.endings.length;
  const adversary = await Adversary.connect(log.owner, victim);
  const asked = await adversary.asked();
  await asked.greet();
  await serve(asked);
  await asked.untilReset();
  await until("the session has ended", () => victim.endings.length > before);
  expect(victim.endings.at(-1)).toMatch(why);
}

async function held({ owner }: HandMadeLog): Promise<LogStatus> {
  const log = (await victim.service.logs()).find(({ name }) => name === owner.name);
  if (log === undefined) throw new Error(`no log of ${owner.name}`);
  return log;
}

/** Whether the mark of this test stands anywhere in the victim's store. */
async function isMarkStored(id: Uint8Array): Promise<boolean> {
  for await (const [, value] of victim.disk.scan(EVERYTHING)) {
    const bytes = Buffer.from(value);
    if (bytes.includes(MARK) && bytes.includes(Buffer.from(id))) return true;
  }
  return false;
}

/** Serves the log as it is until the victim has all of it. */
async function serveHonestly(log: HandMadeLog): Promise<void> {
  const adversary = await Adversary.connect(log.owner, victim);
  const asked = await adversary.asked();
  await asked.greet();
  const serving = asked.answerAll((request) => log.answer(request));
  await until(`all of the log of ${log.owner.name} is here`, async () => {
    const { size, missingParts } = await held(log);
    return size === log.size && missingParts === 0;
  });
  await stopHostile();
  await serving;
}

type Attack = readonly [what: string, why: RegExp, answer: (log: HandMadeLog) => Answer];

const thief = makeAuthority("thief.example", prng.fork("thief"));
const zeros = new Uint8Array(32);

/** What no owner may answer to a pull, and why it is not taken. */
const BATCHES: readonly Attack[] = [
  [
    "entries that do not lead to the root",
    /do not lead to the root/,
    (log) => log.batch(0, 4, { leaves: [...log.batch(0, 3).leaves, ...log.batch(5, 6).leaves], parts: [] }),
  ],
  [
    "entries in another order",
    /do not lead to the root/,
    (log) => log.batch(0, 4, { leaves: inAnotherOrder(log), parts: [] }),
  ],
  [
    "a checkpoint under another key",
    /checkpoint: /,
    (log) => log.batch(0, 4, { checkpoint: log.checkpoint({ key: thief.keys.log }) }),
  ],
  [
    "a checkpoint of another name",
    /another log/,
    (log) => log.batch(0, 4, { checkpoint: log.checkpoint({ origin: "other.example" }) }),
  ],
  ["a checkpoint that is none", /checkpoint: /, (log) => log.batch(0, 4, { checkpoint: "nonsense" })],
  [
    "a checkpoint below the entries",
    /under a checkpoint of size 4/,
    (log) => log.batch(0, 6, { checkpoint: log.branch(4).checkpoint(), right: [] }),
  ],
  ["no hashes to the right", /hashes right of the range/, (log) => log.batch(0, 4, { right: [] })],
  [
    "other hashes to the right",
    /do not lead to the root/,
    (log) => log.batch(0, 4, { right: log.batch(0, 4).right.map(() => zeros) }),
  ],
  [
    "thousands of hashes to the right",
    /hashes right of the range/,
    (log) => log.batch(0, 4, { right: Array.from({ length: 5_000 }, () => zeros) }),
  ],
  [
    "a part with the content of another",
    /is not what its leaf says/,
    (log) => log.batch(0, 4, { parts: swapped(log.batch(0, 4).parts) }),
  ],
  [
    "a part of an entry that has none",
    /has no part 0/,
    (log) => log.batch(0, 3, { parts: [{ offset: 0, part: 0, bytes: partOf(log, 2) }] }),
  ],
  [
    "a part under a number that no leaf has",
    /has no part 9/,
    (log) => log.batch(0, 3, { parts: [{ offset: 2, part: 9, bytes: partOf(log, 2) }] }),
  ],
  [
    "a log without its charter",
    /another charter at 0/,
    (log) => withFirst(log, formatLeaf({ kind: "followers", time: TIME, ids: [] })).batch(0, 4),
  ],
  [
    "a log with another's charter",
    /another charter at 0/,
    (log) => withFirst(log, formatLeaf({ kind: "charter", time: TIME, note: thief.charter })).batch(0, 4),
  ],
  ["entries of a log that was not asked for", /not asked for/, (log) => log.batch(0, 4, { id: thief.chain.id })],
  ["entries of another epoch", /not asked for/, (log) => log.batch(0, 4, { epoch: 1 })],
];

/** What is no answer to a pull. */
const OTHERS: readonly Attack[] = [
  ["a hello", /a hello answer to a pull/, (log) => ({ kind: "hello", ...helloOf(log.owner), admitted: true })],
  ["a chunk", /a chunk answer to a pull/, () => ({ kind: "chunk", bytes: Buffer.from(MARK), proof: [] })],
  ["parts", /a parts answer to a pull/, (log) => partsOf(log, [{ index: 2, part: 0, bytes: partOf(log, 2) }])],
  ["a comparison", /a compare answer to a pull/, () => ({ kind: "compare", checkpoints: [] })],
  ["a piece of evidence", /evidence answer to a pull/, () => ({ kind: "evidence", size: 9, bytes: Uint8Array.of(1) })],
  ["a proof of consistency", /a consistency answer to a pull/, () => ({ kind: "consistency", hashes: [] })],
  [
    "a checkpoint alone, under another key",
    /checkpoint: /,
    (log) => ({ ...checkpointOf(log), checkpoint: log.checkpoint({ key: thief.keys.log }) }),
  ],
  [
    "a checkpoint alone, of another name",
    /another log/,
    (log) => ({ ...checkpointOf(log), checkpoint: log.checkpoint({ origin: "other.example" }) }),
  ],
];

function swapped(parts: ReturnType<HandMadeLog["batch"]>["parts"]): typeof parts {
  return parts.map((part) => ({ ...part, bytes: parts.find(({ offset }) => offset !== part.offset)?.bytes ?? zeros }));
}

function partOf(log: HandMadeLog, index: number): Uint8Array {
  return log.entries[index]?.parts[0] ?? zeros;
}

function inAnotherOrder(log: HandMadeLog): readonly Uint8Array[] {
  const [first, second, ...rest] = log.batch(0, 4).leaves;
  return [first ?? zeros, ...rest, second ?? zeros];
}

function withFirst(log: HandMadeLog, leaf: Uint8Array): HandMadeLog {
  const other = log.branch(log.size);
  other.entries[0] = { leaf, parts: [] };
  return other;
}

function partsOf(log: HandMadeLog, parts: PartsAnswer["parts"]): Answer {
  return { kind: "parts", id: log.id, epoch: 0, next: log.size, parts };
}

function checkpointOf(log: HandMadeLog): Extract<Answer, { kind: "checkpoint" }> {
  return { kind: "checkpoint", id: log.id, epoch: 0, checkpoint: log.checkpoint(), cosignatures: [] };
}

async function expectNothing(log: HandMadeLog): Promise<void> {
  expect(await held(log)).toMatchObject({ size: 0, missingParts: 0 });
  expect(await isMarkStored(log.id)).toBe(false);
}

/** Nothing of the log is here; and what its owner then serves as it is, is taken. */
async function expectNothingThenAll(log: HandMadeLog): Promise<void> {
  await expectNothing(log);
  await serveHonestly(log);
  expect(await isMarkStored(log.id)).toBe(true);
}

describe("an owner who serves its log as it is", () => {
  it("is followed, and what is for us is kept", async () => {
    const log = await makeOwner();
    expect(await isMarkStored(log.id)).toBe(false);
    await serveHonestly(log);
    expect(await held(log)).toMatchObject({ size: log.size, seenSize: log.size, missingParts: 0, alarms: [] });
    expect(await isMarkStored(log.id)).toBe(true);
  });
});

describe("an owner who answers a pull with", () => {
  it.each([...BATCHES, ...OTHERS])("%s, has it refused", async (_, why, answer) => {
    const log = await makeOwner();
    await attack(log, why, async (asked) => {
      const { n } = await asked.nextOf("pull");
      await asked.answer(n, true, answer(log));
    });
    await expectNothingThenAll(log);
  });
});

describe("an owner whose answers are no answers", () => {
  const nothing = (n: number): Uint8Array => encodeAnswer(n, true, { kind: "nothing" });
  it.each<readonly [string, RegExp, (n: number, log: HandMadeLog) => readonly Uint8Array[]]>([
    ["to what was not asked", /which is not open/, (n) => [nothing(n + 7)]],
    [
      "to a request that was answered",
      /which is not open/,
      (n, log) => [encodeAnswer(n, true, log.batch(0, 4)), nothing(n)],
    ],
    [
      "to the hello, again",
      /which is not open/,
      (_, log) => [encodeAnswer(1, true, { kind: "hello", ...helloOf(log.owner), admitted: true })],
    ],
    ["of an unknown kind", /a kind that we do not know/, (n) => [encodeCbor([n, true, "everything", {}])]],
    [
      "that begin with an error",
      /not the last frame/,
      (n) => [encodeAnswer(n, false, { kind: "error", code: "busy", reason: "" })],
    ],
    ["of nothing, and then more", /a nothing answer/, (n) => [encodeAnswer(n, false, { kind: "nothing" })]],
    ["that are requests", /./, () => [encodeCbor([1, "hello", {}])]],
    ["that are garbage", /./, () => [randomBytes(3_000)]],
    ["of the largest frame", /./, () => [new Uint8Array(MAX_FRAME_SIZE)]],
    [
      "that refuse",
      /the peer refused: busy/,
      (n) => [encodeAnswer(n, true, { kind: "error", code: "busy", reason: "\u001b[31m" })],
    ],
  ])("%s, is left", async (what, why, frames) => {
    const log = await makeOwner();
    await attack(log, why, async (asked) => {
      const { n } = await asked.nextOf("pull");
      for (const bytes of frames(n, log)) await asked.send(bytes);
    });
    if (what !== "to a request that was answered") expect(await held(log)).toMatchObject({ size: 0 });
    await serveHonestly(log);
  });

  it("by the vectors, is left", async () => {
    const log = await makeOwner();
    for (const { hex } of WRONG_ANSWERS) {
      await attack(log, /./, async (asked) => {
        await asked.nextOf("pull");
        await asked.send(fromHex(hex));
      });
    }
    await expectNothingThenAll(log);
  });
});

describe("an owner with a longer log", () => {
  const SIZE = 1_300;

  /** The victim has been shown the checkpoint, and asks for ranges. */
  async function askedForRanges(
    asked: AskedStream,
    log: HandMadeLog,
  ): Promise<{ readonly n: number } & Extract<Request, { kind: "range" }>> {
    const { n } = await asked.nextOf("pull");
    await asked.answer(n, true, checkpointOf(log));
    return await asked.nextOf("range");
  }

  it.each<readonly [string, RegExp, (log: HandMadeLog, from: number, to: number) => readonly Answer[]]>([
    ["more than was asked for", /outside the range/, (log, from, to) => [log.batch(from, to), log.batch(to, to + 1)]],
    [
      "a range that reaches beyond",
      /outside the range/,
      (log, from, to) => [log.batch(from, to - 1), log.batch(to - 1, to + 1)],
    ],
    ["another range", /outside the range/, (log, from) => [log.batch(from + 1, from + 9)]],
    ["a range twice", /outside the range/, (log, from) => [log.batch(from, from + 9), log.batch(from, from + 9)]],
    [
      "a range with a gap",
      /outside the range/,
      (log, from) => [log.batch(from, from + 9), log.batch(from + 10, from + 19)],
    ],
    ["another log", /outside the range/, (log, from) => [log.batch(from, from + 9, { id: thief.chain.id })]],
    ["a checkpoint", /a checkpoint answer to a range/, (log) => [checkpointOf(log)]],
    ["nothing", /a nothing answer to a range/, () => [{ kind: "nothing" }]],
    [
      "entries that were changed",
      /do not lead to the root/,
      (log, from) => [log.batch(from, from + 4, { leaves: inAnotherOrder(log), parts: [] })],
    ],
  ])("who gives %s, has it refused", async (_, why, answers) => {
    const log = await makeOwner();
    while (log.size < SIZE) log.addPlain();
    await attack(log, why, async (asked) => {
      const { n, from, to } = await askedForRanges(asked, log);
      const all = answers(log, from, to);
      for (const [at, answer] of all.entries()) await asked.answer(n, at === all.length - 1 && at > 0, answer);
    });
    // What was right before it may be kept.
    expect((await held(log)).size).toBeLessThanOrEqual(1_024);
    await serveHonestly(log);
  });
});

describe("an owner who tells two stories", () => {
  it("is believed in the first, and raises an alarm", async () => {
    const log = await makeOwner();
    const branch = log.branch(4);
    await serveHonestly(log);
    while (branch.size < log.size + 3) branch.addPlain();
    for (const [answer, why] of [
      [branch.batch(log.size, branch.size), /do not lead to the root/],
      [branchCheckpoint(log), /two roots at size/],
    ] as const) {
      await attack(log, why, async (asked) => {
        const { n } = await asked.nextOf("pull");
        await asked.answer(n, true, answer);
      });
    }
    const { size, alarms, root } = await held(log);
    expect([size, alarms.length]).toEqual([log.size, 2]);
    log.addPlain();
    await serveHonestly(log);
    expect((await held(log)).root).not.toBe(root);
  });

  it("serves nothing below the checkpoint by which it was added", async () => {
    const name = `owner-${++owners}.example`;
    const log = new HandMadeLog(makeAuthority(name, prng.fork(name)));
    while (log.size < 9) log.addPlain();
    const file = { name, id: log.id, entries: log.owner.chain.entries, checkpoint: log.checkpoint(), addresses: [] };
    await victim.service.addPeer(formatChainFile(file, sha256), [], "anna");
    await attack(log, /below the 9 that is known/, async (asked) => {
      const { n } = await asked.nextOf("pull");
      await asked.answer(n, true, log.branch(5).batch(0, 5));
    });
    await expectNothing(log);
    await serveHonestly(log);
  });
});

/** Another history of the same size. */
function branchCheckpoint(log: HandMadeLog): Answer {
  const other = log.branch(log.size - 1);
  other.addPlain();
  return { ...checkpointOf(log), checkpoint: other.checkpoint() };
}

describe("an owner who gives parts", () => {
  /** The victim has the leaves, and lacks what is addressed to it. */
  async function withoutParts(asked: AskedStream, log: HandMadeLog): Promise<void> {
    const { n } = await asked.nextOf("pull");
    await asked.answer(n, true, log.batch(0, log.size, { parts: log.batch(0, 2).parts }));
  }

  it("that are not what their leaves say, or that nobody lacks, has them dropped", async () => {
    const log = await makeOwner();
    const adversary = await Adversary.connect(log.owner, victim);
    const asked = await adversary.asked();
    await asked.greet();
    await withoutParts(asked, log);
    const { n } = await asked.nextOf("parts");
    const other = Buffer.concat([log.id, Buffer.from(MARK)]);
    const wrong = [
      [0, 0],
      [2, 0],
      [2, 1],
      [2, 9],
      [3, 0],
      [log.size + 5, 0],
    ].map(([index = 0, part = 0]) => ({ index, part, bytes: other }));
    await asked.answer(n, true, { ...partsOf(log, wrong) });
    await until("they were looked at", async () => (await held(log)).alarms.length > 0);
    expect(await held(log)).toMatchObject({ size: log.size, missingParts: 12 });
    expect(await isMarkStored(log.id)).toBe(false);
    await stopHostile();
    await serveHonestly(log);
    expect(await isMarkStored(log.id)).toBe(true);
  });

  it("that are not for us, has them dropped", async () => {
    const log = await makeOwner();
    const audience = log.addAudience(thief);
    const secret = `not for you ${randomBytes(16).toString("hex")}`;
    log.addRecord(audience, secret, Buffer.from(secret));
    await serveHonestly(log);
    expect(await held(log)).toMatchObject({ size: log.size, missingParts: 0 });
    expect((await held(log)).alarms.join()).toMatch(/not addressed to us; it was dropped/);
    for await (const [, value] of victim.disk.scan(EVERYTHING)) expect(Buffer.from(value).includes(secret)).toBe(false);
  });

  it("of many chunks that are not what they should be, has them refused, each on its own", async () => {
    const log = await makeOwner();
    const content = Buffer.from(`${MARK}\n`.repeat(4_000));
    const index = log.addRecord(1, "with a photograph", content);
    const attacks: readonly (readonly [RegExp, (bytes: Uint8Array, proof: readonly Uint8Array[]) => Answer])[] = [
      [/is not what its leaf says/, (bytes) => ({ kind: "chunk", bytes, proof: [] })],
      [/is not what its leaf says/, (bytes, proof) => ({ kind: "chunk", bytes: bytes.subarray(1), proof })],
      [/is not what its leaf says/, (bytes, proof) => ({ kind: "chunk", bytes: bytes.map((byte) => byte ^ 1), proof })],
      [/a nothing answer/, () => ({ kind: "nothing" })],
    ];
    for (const [why, answer] of attacks) {
      await attack(log, why, async (asked) => {
        if ((await held(log)).size < log.size) {
          const { n } = await asked.nextOf("pull");
          await asked.answer(n, true, log.batch(0, log.size));
        }
        const { n, chunk } = await asked.nextOf("chunk");
        await asked.answer(n, true, answer(log.chunk(index, 1, chunk).bytes, log.chunk(index, 1, chunk).proof));
      });
      expect(await held(log)).toMatchObject({ size: log.size, missingParts: 1 });
    }
    await serveHonestly(log);
  });
});

describe("an owner of much that nobody asked for", () => {
  it("has what is small taken all the same", async () => {
    const log = await makeOwner();
    const size = padmeSize(5 * 1024 * 1024);
    // More than a node looks through in one go.
    const large = 150;
    for (let n = 0; n < large; n++)
      log.add({ kind: "record", time: TIME, parts: [{ audience: 1, digest: new Uint8Array(randomBytes(32)), size }] });
    const last = log.addRecord(1, MARK, new Uint8Array(100_000));
    const adversary = await Adversary.connect(log.owner, victim);
    const asked = await adversary.asked();
    await asked.greet();
    const { n } = await asked.nextOf("pull");
    const { parts } = log.batch(0, last);
    await asked.answer(n, true, log.batch(0, log.size, { parts }));
    const serving = asked.answerAll((request) => log.answer(request));
    await until("all but the large ones are here", async () => (await held(log)).missingParts === large);
    await stopHostile();
    await serving;
  });
});

describe("an owner who wastes time", () => {
  it("with nothing, again and again, keeps nobody else waiting", async () => {
    const [idle, log] = [await makeOwner(), await makeOwner()];
    const adversary = await Adversary.connect(idle.owner, victim);
    const asked = await adversary.asked();
    await asked.greet();
    let nothings = 0;
    const wasting = asked.answerAll((request) => {
      if (request.kind === "compare") return { kind: "compare", checkpoints: [] };
      nothings += 1;
      return { kind: "nothing" };
    });
    await until("it does", () => nothings > 5);
    const honest = await Adversary.connect(log.owner, victim);
    const asking = await honest.asked();
    await asking.greet();
    const serving = asking.answerAll((request) => log.answer(request));
    await until(
      "the other log is here",
      async () => (await held(log)).missingParts === 0 && (await held(log)).size === log.size,
    );
    await stopHostile();
    await Promise.all([wasting, serving]);
    await expectNothingThenAll(idle);
  });

  it("with charters without end, or entries from elsewhere, is none the further", async () => {
    const log = await makeOwner();
    const adversary = await Adversary.connect(log.owner, victim);
    const asked = await adversary.asked();
    await asked.greet({ charters: 1_000_000 });
    const { n } = await asked.nextOf("pull");
    const { chain } = helloOf(log.owner);
    for (let at = 0; at < 20; at++)
      await asked.answer(n, false, { kind: "charters", id: log.id, charters: 1_000_000, chain });
    await asked.answer(n, false, { kind: "charters", id: thief.chain.id, charters: 1, chain: helloOf(thief).chain });
    await asked.answer(n, true, log.batch(1, 4));
    await asked.nextOf("pull");
    await expectNothing(log);
    await stopHostile();
    await serveHonestly(log);
  });
});
