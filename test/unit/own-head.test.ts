import { describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../node/clock.ts";
import { readOwnChain } from "../../node/charters.ts";
import { DEFAULT_FETCH } from "../../node/fetch-policy.ts";
import { HeadsFile } from "../../node/heads-file.ts";
import { LogStore } from "../../node/log-store.ts";
import { silentLogger } from "../../node/logger.ts";
import { OwnLog } from "../../node/own-log.ts";
import { TrustStore } from "../../node/trust.ts";
import { DecisionError } from "../../node/own-head.ts";
import { wire, type Wiring } from "../../node/wiring.ts";
import { Witnesses } from "../../node/witness.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { sha256 } from "../../keys/sha256.ts";
import { toHex } from "../../protocol/bytes.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import { readLeaf } from "../../protocol/leaf/leaf.ts";
import { parseNote } from "../../protocol/note.ts";
import { BatchRefusal } from "../../protocol/verify-batch.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { openSpace } from "../support/space.ts";

const owner = makeAuthority("nvwa.nl", new Prng("own head"));
const reader = makeAuthority("baua.de", new Prng("own head reader"));
const peer = { id: toHex(reader.chain.id), name: reader.name };

/** A node whose store holds the first `kept` entries of a log that was signed to its end, with one peer. */
async function restored(log: HandMadeLog, kept: number): Promise<Wiring> {
  const disk = new Drive().instant();
  const heads = await HeadsFile.open({ read: () => Promise.resolve(undefined), replace: () => Promise.resolve() });
  const store = await LogStore.open(disk, sha256, log.id, 0);
  const fail = (error: unknown): never => {
    throw error;
  };
  const own = new OwnLog({
    store,
    origin: owner.name,
    sign: (text) => createNoteSigner(owner.name, owner.keys.log).sign(text),
    sha256,
    clock: SYSTEM_CLOCK,
    heads,
    ready: () => true,
    onAnnounced: () => undefined,
    onFailed: fail,
  });
  for (const { leaf, parts } of log.entries.slice(0, kept)) {
    const reading = readLeaf(leaf);
    if (reading.status !== "known") throw new Error("a leaf of a known kind");
    const known = reading.leaf;
    await own.append([{ leaf: () => known, parts: parts.map((bytes, part) => ({ part, bytes })), extra: () => [] }]);
  }
  await own.idle();
  const last = parseCheckpoint(parseNote(log.checkpoint()).text);
  await heads.record(own.key, last);
  const trust = await TrustStore.open(disk, CRYPTO);
  const seen = { instance: null, starts: 0, lastSeen: null };
  await trust.put({ ...peer, chain: reader.chain, addresses: [], floor: null, addedBy: "anna", addedAt: 0, ...seen });
  const transport = {
    start: () => Promise.resolve(),
    dial: () => Promise.reject(new Error("nobody is there")),
    addresses: () => [],
    stop: () => Promise.resolve(),
  };
  const random = (length: number): Uint8Array => new Uint8Array(length);
  const space = await openSpace({ log: silentLogger });
  const wiring = wire(
    {
      disk,
      heads,
      clock: SYSTEM_CLOCK,
      random,
      transport,
      keys: owner.keys,
      crypto: CRYPTO,
      fetch: DEFAULT_FETCH,
      log: silentLogger,
      space,
    },
    {
      store,
      trust,
      ownChain: await readOwnChain(store, CRYPTO),
      witnesses: await Witnesses.open(disk, store),
      evidence: [],
    },
    { changed: () => undefined, onFailed: fail },
  );
  await wiring.ownHead.check();
  return wiring;
}

function logOf(entries: number): HandMadeLog {
  const log = new HandMadeLog(owner);
  while (log.size < entries) log.addPlain();
  return log;
}

const says = (size: number): { peer: string; size: number; agrees: boolean; admitted: boolean } => ({
  peer: peer.name,
  size,
  agrees: true,
  admitted: true,
});

describe("a store that was put back from a backup", () => {
  it("is not touched any more by what peers give back once a person decided to go on without the rest", async () => {
    const log = logOf(10);
    const { ownHead, ownLog } = await restored(log, 5);
    await ownHead.report(says(8));
    const recovery = ownHead.wantedFrom(peer.id);
    expect(ownHead.settlement.state).toBe("recovering");
    recovery?.mirror.accept(log.branch(8).batch(5, 8));
    await recovery?.mirror.idle();
    await expect.poll(() => ownHead.settlement.state).toBe("held");
    await ownHead.decide("alone");
    expect([ownHead.settlement.state, ownHead.wantedFrom(peer.id)]).toEqual(["ready", undefined]);
    const appended = ownLog.append([
      { leaf: (time) => ({ kind: "followers", time, ids: [] }), parts: [], extra: () => [] },
    ]);
    expect(await appended).toBeGreaterThanOrEqual(8);
  });

  it("announces no head under the checkpoint of another size, and signs its own once it may", async () => {
    const log = logOf(10);
    const { ownHead, ownLog } = await restored(log, 5);
    await ownHead.report(says(8));
    const recovery = ownHead.wantedFrom(peer.id);
    recovery?.mirror.accept(log.branch(8).batch(5, 7));
    await recovery?.mirror.idle();
    expect([ownLog.store.head.size, ownLog.store.head.checkpointSize, ownLog.announced.size]).toEqual([7, 8, 5]);
    await expect(ownHead.decide("alone")).rejects.toThrow(DecisionError);
    await ownHead.decide("fork");
    const announced = parseCheckpoint(parseNote(ownLog.announced.checkpoint).text);
    expect([announced.size, announced.root]).toEqual([ownLog.announced.size, ownLog.announced.root]);
    expect(announced.size).toBeGreaterThanOrEqual(7);
  });

  it("takes what was signed beyond the heads file back when a person says so, and signs when one has looked", async () => {
    const log = logOf(10);
    const { ownHead, ownLog } = await restored(log, 5);
    while (log.size < 13) log.addPlain();
    await expect(ownHead.decide("take-back")).rejects.toThrow(DecisionError);
    await ownHead.report(says(12));
    expect([ownHead.settlement.state, ownHead.ahead]).toEqual(["held", { peer: peer.name, size: 12 }]);
    await ownHead.decide("take-back");
    await ownHead.report({ ...says(13), peer: "c.example" });
    const recovery = ownHead.wantedFrom(peer.id);
    recovery?.mirror.accept(log.batch(5, 13));
    await recovery?.mirror.idle();
    await expect.poll(() => ownHead.settlement).toMatchObject({ state: "held", reason: /taken back/ });
    await ownHead.decide("alone");
    expect([ownHead.settlement.state, ownLog.store.head.size, ownHead.ahead]).toEqual(["ready", 14, undefined]);
  });

  it("takes nothing beyond what was signed, whoever signed it", async () => {
    const log = logOf(10);
    const { ownHead } = await restored(log, 5);
    await ownHead.report(says(8));
    log.addPlain();
    expect(() => ownHead.wantedFrom(peer.id)?.mirror.accept(log.batch(5, 11))).toThrow(BatchRefusal);
  });

  it("has its parts back from those who hold them, after its entries are back", async () => {
    const log = new HandMadeLog(owner);
    const audience = log.addAudience(reader);
    const index = log.addRecord(audience, "a record that the store lost");
    const { ownHead, ownLog } = await restored(log, 1);
    await ownHead.report(says(log.size));
    const recovery = ownHead.wantedFrom(peer.id);
    recovery?.mirror.accept(log.batch(1, log.size, { parts: [] }));
    await recovery?.mirror.idle();
    await expect.poll(() => ownHead.settlement.state).toBe("ready");
    expect(ownLog.store.head.missing).toBe(2);
    const repair = ownHead.wantedFrom(peer.id);
    expect(repair?.partsOnly).toBe(true);
    const parts = [audience, index].map((at) => ({ index: at, part: 0, bytes: log.entries[at]?.parts[0] ?? log.id }));
    await repair?.mirror.parts.acceptParts({ id: log.id, epoch: 0, next: log.size, parts });
    expect(ownLog.store.head.missing).toBe(0);
    expect(ownHead.wantedFrom(peer.id)).toBeUndefined();
    expect(await ownLog.store.readSmallPart(index, 0)).toEqual(log.entries[index]?.parts[0]);
  });
});
