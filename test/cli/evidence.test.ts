import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNextCharter } from "../../keys/charter-builder.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createLocalApi } from "../../node/api/local-api.ts";
import { silentLogger } from "../../node/logger.ts";
import { toHex } from "../../protocol/bytes.ts";
import { checkChain } from "../../protocol/charter-chain.ts";
import { type Authority, CRYPTO, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { runInProcess } from "../support/fake-world.ts";
import { chartersFile, forkFile } from "../support/fork.ts";
import { HandMadeLog } from "../support/hand-made-log.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { rotate } from "../support/rotation.ts";
import { serveLog } from "../support/serve-log.ts";
import { type CliResult, jsonLines, runCli } from "../support/run-cli.ts";

// The commands over a real node that holds real evidence, made of two histories under true keys.

const prng = new Prng("cli evidence");
const accused = makeAuthority("accused.example", prng.fork("accused"));
const friend = makeAuthority("friend.example", prng.fork("friend"));

/** Two histories of one log that part at entry 1. */
function histories(of: Authority, small: number, large: number): readonly [HandMadeLog, HandMadeLog] {
  const [one, other] = [new HandMadeLog(of), new HandMadeLog(of)];
  other.add({ kind: "followers", time: 1_700_000_000, ids: [] });
  while (one.size < small) one.addPlain();
  while (other.size < large) other.addPlain();
  return [one, other];
}

const [short, long] = histories(accused, 3, 7);
/** What the node follows: a branch of its own, with a record that the node may read. */
const followed = new HandMadeLog(accused);
const ofTwoSizes = forkFile({ log: short }, { log: long });
const [left, right] = histories(accused, 5, 5);
const ofOneSize = forkFile({ log: left }, { log: right });
const rotation = rotate(accused, "log", "second");
const underOldKey = forkFile({ log: short, chain: rotation.chainAt(9) }, { log: right, chain: rotation.chainAt(9) });
const titled = (title: string): ReturnType<typeof rotation.chainAt> => {
  const note = buildNextCharter(accused.chain, { title }, [accused.root]);
  const entries = [
    { epoch: 0, index: 0, note: accused.charter },
    { epoch: 0, index: 4, note },
  ];
  const checked = checkChain(entries, CRYPTO);
  if (!checked.ok) throw new Error(checked.message);
  return checked.chain;
};
const twoCharters = chartersFile(titled("Office A"), titled("Office \u202eB"));

let node: InProcessNode;
/** An entry of the node's own, and one of the accused that answers it. */
let [alert, record] = ["", ""];
let dir: string;
let api: { close(): Promise<void> };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "entente-test-"));
  node = await startInProcess(makeAuthority("node.example", prng.fork("node")));
  for (const peer of [accused, friend]) await node.service.addPeer(chainFileOf(peer), [], "anna");
  alert = `node.example:${await node.publish("ours", ["accused.example"])}`;
  record = `accused.example:${followed.addRecord(followed.addAudience(node.authority), "theirs")}`;
  await serveLog(node, followed);
  expect(await node.core.evidence.add(ofTwoSizes, toHex(friend.chain.id))).toBe("new");
  expect(await node.core.evidence.add(twoCharters, node.core.ownId)).toBe("new");
  await mkdir(join(dir, "operators"), { mode: 0o700 });
  await writeFile(join(dir, "config.json"), "{}");
  const { token } = await node.service.addOperator("anna");
  await writeFile(join(dir, "operators", "anna.token"), `${token}\n`, { mode: 0o600 });
  const socketPath = join(dir, "run", "entente.sock");
  api = await createLocalApi({ service: node.service, socketPath, log: silentLogger, stop: () => undefined });
});
afterAll(async () => {
  await api.close();
  expect(node.faults).toEqual([]);
  await node.stop();
  await rm(dir, { recursive: true, force: true });
});

const entente = (...args: readonly string[]): Promise<CliResult> => runInProcess([...args, "--data", dir]);
const digestOf = (file: Uint8Array): string => toHex(sha256(file));

