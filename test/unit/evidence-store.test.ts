import { beforeEach, describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../node/clock.ts";
import type { Disk } from "../../node/disk.ts";
import { type EvidenceOutcome, EvidenceStore } from "../../node/evidence-store.ts";
import type { HeldEvidence } from "../../node/held-evidence.ts";
import { EVIDENCE_PER_LOG_MAX } from "../../node/limits.ts";
import { buildNextCharter } from "../../keys/charter-builder.ts";
import { toHex } from "../../protocol/bytes.ts";
import { type Chain, checkChain } from "../../protocol/charter-chain.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import { formatEvidence, parseEvidence } from "../../protocol/evidence.ts";
import { MAX_EVIDENCE_PIECE } from "../../protocol/limits.ts";
import { parseNote } from "../../protocol/note.ts";
import { type Authority, CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Drive } from "../simulation/virtual-disk.ts";
import { chartersFile, forkFile } from "../support/fork.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { rotate } from "../support/rotation.ts";

const owner = makeAuthority("owner.example", new Prng("owner"));
const stranger = makeAuthority("stranger.example", new Prng("stranger"));
const id = toHex(owner.chain.id);
const PEER = "aa".repeat(32);
const WORD = { why: "they told us on the phone", by: "jan", at: 1_800_000_000 };

/** A log of one authority with entries 0 … size − 1. */
function grown(size: number, of: Authority = owner): HandMadeLog {
  const log = new HandMadeLog(of);
  while (log.size < size) log.addPlain();
  return log;
}

/** A history that parts from `log` at its first entry, different by `label`. */
function parted(size: number, label: number, of: Authority = owner): HandMadeLog {
  const log = new HandMadeLog(of);
  log.add({ kind: "followers", time: 1_700_000_000 + label, ids: [] });
  while (log.size < size) log.addPlain();
  return log;
}

/** The root of its first entries, in hex. */
function rootOf(log: HandMadeLog, size: number): string {
  return toHex(parseCheckpoint(parseNote(log.branch(size).checkpoint()).text).root);
}

const honest = grown(7);
const fork = (label: number, size = 7): Uint8Array => forkFile({ log: honest }, { log: parted(size, label) });
const titled = (title: string): Chain => {
  const note = buildNextCharter(owner.chain, { title }, [owner.root]);
  const checked = checkChain(
    [
      { epoch: 0, index: 0, note: owner.charter },
      { epoch: 0, index: 3, note },
    ],
    CRYPTO,
  );
  if (!checked.ok) throw new Error(checked.message);
  return checked.chain;
};

describe("the evidence store", () => {
  const drive = { now: new Drive() };
  const clock = { now: 0 };
  let chain: Chain;
  /** What the node holds of the log. */
  let ours: HandMadeLog;
  let told: HeldEvidence[];
  let store: EvidenceStore;

  const open = async (held?: readonly HeldEvidence[]): Promise<EvidenceStore> => {
    const instant = drive.now.instant();
    const disk: Disk = {
      ...instant,
      write(writes, sync) {
        expect(sync, "durable before anybody is told").toBe(true);
        return instant.write(writes, sync);
      },
    };
    return new EvidenceStore({
      disk,
      crypto: CRYPTO,
      clock: { ...SYSTEM_CLOCK, now: () => clock.now },
      held: held ?? (await EvidenceStore.read(disk)),
      chainOf: (of) => (of === id ? chain : undefined),
      agrees: (_id, _epoch, { size, root }) => Promise.resolve(size > ours.size || root === rootOf(ours, size)),
      onAdded: (held) => told.push(held),
      onDecided: (held) => told.push(held),
    });
  };

  beforeEach(async () => {
    drive.now = new Drive();
    clock.now = 1_800_000_000_999;
    chain = owner.chain;
    ours = new HandMadeLog(owner);
    told = [];
    store = await open();
  });

  const add = (bytes: Uint8Array): Promise<EvidenceOutcome> => store.add(bytes, PEER);
  const digestOf = (bytes: Uint8Array): string => toHex(CRYPTO.sha256(bytes));

  it("keeps two checkpoints of one size, says so once, and has them after a start", async () => {
    const file = fork(1);
    expect(await add(file)).toBe("new");
    expect(await add(file)).toBe("known");
    expect(told).toHaveLength(1);
    store = await open();
    expect(store.list()).toMatchObject([
      { digest: digestOf(file), id, name: "owner.example", epoch: 0, from: PEER, at: 1_800_000_000, decision: null },
    ]);
    expect(await store.bytes(digestOf(file))).toEqual(file);
    expect(store.contestedBy(id, 0, chain)).toHaveLength(1);
    expect(store.contestedBy(id, 1, chain)).toEqual([]);
    expect(store.of(toHex(stranger.chain.id), 0)).toEqual([]);
  });

  it("keeps checkpoints of different sizes", async () => {
    for (const size of [2, 4, 5, 12]) expect(await add(fork(1, size)), `${size}`).toBe("new");
    expect(
      store.list().map(({ shows }) => (shows.kind === "checkpoints" ? shows.heads.map((head) => head.size) : [])),
    ).toEqual(
      expect.arrayContaining([
        [2, 7],
        [7, 12],
      ]),
    );
  });

  it("refuses what proves nothing, and what is about nobody trusted here", async () => {
    expect(await add(Uint8Array.of(1, 2, 3))).toMatchObject({ refused: { code: "EVIDENCE_MALFORMED" } });
    const about = forkFile({ log: grown(3, stranger) }, { log: parted(3, 1, stranger) });
    expect(await add(about)).toMatchObject({ refused: { code: "EVIDENCE_STRANGER" } });
    // Nothing of it is verified, hence it costs nothing, be it ever so long.
    const claimed = formatEvidence({ ...parseEvidence(about), id: new Uint8Array(32) });
    expect(await add(claimed)).toMatchObject({ refused: { code: "EVIDENCE_STRANGER" } });
    // Who says that a chain of his own is that of somebody who is trusted has it read as far as the first charter.
    const borrowed = formatEvidence({ ...parseEvidence(about), id: owner.chain.id });
    expect(await add(borrowed)).toMatchObject({
      refused: { code: "EVIDENCE_CHAIN", message: "a chain of another id" },
    });
    expect(store.list()).toEqual([]);
    expect(told).toEqual([]);
  });

  it("keeps one file of the same tree heads, whichever stands first and whatever else is written in it", async () => {
    const other = parted(7, 1);
    expect(await add(forkFile({ log: honest }, { log: other }))).toBe("new");
    expect(await add(forkFile({ log: other }, { log: honest }))).toBe("known");
    const more = formatEvidence({ ...parseEvidence(fork(1)), unknown: { note: "x" } });
    expect(await add(more)).toBe("known");
  });

  it("keeps sixteen of one log", async () => {
    for (let label = 0; label < EVIDENCE_PER_LOG_MAX; label++) expect(await add(fork(label))).toBe("new");
    expect(await add(fork(99))).toBe("full");
    expect(store.list()).toHaveLength(EVIDENCE_PER_LOG_MAX);
    // Two charters are of no epoch alone, and have room of their own.
    expect(await add(chartersFile(titled("A"), titled("B")))).toBe("new");
  });

  it("does not let many forks under a former key hide one under the present key", async () => {
    const rotation = rotate(owner, "log", "second");
    chain = rotation.chainAt(2);
    const files = Array.from({ length: EVIDENCE_PER_LOG_MAX }, (_, label) => fork(label));
    for (const file of files) expect(await add(file)).toBe("new");
    expect(store.contestedBy(id, 0, chain), "all are historic").toEqual([]);
    expect(await add(fork(99)), "a historic one displaces nothing").toBe("full");
    const signed = (log: HandMadeLog): Uint8Array =>
      forkFile({ log: honest, chain, key: rotation.key }, { log, chain, key: rotation.key });
    expect(await add(signed(parted(7, 1))), "the same heads under another key are another statement").toBe("new");
    expect(store.contestedBy(id, 0, chain)).toHaveLength(1);
    expect(store.list()).toHaveLength(EVIDENCE_PER_LOG_MAX);
    store = await open();
    expect(store.list()).toHaveLength(EVIDENCE_PER_LOG_MAX);
    const gone = files.map(digestOf).filter((digest) => store.get(digest) === undefined);
    expect(gone).toHaveLength(1);
    const left = [...drive.now.values()].filter((value) => files.some((file) => Buffer.from(file).equals(value)));
    expect(left, "its file is gone from the disk").toHaveLength(EVIDENCE_PER_LOG_MAX - 1);
  });

  it("contests nothing by a key that a later charter superseded", async () => {
    await add(fork(1));
    expect(store.contestedBy(id, 0, chain)).toHaveLength(1);
    expect(store.contestedBy(id, 0, rotate(owner, "log", "second").chainAt(2))).toEqual([]);
    expect(store.contestedBy(id, 0, rotate(owner, "node", "second").chainAt(2)), "another node key").toHaveLength(1);
  });

  it("contests by two charters, whatever key is in force, every epoch that follows them", async () => {
    expect(await add(chartersFile(titled("A"), titled("B")))).toBe("new");
    expect(await add(chartersFile(titled("A"), titled("C"))), "of the same serial").toBe("known");
    for (const epoch of [0, 5])
      expect(store.contestedBy(id, epoch, rotate(owner, "log", "second").chainAt(2))).toHaveLength(1);
  });

  it("heeds a person's decision, keeps who took it and why, and takes the next one", async () => {
    const file = fork(1);
    await add(file);
    const digest = digestOf(file);
    expect(await store.decide(digest, { ...WORD, decision: "resume" })).toMatchObject({ digest });
    expect(store.contestedBy(id, 0, chain)).toEqual([]);
    store = await open();
    expect(store.get(digest)?.decision).toEqual({ ...WORD, decision: "resume" });
    expect(store.contestedBy(id, 0, chain)).toEqual([]);
    await store.decide(digest, { ...WORD, decision: "hold" });
    expect(store.contestedBy(id, 0, chain)).toHaveLength(1);
    expect(await store.decide("00".repeat(32), { ...WORD, decision: "hold" })).toBeUndefined();
    expect(told.map(({ decision }) => decision?.decision)).toEqual([undefined, "resume", "hold"]);
  });

  it("lets a new fork take the place of one that was decided", async () => {
    const files = Array.from({ length: EVIDENCE_PER_LOG_MAX }, (_, label) => fork(label));
    for (const file of files) await add(file);
    for (const file of files) await store.decide(digestOf(file), { ...WORD, decision: "resume" });
    expect(await add(fork(99))).toBe("new");
    expect(store.contestedBy(id, 0, chain)).toHaveLength(1);
    expect(store.list()).toHaveLength(EVIDENCE_PER_LOG_MAX);
  });

  it("keeps one file of a fork, however much our branch grows, and a new one when the other does", async () => {
    ours = honest;
    const other = parted(4, 1);
    const fork = forkFile({ log: ours }, { log: other });
    expect(await add(fork)).toBe("new");
    await store.decide(digestOf(fork), { ...WORD, decision: "resume" });
    for (const size of [3, 5, 9, 20])
      expect(await add(forkFile({ log: grown(size) }, { log: other })), `our branch at ${size}`).toBe("known");
    expect(store.contestedBy(id, 0, chain)).toEqual([]);
    expect(await add(forkFile({ log: ours }, { log: parted(4, 2) })), "a third branch").toBe("new");
    expect(await add(forkFile({ log: ours }, { log: parted(5, 1) })), "the other grew").toBe("new");
    expect(store.contestedBy(id, 0, chain)).toHaveLength(2);
    // Of two branches neither of which is ours, each counts.
    expect(await add(forkFile({ log: parted(4, 1) }, { log: parted(5, 2) }))).toBe("new");
    expect(await add(forkFile({ log: parted(4, 1) }, { log: parted(4, 2) }))).toBe("known");
  });

  it("asks for nothing twice that it judged and did not keep, for an hour", async () => {
    const [kept, stale, junk] = [fork(1), forkFile({ log: parted(7, 1) }, { log: honest }), Uint8Array.of(1)];
    const same = formatEvidence({ ...parseEvidence(kept), unknown: { note: "x" } });
    for (const file of [kept, junk, same]) expect(store.wants(digestOf(file))).toBe(true);
    for (const file of [kept, junk, same, stale]) await add(file);
    for (const file of [kept, junk, same, stale]) expect(store.wants(digestOf(file))).toBe(false);
    clock.now += 3_600_000;
    for (const file of [junk, same]) expect(store.wants(digestOf(file))).toBe(true);
    expect(store.wants(digestOf(kept))).toBe(false);
  });

  it("keeps sixty-four of one authority, whatever epochs it opens", async () => {
    await add(fork(1));
    const [one] = store.list();
    if (one === undefined) throw new Error("not kept");
    const before = Array.from({ length: 64 }, (_, n) => ({
      ...one,
      digest: `${n}`.padStart(64, "0"),
      epoch: 1 + (n % 8),
    }));
    store = await open(before);
    expect(await add(fork(2))).toBe("full");
    store = await open(before.slice(1));
    expect(await add(fork(2))).toBe("new");
    expect(await add(fork(3))).toBe("full");
  });

  it("gives a file in pieces from anywhere, as it was received", async () => {
    const size = 2 * MAX_EVIDENCE_PIECE;
    const file = formatEvidence({ ...parseEvidence(fork(1)), unknown: { note: new Uint8Array(size).fill(7) } });
    await add(file);
    const digest = digestOf(file);
    expect(await store.bytes(digest)).toEqual(file);
    for (const offset of [0, 1, MAX_EVIDENCE_PIECE - 1, MAX_EVIDENCE_PIECE, size, file.length - 1])
      expect(await store.piece(digest, offset)).toEqual(file.slice(offset, offset + MAX_EVIDENCE_PIECE));
    expect(await store.piece(digest, file.length)).toBeUndefined();
    expect(await store.piece("00".repeat(32), 0)).toBeUndefined();
  });

  it("adds one file once, though two peers bring it at a time", async () => {
    expect(await Promise.all([add(fork(1)), add(fork(1))])).toEqual(["new", "known"]);
  });
});
