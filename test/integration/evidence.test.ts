import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../keys/sha256.ts";
import { concatBytes, toHex } from "../../protocol/bytes.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { type Evidence, formatEvidence, parseEvidence } from "../../protocol/evidence.ts";
import { MAX_EVIDENCE_PIECE } from "../../protocol/limits.ts";
import type { Answer } from "../../protocol/wire/frame.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { forkFile } from "../support/fork.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { Adversary, stopHostile } from "../support/hostile.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { serveLog } from "../support/serve-log.ts";

// Who is told of evidence, and gets it: who may follow the log that it is about, and whoever is accused.

const prng = new Prng("evidence");
const [friend, outsider, accused] = ["friend.example", "outsider.example", "accused.example"].map((name) =>
  makeAuthority(name, prng.fork(name)),
) as [Authority, Authority, Authority];

let node: InProcessNode;
const log = new HandMadeLog(accused);
/** About the log of `accused`, which friend may follow, and so long that it takes three pieces. */
let about: Uint8Array;
/** About the node's own log, which all three may follow. */
let aboutUs: Uint8Array;

beforeAll(async () => {
  node = await startInProcess(makeAuthority("node.example", prng.fork("node.example")));
  for (const peer of [friend, outsider, accused]) await node.service.addPeer(chainFileOf(peer), [], "anna");
  log.add({ kind: "followers", time: 1_800_000_000, ids: sorted(friend.chain.id, node.authority.chain.id) });
  await serveLog(node, log);
  about = padded(forkOf(accused), 2 * MAX_EVIDENCE_PIECE);
  aboutUs = forkOf(node.authority);
  for (const file of [about, aboutUs]) expect(await node.core.evidence.add(file, node.core.ownId)).toBe("new");
});
afterEach(async () => {
  await stopHostile();
  expect(node.faults).toEqual([]);
});
afterAll(() => node.stop());

describe("evidence that a node holds", () => {
  it("is shown in a comparison to whom it may go", async () => {
    expect(await shownTo(friend)).toEqual(new Set([digestOf(about), digestOf(aboutUs)]));
    expect(await shownTo(accused), "the accused may see it too").toEqual(new Set([digestOf(about), digestOf(aboutUs)]));
    expect(await shownTo(outsider)).toEqual(new Set([digestOf(aboutUs)]));
  });

  it("comes in pieces that are the file again", async () => {
    const asker = await greeted(friend);
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < about.length; offset += pieces.at(-1)?.length ?? 0) {
      const [answer] = await ask(asker, about, offset);
      if (answer?.kind !== "evidence") throw new Error(`a ${answer?.kind} answer`);
      expect(answer.size).toBe(about.length);
      pieces.push(answer.bytes);
    }
    expect(pieces.map(({ length }) => length)).toEqual([
      MAX_EVIDENCE_PIECE,
      MAX_EVIDENCE_PIECE,
      about.length - 2 * MAX_EVIDENCE_PIECE,
    ]);
    expect(Buffer.from(concatBytes(...pieces)).equals(about)).toBe(true);
  });

  it("is not there for who may not have it, nor is what nobody has, nor what is beyond its end", async () => {
    const stranger = await greeted(outsider);
    for (const offset of [0, 1]) expect(await ask(stranger, about, offset)).toMatchObject([NOT_FOUND]);
    expect(await ask(stranger, aboutUs, 0)).toMatchObject([{ kind: "evidence", size: aboutUs.length }]);
    const asker = await greeted(friend);
    expect(await ask(asker, Uint8Array.of(1), 0)).toMatchObject([NOT_FOUND]);
    for (const offset of [about.length, about.length + 1, Number.MAX_SAFE_INTEGER])
      expect(await ask(asker, about, offset)).toMatchObject([NOT_FOUND]);
    expect(await ask(asker, about, about.length - 1)).toMatchObject([{ kind: "evidence", bytes: about.slice(-1) }]);
  });

  it("is not silenced by an entry that keeps the log from third parties", async () => {
    const range = { kind: "range", id: accused.chain.id, epoch: 0, from: 0, to: 1, budget: 1_000 } as const;
    expect((await (await greeted(friend)).ask(range)).map(({ kind }) => kind)).toEqual(["batch"]);
    await stopHostile();
    log.entries.push({ leaf: encodeCbor(["sealed!", 1_800_000_001]), parts: [] });
    await serveLog(node, log);
    const asker = await greeted(friend);
    expect(await asker.ask(range)).toMatchObject([{ kind: "error", code: "denied" }]);
    expect(await ask(asker, about, 0)).toMatchObject([{ kind: "evidence", size: about.length }]);
  });

  it("goes to nobody once the accused is no longer trusted", async () => {
    await node.service.removePeer("accused.example", "anna");
    expect(await shownTo(friend)).toEqual(new Set([digestOf(aboutUs)]));
    expect(await ask(await greeted(friend), about, 0)).toMatchObject([NOT_FOUND]);
  });
});

const NOT_FOUND: Partial<Answer> = { kind: "error", code: "not-found" };

async function greeted(authority: Authority): Promise<Adversary> {
  const adversary = await Adversary.connect(authority, node);
  expect(await adversary.greet()).toBe(true);
  return adversary;
}

function ask(asker: Adversary, file: Uint8Array, offset: number): Promise<readonly Answer[]> {
  return asker.ask({ kind: "evidence", digest: sha256(file), offset });
}

async function shownTo(authority: Authority): Promise<ReadonlySet<string>> {
  const [answer] = await (await greeted(authority)).ask({ kind: "compare", checkpoints: [] });
  if (answer?.kind !== "compare") throw new Error(`a ${answer?.kind} answer`);
  return new Set(answer.evidence?.map(toHex));
}

function forkOf(owner: Authority): Uint8Array {
  const [one, other] = [new HandMadeLog(owner), new HandMadeLog(owner)];
  one.addPlain();
  other.add({ kind: "followers", time: 1_700_000_000, ids: [] });
  return forkFile({ log: one }, { log: other });
}

/** With a key that nobody knows, which is kept as it is. */
function padded(file: Uint8Array, bytes: number): Uint8Array {
  const evidence: Evidence = parseEvidence(file);
  return formatEvidence({ ...evidence, unknown: { padding: new Uint8Array(bytes) } });
}

function sorted(...ids: readonly Uint8Array[]): Uint8Array[] {
  return [...ids].sort((a, b) => Buffer.compare(a, b));
}

function digestOf(file: Uint8Array): string {
  return toHex(sha256(file));
}