async function inFile(bytes: Uint8Array): Promise<string> {
  const path = join(dir, `${digestOf(bytes)}.cbor`);
  await writeFile(path, bytes);
  return path;
}

describe("evidence verify", () => {
  it("needs nothing but the file: no node, no data directory, no home", async () => {
    const empty = await mkdtemp(join(tmpdir(), "entente-empty-"));
    await writeFile(join(empty, "fork.cbor"), ofTwoSizes);
    const { code, stdout, stderr } = await runCli(["evidence", "verify", "fork.cbor"], { cwd: empty });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("✓ proven: accused.example signed two histories of its log that exclude each other\n");
    expect(stdout).toContain(`fingerprint  ${fingerprint(accused.chain.id)}\n`);
    expect(stdout).toMatch(
      /it signed +3 entries with root [0-9a-f]{64}, by the log key [0-9a-f]{64}, in force by its charter of serial 0\n/,
    );
    expect(stdout).toMatch(
      /and +7 entries with root [0-9a-f]{64}, by the log key [0-9a-f]{64}, in force by its charter of serial 0\n/,
    );
    expect(stdout).toContain("the first is no beginning of the second");
    expect(stdout).toContain(`SHA-256 of the file: ${digestOf(ofTwoSizes)}\n`);
    expect(await readdir(empty)).toEqual(["fork.cbor"]);
    await rm(empty, { recursive: true });
  });

  it("says so where both are of one size, and where the key was replaced since", async () => {
    const same = await entente("evidence", "verify", await inFile(ofOneSize));
    expect(same.stdout).toContain("are two trees of one size");
    expect(same.stdout).not.toContain("replaced a key");
    const old = await entente("evidence", "verify", await inFile(underOldKey));
    expect(old.code).toBe(0);
    expect(old.stdout).toContain("has since replaced a key that signed");
  });

  it("shows what two charters say against each other, and lets neither touch the terminal", async () => {
    const { code, stdout } = await entente("evidence", "verify", await inFile(twoCharters));
    expect(code).toBe(0);
    expect(stdout).toContain("✓ proven: accused.example signed two charters of one serial\n");
    expect(stdout).toContain("\n  title Office A\n");
    expect(stdout).not.toContain("\u202e");
    expect(stdout).not.toContain("  authority accused.example\n");
  });

  it("takes nothing that proves nothing, nor a file that was touched", async () => {
    const touched = ofTwoSizes.slice();
    touched[touched.length - 40] = (touched.at(-40) ?? 0) ^ 1;
    for (const bytes of [touched, Buffer.from("no evidence"), new Uint8Array()]) {
      const { code, stdout } = await entente("evidence", "verify", await inFile(bytes));
      expect(code).toBe(1);
      expect(stdout).toContain("✗ NOT proven: ");
      expect(stdout).not.toContain("✓");
    }
    expect((await entente("evidence", "verify", join(dir, "nothing.cbor"))).code).toBe(3);
  });

  it("for programs", async () => {
    const [proven] = jsonLines(await entente("evidence", "verify", await inFile(ofTwoSizes), "--json"));
    expect(proven).toMatchObject({
      schema: "entente/evidence-verify/1",
      digest: digestOf(ofTwoSizes),
      proven: true,
      code: null,
      shows: {
        kind: "checkpoints",
        name: "accused.example",
        id: toHex(accused.chain.id),
        epoch: 0,
        superseded: false,
        checkpoints: [
          { size: 3, charter: 0 },
          { size: 7, charter: 0 },
        ],
        charters: null,
      },
    });
    const [charters] = jsonLines(await entente("evidence", "verify", await inFile(twoCharters), "--json"));
    expect(charters).toMatchObject({ shows: { kind: "charters", charters: [{ serial: 1 }, { serial: 1 }] } });
    const refused = await entente("evidence", "verify", await inFile(Buffer.from("x")), "--json");
    expect(refused.code).toBe(1);
    expect(jsonLines(refused)).toMatchObject([{ proven: false, code: "EVIDENCE_MALFORMED", shows: null }]);
  });
});

