import { afterEach, beforeEach, expect, it } from "vitest";
import { buildNewEpoch } from "../../keys/charter-builder.ts";
import { keyPairFromSeed } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { type Clock, SYSTEM_CLOCK } from "../../node/clock.ts";
import { Core } from "../../node/core.ts";
import type { Disk } from "../../node/disk.ts";
import { Entries } from "../../node/entries.ts";
import { LegalHolds } from "../../node/erasing/legal-holds.ts";
import { ErasureSweep } from "../../node/erasing/sweep.ts";
import { ERASE_DELAY_MS, ERASURES_LISTED_MAX } from "../../node/limits.ts";
import type { Mirror } from "../../node/mirror.ts";
import { toHex, utf8Encode } from "../../protocol/bytes.ts";
import { extendChain } from "../../protocol/charter-chain.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import type { EraseItem } from "../../protocol/leaf/erase.ts";
import { parseNote } from "../../protocol/note.ts";
import { type Authority, CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { findIn } from "../support/five.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { Adversary, helloOf, stopHostile } from "../support/hostile.ts";
import { type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";

const TIME = 1_800_000_000;
const OWNER = "nvwa.nl";
const TEXT = "said by the owner, and erased";

let jumped = 0;
const clock: Clock = { ...SYSTEM_CLOCK, now: () => Date.now() + jumped };
let owner: Authority;
let reader: InProcessNode;
let log: HandMadeLog;
/** A record for the reader. */
let index: number;
let runs = 0;
let writes = 0;

beforeEach(async () => {
  jumped = 0;
  const prng = new Prng(`erasing in two epochs ${runs++}`);
  owner = makeAuthority(OWNER, prng);
  reader = await startInProcess(makeAuthority("baua.de", prng), { clock, wrapDisk: counting });
  // What is due is done when the test says so.
  await reader.sweep.stop();
  await reader.trustWithoutFollowers(owner);
  log = new HandMadeLog(owner);
  index = log.addRecord(log.addAudience(reader.authority), TEXT);
});

afterEach(async () => {
  await stopHostile();
  expect(reader.faults).toEqual([]);
  await reader.stop();
});

function counting(disk: Disk): Disk {
  return {
    get: (key) => disk.get(key),
    getMany: (keys) => disk.getMany(keys),
    write(all, sync) {
      writes += 1;
      return disk.write(all, sync);
    },
    scan: (range) => disk.scan(range),
    compact: (ranges) => disk.compact(ranges),
    close: () => disk.close(),
  };
}

function addErasure(to: HandMadeLog, ...items: readonly EraseItem[]): number {
  return to.add({ kind: "erase", time: TIME, items, ground: "retention", approval: "" });
}

function mirrorOf(epoch: number): Mirror | undefined {
  return reader.core
    .readableMirrors()
    .find(({ owner: id, store }) => id === toHex(owner.chain.id) && store.epoch === epoch);
}

async function take(epoch: number, from: HandMadeLog, checkpoint: string): Promise<void> {
  mirrorOf(epoch)?.accept(from.batch(mirrorOf(epoch)?.store.head.size ?? 0, from.size, { epoch, checkpoint }));
  await mirrorOf(epoch)?.idle();
}

/** The owner begins a new epoch that goes on from the first `size` entries; gives its log. */
async function beginAnew(size: number): Promise<{ readonly anew: HandMadeLog; readonly checkpoint: () => string }> {
  const { root } = parseCheckpoint(parseNote(log.branch(size).checkpoint()).text);
  const key = keyPairFromSeed(sha256(utf8Encode("another epoch")));
  const opening = { epoch: 1, continues: { epoch: 0, size, root }, log: createNoteSigner(`${OWNER}/1`, key) };
  const note = buildNewEpoch(owner.chain, opening, {}, [owner.root]);
  const extended = extendChain(owner.chain, { epoch: 1, index: 0, note }, CRYPTO);
  if (!extended.ok) throw new Error(extended.message);
  const connected = await Adversary.connect(owner, reader);
  await connected.greet(helloOf({ ...owner, chain: extended.chain }));
  await until("the reader knows", () => mirrorOf(1) !== undefined);
  const anew = new HandMadeLog({ ...owner, charter: note });
  return { anew, checkpoint: () => anew.checkpoint({ origin: `${OWNER}/1`, key }) };
}

async function stateOf(part: number): Promise<string | undefined> {
  return (await reader.service.show(`${OWNER}:${index}`)).parts[part];
}

it("what the owner erases again stays erased when its first erasure is disavowed", async () => {
  const item = { epoch: 0, index, part: 0 };
  const first = addErasure(log, item);
  await take(0, log, log.checkpoint());
  expect(await stateOf(0)).toBe("erased");
  const { anew, checkpoint } = await beginAnew(first);
  addErasure(anew, item);
  await take(1, anew, checkpoint());
  await reader.sweep.run();
  expect(await stateOf(0)).toBe("erased");
  jumped = ERASE_DELAY_MS + 1000;
  await reader.sweep.run();
  expect(await findIn(reader, [Buffer.from(TEXT)])).toEqual(new Set());
});

it("what was disavowed is back", async () => {
  const first = addErasure(log, { epoch: 0, index, part: 0 });
  await take(0, log, log.checkpoint());
  expect(await stateOf(0)).toBe("erased");
  await beginAnew(first);
  await reader.sweep.run();
  expect(await stateOf(0)).toBe("held");
});

it("many that were disavowed cost no more than each by itself", async () => {
  const COUNT = 40;
  const [first] = Array.from({ length: COUNT }, () => addErasure(log, { epoch: 0, index, part: 0 }));
  await take(0, log, log.checkpoint());
  await beginAnew(first ?? 0);
  writes = 0;
  await reader.sweep.run();
  expect(await stateOf(0)).toBe("held");
  expect(writes).toBeLessThan(10 * COUNT);
});

it("an item far beyond the end of an earlier epoch does not keep the others from being deleted", async () => {
  await take(0, log, log.checkpoint());
  const { anew, checkpoint } = await beginAnew(log.size);
  addErasure(anew, { epoch: 0, index, part: 0 }, { epoch: 0, index: 2 ** 50, part: 0 });
  await take(1, anew, checkpoint());
  expect(await stateOf(0)).toBe("erased");
  jumped = ERASE_DELAY_MS + 1000;
  await reader.sweep.run();
  expect(await findIn(reader, [Buffer.from(TEXT)])).toEqual(new Set());
});

it("what a hold kept is deleted after it, however many erasures came since", async () => {
  const held = `${OWNER}:${index}`;
  await take(0, log, log.checkpoint());
  await reader.service.addHold(held, "a court", "anna");
  addErasure(log, { epoch: 0, index, part: 0 });
  await take(0, log, log.checkpoint());
  jumped = ERASE_DELAY_MS + 1000;
  await reader.sweep.run();
  expect((await reader.service.holds())[0]).toMatchObject({ kept: [0] });
  for (let more = 0; more <= ERASURES_LISTED_MAX; more++) addErasure(log, { epoch: 0, index: 0, part: 0 });
  await take(0, log, log.checkpoint());
  await reader.service.removeHold(held, "anna");
  await reader.sweep.run();
  expect(await findIn(reader, [Buffer.from(TEXT)])).toEqual(new Set());
});

it("what a hold kept is deleted after it, also where the node was killed when it ended", async () => {
  const { core, disk, service } = reader;
  await take(0, log, log.checkpoint());
  await service.addHold(`${OWNER}:${index}`, "a court", "anna");
  addErasure(log, { epoch: 0, index, part: 0 });
  await take(0, log, log.checkpoint());
  jumped = ERASE_DELAY_MS + 1000;
  await reader.sweep.run();
  await new LegalHolds(disk).remove(mirrorOf(0)?.store.number ?? 0, index);
  const sweep = sweepOf(core);
  sweep.start();
  await until("it is deleted", async () => (await findIn(reader, [Buffer.from(TEXT)])).size === 0);
  await sweep.stop();
});

it("tells the owner that it is deleted, also where the node was killed when it told of the hold", async () => {
  const item = { epoch: 0, index, part: 0 };
  await take(0, log, log.checkpoint());
  await reader.service.addHold(`${OWNER}:${index}`, "a court", "anna");
  const erasure = addErasure(log, item);
  await take(0, log, log.checkpoint());
  jumped = ERASE_DELAY_MS + 1000;
  await reader.sweep.run();
  // It is in our log; that we said so was not stored.
  expect(await mirrorOf(0)?.erasures.get(erasure)).toMatchObject({ state: "kept", reported: "refused" });
  await mirrorOf(0)?.erasures.update(erasure, { reported: "" });
  await reader.service.removeHold(`${OWNER}:${index}`, "anna");
  await reader.sweep.run();
  expect(await mirrorOf(0)?.erasures.get(erasure)).toMatchObject({ state: "deleted", reported: "deleted" });
});

it("what was erased in an earlier epoch is deleted also after a restart", async () => {
  addErasure(log, { epoch: 0, index, part: 0 });
  await take(0, log, log.checkpoint());
  const { anew, checkpoint } = await beginAnew(log.size);
  await take(1, anew, checkpoint());
  const core = await Core.open(reader.core.init, reader.authority.chain.id, 0);
  expect(core.readableMirrors().map(({ store }) => [store.epoch, store.head.size])).toEqual([
    [1, anew.size],
    [0, log.size],
  ]);
  const sweep = sweepOf(core);
  jumped = ERASE_DELAY_MS + 1000;
  await sweep.run();
  expect(await findIn(reader, [Buffer.from(TEXT)])).toEqual(new Set());
});

/** Of a node that was started again. */
function sweepOf(core: Core): ErasureSweep {
  const { disk, service } = reader;
  return new ErasureSweep({
    core,
    entries: new Entries(core),
    holds: new LegalHolds(disk),
    publish: (input, operator) => service.publish(input, operator),
    settle: () => Promise.resolve(),
  });
}
