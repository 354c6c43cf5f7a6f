import { describe, expect, it } from "vitest";
import { toHex } from "../../protocol/bytes.ts";
import { isoTime } from "../../node/clock.ts";
import type { ReceiptArrival } from "../../node/receipt-arrival.ts";
import { cosigned, signedAlone, Witnesses } from "../../node/witness.ts";
import type { Receipt } from "../../protocol/receipt.ts";
import { formatReceipt } from "../../protocol/receipt.ts";
import { createCosigner, createNoteSigner } from "../../keys/signer.ts";
import { lastCharter } from "../../protocol/charter-chain.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { formatSignatureLine } from "../../protocol/note.ts";
import { CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";

const [owner, peer, third] = ["owner", "peer", "third"].map((name) => makeAuthority(`${name}.example`, new Prng(name)));
if (owner === undefined || peer === undefined || third === undefined) throw new Error("three authorities");
const log = lastCharter(owner.chain).log;
const witness = lastCharter(peer.chain).witness;
const text = formatCheckpoint({ origin: owner.name, size: 5, root: new Uint8Array(32) });
const ours = createNoteSigner(owner.name, owner.keys.log).sign(text);
const theirs = createCosigner(`${peer.name}/witness`, peer.keys.witness).cosign(text, 1_800_000_000);
const junk = formatSignatureLine({
  name: `${third.name}/witness`,
  keyId: lastCharter(third.chain).witness.keyId,
  signature: new Uint8Array(72).fill(1),
});
const alone = `${text}\n${ours}\n${theirs}\n`;

const LOG = { number: 1, id: new Uint8Array(32).fill(1) };

describe("a cosigned checkpoint", () => {
  it("is kept with the log's line and the one that was verified, wherever they stand among others", async () => {
    for (const lines of [
      [ours, theirs, junk],
      [junk, theirs, ours],
      [theirs, junk, ours],
    ]) {
      const head = cosigned(CRYPTO, `${text}\n${lines.join("\n")}\n`, log, witness);
      expect(head).toMatchObject({ size: 5, note: alone });
      const witnesses = await Witnesses.open(new Drive().instant(), LOG);
      expect(await witnesses.keepCosignature("aa", head?.note ?? "")).toBe(true);
      expect(witnesses.linesFor(5, new Uint8Array(32), "aa")).toEqual([theirs]);
    }
  });

  it("is none without a valid line of that witness, or without one of the log", () => {
    expect(cosigned(CRYPTO, `${text}\n${ours}\n${junk}\n`, log, lastCharter(third.chain).witness)).toBeUndefined();
    expect(cosigned(CRYPTO, `${text}\n${ours}\n`, log, witness)).toBeUndefined();
    expect(cosigned(CRYPTO, `${text}\n${theirs}\n`, log, witness)).toBeUndefined();
    expect(cosigned(CRYPTO, "no note", log, witness)).toBeUndefined();
  });

  it("is found by key, not by place", () => {
    expect(signedAlone(`${text}\n${junk}\n${ours}\n`, log)).toBe(`${text}\n${ours}\n`);
    expect(signedAlone(`${text}\n${junk}\n`, log)).toBeUndefined();
  });
});

describe("a receipt", () => {
  const reader = "bb".repeat(32);
  const said = (size: number, exceptions: number): Receipt => ({
    reader: new Uint8Array(32).fill(0xbb),
    log: owner.chain.id,
    epoch: 0,
    size,
    root: new Uint8Array(32),
    exceptions,
  });
  const noteOf = (receipt: Receipt): string => {
    const body = formatReceipt(receipt);
    return `${body}\n${createNoteSigner(`${peer.name}/node`, peer.keys.node).sign(body)}\n`;
  };
  const direct = (at: number, ...places: readonly (readonly [number, number])[]): ReceiptArrival => ({
    at,
    isDirect: true,
    lacks: places.map(([index, part]) => ({ index, part })),
  });
  const relayed = (at: number): ReceiptArrival => ({ at, isDirect: false, lacks: [] });

  it("is kept with the parts that its reader named, and when it came, also over a restart", async () => {
    const disk = new Drive().instant();
    const witnesses = await Witnesses.open(disk, LOG);
    const receipt = said(5, 2);
    // What a reader names beyond the size of its receipt says nothing.
    await witnesses.keepReceipt(reader, receipt, noteOf(receipt), direct(1_800_000_000, [3, 1], [4, 0], [9, 0]));
    const kept = { size: 5, exceptions: 2, arrival: direct(1_800_000_000, [3, 1], [4, 0]) };
    expect(witnesses.receiptOf(reader)).toMatchObject(kept);
    expect((await Witnesses.open(disk, LOG)).receiptOf(reader)).toMatchObject(kept);
  });

  it("that came by others learns from the reader itself which parts are lacking, and is no later for that", async () => {
    const witnesses = await Witnesses.open(new Drive().instant(), LOG);
    const receipt = said(5, 1);
    const note = noteOf(receipt);
    await witnesses.keepReceipt(reader, receipt, note, relayed(100));
    expect(witnesses.knowsReceipt(reader, note, relayed(200))).toBe(true);
    expect(witnesses.knowsReceipt(reader, note, direct(200, [3, 1]))).toBe(false);
    await witnesses.keepReceipt(reader, receipt, note, direct(200, [3, 1]));
    expect(witnesses.receiptOf(reader)?.arrival).toEqual(direct(100, [3, 1]));
    // And what others bring after that does not take it away.
    expect(await witnesses.keepReceipt(reader, receipt, note, relayed(300))).toBe(false);
    expect(witnesses.knowsReceipt(reader, note, direct(300, [3, 1]))).toBe(true);
    // One came, another became missing: as many, and the same note.
    expect(witnesses.knowsReceipt(reader, note, direct(300, [4, 0]))).toBe(false);
  });

  it("replaces what an older one named", async () => {
    const disk = new Drive().instant();
    const witnesses = await Witnesses.open(disk, LOG);
    await witnesses.keepReceipt(reader, said(5, 1), noteOf(said(5, 1)), direct(100, [3, 1]));
    await witnesses.keepReceipt(reader, said(6, 1), noteOf(said(6, 1)), relayed(200));
    expect(witnesses.receiptOf(reader)?.arrival).toEqual(relayed(200));
    expect(await witnesses.keepReceipt(reader, said(5, 0), noteOf(said(5, 0)), direct(300))).toBe(false);
    expect((await Witnesses.open(disk, LOG)).receiptOf(reader)).toMatchObject({ size: 6, arrival: relayed(200) });
  });
});

it("tells who else than the owner first signed that an entry was there, also after a start", async () => {
  const disk = new Drive().instant();
  const [itself, first, second] = [LOG.id, new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)].map(toHex);
  let witnesses = await Witnesses.open(disk, LOG);
  const noteOf = (size: number, time: number): string => {
    const head = formatCheckpoint({ origin: owner.name, size, root: new Uint8Array(32) });
    const signed = createNoteSigner(owner.name, owner.keys.log).sign(head);
    return `${head}\n${signed}\n${createCosigner(`${peer.name}/witness`, peer.keys.witness).cosign(head, time)}\n`;
  };
  const sign = (witness: string | undefined, size: number, time: number): Promise<boolean> =>
    witnesses.keepCosignature(witness ?? "", noteOf(size, time));
  await sign(itself, 10, 90);
  expect(await witnesses.firstWitnessed(3)).toBeUndefined();
  await sign(first, 5, 100);
  await sign(second, 8, 110);
  await sign(first, 8, 120);
  witnesses = await Witnesses.open(disk, LOG);
  await sign(second, 9, 130);
  expect(await Promise.all([0, 4, 5, 7, 8, 9].map((index) => witnesses.firstWitnessed(index)))).toEqual([
    { time: 100, witness: first },
    { time: 100, witness: first },
    { time: 110, witness: second },
    { time: 110, witness: second },
    { time: 130, witness: second },
    undefined,
  ]);
});

it("takes a cosignature of whatever time its witness claims", async () => {
  const witnesses = await Witnesses.open(new Drive().instant(), LOG);
  const time = Number.MAX_SAFE_INTEGER;
  const head = formatCheckpoint({ origin: owner.name, size: 5, root: new Uint8Array(32) });
  const line = createCosigner(`${peer.name}/witness`, peer.keys.witness).cosign(head, time);
  const note = `${head}\n${createNoteSigner(owner.name, owner.keys.log).sign(head)}\n${line}\n`;
  const id = toHex(peer.chain.id);
  expect(await witnesses.keepCosignature(id, note)).toBe(true);
  expect(await witnesses.firstWitnessed(4)).toEqual({ time, witness: id });
  // For people there is a last day.
  expect(isoTime(time)).toBe("9999-12-31T23:59:59Z");
});