describe("what a node holds", () => {
  it("evidence list", async () => {
    const { code, stdout } = await entente("evidence", "list");
    expect(code).toBe(0);
    expect(stdout).toContain(digestOf(ofTwoSizes).slice(0, 16));
    expect(stdout).toContain("two trees of 3 and 7 entries");
    expect(stdout).toContain("two charters of serial 1");
    expect(stdout).toContain("contested: not cosigned until a person decides  friend.example");
    expect(jsonLines(await entente("evidence", "list", "--json"))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          schema: "entente/evidence/1",
          digest: digestOf(ofTwoSizes),
          name: "accused.example",
          from: "friend.example",
          sizes: [3, 7],
          contests: true,
          historic: false,
          decision: null,
        }),
        expect.objectContaining({ digest: digestOf(twoCharters), from: "node.example", serial: 1, sizes: null }),
      ]),
    );
  });

  it("evidence show: who signed what, under which charter, and from whom it came", async () => {
    const { code, stdout } = await entente("evidence", "show", digestOf(ofTwoSizes).slice(0, 8));
    expect(code).toBe(0);
    expect(stdout).toContain("✓ proven: accused.example signed two histories");
    expect(stdout).toContain("came from  friend.example, ");
    expect(stdout).toContain(`entente evidence decide ${digestOf(ofTwoSizes).slice(0, 16)} resume|hold --why TEXT`);
    const [detail] = jsonLines(await entente("evidence", "show", digestOf(ofTwoSizes), "--json"));
    expect(detail).toMatchObject({ schema: "entente/evidence-detail/1", proven: true, shows: { kind: "checkpoints" } });
  });

  it("evidence export: the file as it was received, and nothing that is there already is lost", async () => {
    const out = join(dir, "fork.cbor");
    const args = ["evidence", "export", digestOf(ofTwoSizes).slice(0, 12), "--out", out];
    expect(await entente(...args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("entente evidence verify"),
    });
    expect((await readFile(out)).equals(ofTwoSizes)).toBe(true);
    expect(await entente(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining("exists already") });
    const cwd = await mkdtemp(join(tmpdir(), "entente-empty-"));
    const there = await runCli(["evidence", "export", digestOf(ofTwoSizes), "--data", dir], { cwd });
    expect(there.code).toBe(0);
    expect(await readdir(cwd)).toEqual([`evidence-${digestOf(ofTwoSizes).slice(0, 16)}.cbor`]);
    await rm(cwd, { recursive: true });
  });

  it("evidence decide: kept with who, when and why; the next one counts", async () => {
    const digest = digestOf(ofTwoSizes);
    const resumed = await entente("evidence", "decide", digest.slice(0, 8), "resume", "--why", "a restored\ncopy");
    expect(resumed.stdout).toMatch(/decided +resume by anna, .* UTC: a restored copy\n/);
    expect(resumed.stdout).toContain("settled: a person decided to go on");
    expect(node.core.evidence.get(digest)?.decision).toMatchObject({ decision: "resume", by: "anna" });
    const [held] = jsonLines(await entente("evidence", "decide", digest, "hold", "--why", "not yet", "--json"));
    expect(held).toMatchObject({
      schema: "entente/evidence/1",
      contests: true,
      decision: { decision: "hold", why: "not yet", by: "anna", at: expect.stringMatching(/Z$/) },
    });
  });

  const known = digestOf(ofTwoSizes);
  it.each([
    ["a digest that nobody has", ["show", "00000000"], 3, "no evidence 00000000 is held here"],
    ["too few digits", ["show", known.slice(0, 7)], 1, "is no digest"],
    ["a decision about nothing", ["decide", "00000000", "resume", "--why", "x"], 3, "no evidence"],
    ["a decision of another kind", ["decide", known, "forgive", "--why", "x"], 2, "neither resume nor hold"],
    ["a decision without a reason", ["decide", known, "resume"], 2, "--why"],
    ["a reason that is none", ["decide", known, "resume", "--why", "  "], 1, "says nothing"],
    ["a reason without end", ["decide", known, "resume", "--why", "x".repeat(1001)], 1, "why"],
    ["the file of a digest that nobody has", ["export", "00000000"], 3, "no evidence"],
  ])("%s is refused", async (_what, args, code, message) => {
    expect(await entente("evidence", ...args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });
});

/** Each command with which a person looks at a log, a peer or an entry, and the line that says what it is. */
const LOOKS: readonly (readonly [args: () => readonly string[], mark: RegExp, line: RegExp])[] = [
  [() => ["status"], /contested \(entente evidence list\)/, /^ *accused\.example /],
  [() => ["peer", "list"], /contested \(entente evidence list\)/, /^accused\.example /],
  [() => ["logs"], /mirror, contested/, /^accused\.example /],
  [() => ["list"], /follow-up, contested/, /^accused\.example:/],
  [() => ["thread", record], /follow-up, contested/, /accused\.example:/],
  [() => ["show", record], /signed what contradicts itself/, /^contested /],
  [() => ["peer", "show", "accused.example"], /signed what contradicts itself/, /^contested /],
  [() => ["verify", "accused.example"], /one of the histories/, /^! contested/],
  [() => ["prove", record, "--out", join(dir, randomUUID())], /one of the histories/, /^! contested/],
  [() => ["prove", "accused.example", "--out", join(dir, randomUUID())], /one of the histories/, /^! contested/],
];

/** The same for programs: the objects that speak of the accused or of what it wrote, and nothing else. */
const OBJECTS: readonly (readonly [args: () => readonly string[], contested: (line: Json) => unknown])[] = [
  [() => ["peer", "list"], (line) => (line["name"] === "accused.example" ? line["contested"] : undefined)],
  [() => ["logs"], (line) => (line["name"] === "accused.example" ? line["contested"] : undefined)],
  [() => ["list"], (line) => (line["log"] === "accused.example" ? line["contested"] : undefined)],
  [() => ["thread", record], (line) => (line["log"] === "accused.example" ? line["contested"] : undefined)],
  [() => ["show", record], (line) => line["contested"]],
  [() => ["peer", "show", "accused.example"], (line) => line["contested"]],
  [() => ["verify", "accused.example"], (line) => line["contested"]],
  [() => ["prove", record, "--out", join(dir, randomUUID())], (line) => line["contested"]],
];

type Json = Readonly<Record<string, unknown>>;

async function decideAll(decision: "resume" | "hold"): Promise<void> {
  for (const { digest } of node.core.evidence.list())
    expect((await entente("evidence", "decide", digest, decision, "--why", "a test")).code).toBe(0);
}

/** Whether the line of the accused is there, and has the mark. */
async function isMarked(args: readonly string[], mark: RegExp, line: RegExp): Promise<boolean> {
  const { code, stdout } = await entente(...args);
  expect(code).toBe(0);
  return stdout.split("\n").some((text) => line.test(text) && mark.test(text));
}

async function contestedIn(args: readonly string[], read: (line: Json) => unknown): Promise<readonly unknown[]> {
  const lines = jsonLines(await entente(...args, "--json"));
  return lines.map(read).filter((value) => value !== undefined);
}

describe("a contested log", () => {
  it("has its mark wherever a person looks, until a person decides to go on", async () => {
    for (const [decision, expected] of [
      ["hold", true],
      ["resume", false],
    ] as const) {
      await decideAll(decision);
      for (const [args, mark, line] of LOOKS)
        expect([args()[0], await isMarked(args(), mark, line)]).toEqual([args()[0], expected]);
      for (const [args, read] of OBJECTS)
        expect([args()[0], ...(await contestedIn(args(), read))]).toEqual([args()[0], expected]);
    }
  });

  it("leaves its mark on no other", async () => {
    await decideAll("hold");
    for (const args of [
      ["show", alert],
      ["peer", "show", "friend.example"],
      ["verify", "node.example"],
    ])
      expect([args, (await entente(...args)).stdout.includes("contested")]).toEqual([args, false]);
    const { stdout } = await entente("logs");
    expect(stdout.split("\n").filter((line) => line.includes("contested"))).toHaveLength(1);
  });
});
