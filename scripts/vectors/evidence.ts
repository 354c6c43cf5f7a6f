import { after, authority, digest, key, make, nvwa } from "./authority.ts";
import type { CharterKey, Made } from "./authority.ts";
import { array, bytes, map, NULL, text, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { base64, hex, sha256, unhex } from "./tools.ts";
import type { Vectors } from "./tools.ts";

// Two trees that share their first three entries.

const LEAVES = Array.from({ length: 9 }, (_, i) => sha256(`leaf ${i}`));
const FORKED = LEAVES.map((leaf, i) => (i < 3 ? leaf : sha256(`forked leaf ${i}`)));

/** MTH of RFC 6962 §2.1. */
function root(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), only);
  const k = split(leaves.length);
  return sha256(Uint8Array.of(1), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** SUBPROOF of RFC 6962 §2.1.2, with b false throughout: so the first element is always there. */
function explicitProof(m: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (m === leaves.length) return [root(leaves)];
  const k = split(leaves.length);
  if (m <= k) return [...explicitProof(m, leaves.slice(0, k)), root(leaves.slice(k))];
  return [...explicitProof(m - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

function split(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

const { first, roots, log } = nvwa;
const ID = unhex(digest(first.text));
const log2 = key("nvwa.nl", "log 2");
const log1 = key("nvwa.nl/1");
const second = make(after(first, { log: [log2] }), [...roots, log2]);
const epoch1 = make(after(first, { epoch: 1, continues: `0 2 ${base64(root(LEAVES.slice(0, 2)))}`, log: [log1] }), [
  ...roots,
  log1,
]);
const stranger = authority("bvl.example");

type Placed = readonly [Made, number];

const chain = (...charters: readonly Placed[]): Item =>
  array(...charters.map(([{ spec, note }, index]) => array(uint(spec.epoch), uint(index), text(note))));
const ONE = chain([first, 0]);
/** Another log key from index 6 on. */
const TWO = chain([first, 0], [second, 6]);

const checkpoint = (
  leaves: readonly Uint8Array[],
  size: number,
  signer: CharterKey = log,
  origin = "nvwa.nl",
): string => {
  const body = `${origin}\n${size}\n${base64(root(leaves.slice(0, size)))}\n`;
  return `${body}\n${signer.sign(body)}\n`;
};

type Claim = {
  readonly chains?: readonly Item[];
  readonly epoch?: number;
  readonly id?: Uint8Array;
  readonly first: string;
  readonly second: string;
  readonly hashes?: readonly Uint8Array[];
};

function checkpoints({ chains = [ONE], epoch = 0, id = ID, first: one, second: other, hashes = [] }: Claim): Item {
  return map({
    id: bytes(id),
    kind: text("checkpoints"),
    epoch: uint(epoch),
    first: text(one),
    chains: array(...chains),
    hashes: array(...hashes.map(bytes)),
    second: text(other),
    version: uint(1),
  });
}

function charters(...chains: readonly Item[]): Item {
  return map({ id: bytes(ID), kind: text("charters"), chains: array(...chains), version: uint(1) });
}

/** First `m` entries as the forked tree has them, against the first `n` of the other. */
const fork = (m: number, n: number, claim: Partial<Claim> = {}): Item =>
  checkpoints({
    first: checkpoint(FORKED, m),
    second: checkpoint(LEAVES, n),
    hashes: m === n ? [] : explicitProof(m, LEAVES.slice(0, n)),
    ...claim,
  });

export function evidenceVectors(): Vectors {
  return {
    format: "evidence",
    source: "ours. `keys`: the log keys under which `first` and `second` are signed; `serial`: of the two charters.",
    valid: [
      ...(
        [
          [5, 5],
          [4, 7],
          [5, 7],
          [4, 8],
          [6, 8],
          [7, 8],
          [8, 9],
          [5, 9],
        ] as const
      ).map(([m, n]) => ({
        name: `roots of ${m} and ${n} entries that do not agree`,
        hex: hex(fork(m, n)),
        kind: "checkpoints",
        keys: [log.vkey, log.vkey],
      })),
      {
        name: "one entry against two, at the beginning of the tree",
        hex: hex(
          checkpoints({
            first: checkpoint([sha256("x")], 1),
            second: checkpoint(LEAVES, 2),
            hashes: explicitProof(1, LEAVES.slice(0, 2)),
          }),
        ),
        kind: "checkpoints",
        keys: [log.vkey, log.vkey],
      },
      {
        name: "each by a chain of its own: the log key changed in one branch",
        hex: hex(fork(8, 9, { chains: [ONE, TWO], second: checkpoint(LEAVES, 9, log2) })),
        kind: "checkpoints",
        keys: [log.vkey, log2.vkey],
      },
      {
        name: "both by one chain, under two log keys",
        hex: hex(fork(6, 7, { chains: [TWO], second: checkpoint(LEAVES, 7, log2) })),
        kind: "checkpoints",
        keys: [log.vkey, log2.vkey],
      },
      {
        name: "of a later epoch",
        hex: hex(
          fork(5, 5, {
            chains: [chain([first, 0], [epoch1, 0])],
            epoch: 1,
            first: checkpoint(FORKED, 5, log1, "nvwa.nl/1"),
            second: checkpoint(LEAVES, 5, log1, "nvwa.nl/1"),
          }),
        ),
        kind: "checkpoints",
        keys: [log1.vkey, log1.vkey],
      },
      {
        name: "with a key that nobody knows",
        hex: hex(withUnknown()),
        kind: "checkpoints",
        keys: [log.vkey, log.vkey],
      },
      {
        name: "two charters of serial 1",
        hex: hex(charters(TWO, chain([first, 0], [epoch1, 0]))),
        kind: "charters",
        serial: 1,
      },
      { name: "two charters of serial 2", hex: hex(charters(longer("A"), longer("B"))), kind: "charters", serial: 2 },
      {
        name: "one chain goes on after they part",
        hex: hex(charters(longer("A"), chain([first, 0], [epoch1, 0]))),
        kind: "charters",
        serial: 1,
      },
    ],
    invalid: refusals().map(([name, code, item]) => ({ name, hex: hex(item), code })),
  };
}

function refusals(): readonly (readonly [string, string, Item])[] {
  const proof = explicitProof(5, LEAVES.slice(0, 7));
  const odd = (made: Made): Made => ({ ...made, note: made.note.replace("country NL", "country BE") });
  return [
    [
      "the first is a beginning of the second",
      "EVIDENCE_CONSISTENT",
      checkpoints({ first: checkpoint(LEAVES, 5), second: checkpoint(LEAVES, 7), hashes: proof }),
    ],
    [
      "a beginning, of a power of two",
      "EVIDENCE_CONSISTENT",
      checkpoints({
        first: checkpoint(LEAVES, 4),
        second: checkpoint(LEAVES, 7),
        hashes: explicitProof(4, LEAVES.slice(0, 7)),
      }),
    ],
    ["before the trees part", "EVIDENCE_CONSISTENT", fork(3, 7)],
    ["one checkpoint twice", "EVIDENCE_CONSISTENT", fork(5, 5, { first: checkpoint(LEAVES, 5) })],
    [
      "the explicit first hash left out",
      "EVIDENCE_HASHES",
      fork(4, 7, { hashes: explicitProof(4, LEAVES.slice(0, 7)).slice(1) }),
    ],
    ["no hashes", "EVIDENCE_HASHES", fork(5, 7, { hashes: [] })],
    ["a hash too few", "EVIDENCE_HASHES", fork(5, 7, { hashes: proof.slice(0, -1) })],
    ["a hash too many", "EVIDENCE_HASHES", fork(5, 7, { hashes: [...proof, proof[0] ?? ID] })],
    ["a hash changed", "EVIDENCE_HASHES", fork(5, 7, { hashes: proof.toSpliced(1, 1, ID) })],
    ["hashes of the first tree", "EVIDENCE_HASHES", fork(5, 7, { hashes: explicitProof(5, FORKED.slice(0, 7)) })],
    ["hashes between two of one size", "EVIDENCE_HASHES", fork(5, 5, { hashes: [ID] })],
    [
      "the larger one first",
      "EVIDENCE_SIZES",
      checkpoints({ first: checkpoint(LEAVES, 7), second: checkpoint(FORKED, 5), hashes: proof }),
    ],
    [
      "an empty tree",
      "EVIDENCE_CHECKPOINT",
      checkpoints({ first: checkpoint(LEAVES, 0), second: checkpoint(LEAVES, 7) }),
    ],
    [
      "checkpoints of another epoch",
      "EVIDENCE_CHECKPOINT",
      fork(5, 5, { first: checkpoint(FORKED, 5, log1, "nvwa.nl/1"), second: checkpoint(LEAVES, 5, log1, "nvwa.nl/1") }),
    ],
    [
      "an epoch that the chain does not know",
      "EVIDENCE_CHECKPOINT",
      fork(5, 5, {
        epoch: 1,
        first: checkpoint(FORKED, 5, log1, "nvwa.nl/1"),
        second: checkpoint(LEAVES, 5, log1, "nvwa.nl/1"),
      }),
    ],
    [
      "a log of another name",
      "EVIDENCE_CHECKPOINT",
      fork(5, 5, {
        first: checkpoint(FORKED, 5, log, "bvl.example"),
        second: checkpoint(LEAVES, 5, log, "bvl.example"),
      }),
    ],
    [
      "the first signed by a key that is not in force",
      "EVIDENCE_CHECKPOINT",
      fork(6, 7, { chains: [TWO], first: checkpoint(FORKED, 6, log2), second: checkpoint(LEAVES, 7, log2) }),
    ],
    ["the second signed by a key that is no longer in force", "EVIDENCE_CHECKPOINT", fork(6, 7, { chains: [TWO] })],
    [
      "the second judged by its own chain, not by the first",
      "EVIDENCE_CHECKPOINT",
      fork(8, 9, { chains: [TWO, ONE], first: checkpoint(FORKED, 8, log), second: checkpoint(LEAVES, 9, log2) }),
    ],
    [
      "a checkpoint signed by the node key",
      "EVIDENCE_CHECKPOINT",
      fork(5, 5, { first: checkpoint(FORKED, 5, nvwa.node) }),
    ],
    [
      "a checkpoint that somebody changed",
      "EVIDENCE_CHECKPOINT",
      fork(5, 5, { first: checkpoint(FORKED, 5).replace("\n5\n", "\n4\n") }),
    ],
    ["a note that is no checkpoint", "EVIDENCE_CHECKPOINT", fork(5, 5, { first: `hello\n\n${log.sign("hello\n")}\n` })],
    ["no note", "EVIDENCE_CHECKPOINT", fork(5, 5, { first: "" })],
    ["another id", "EVIDENCE_CHAIN", fork(5, 5, { id: sha256("another id") })],
    ["a chain of another authority", "EVIDENCE_CHAIN", fork(5, 5, { chains: [chain([stranger.first, 0])] })],
    [
      "a second chain of another authority",
      "EVIDENCE_CHAIN",
      fork(5, 5, { chains: [ONE, chain([stranger.first, 0])] }),
    ],
    ["a charter that is not valid", "EVIDENCE_CHAIN", fork(5, 5, { chains: [chain([odd(first), 0])] })],
    ["a chain that begins with serial 1", "EVIDENCE_CHAIN", fork(5, 5, { chains: [chain([second, 0])] })],
    ["one chain is a beginning of the other", "EVIDENCE_CONSISTENT", charters(ONE, TWO)],
    ["the same chain twice", "EVIDENCE_CONSISTENT", charters(TWO, TWO)],
    ["two charters of serial 1, one not valid", "EVIDENCE_CHAIN", charters(TWO, chain([first, 0], [odd(second), 6]))],
    ["chains of two authorities", "EVIDENCE_CHAIN", charters(ONE, chain([stranger.first, 0]))],
    ["nothing", "EVIDENCE_MALFORMED", new Uint8Array(0)],
    ["not a map", "EVIDENCE_MALFORMED", array()],
    ["a byte after it", "EVIDENCE_MALFORMED", Buffer.concat([fork(5, 5), Uint8Array.of(0)])],
    [
      "version 2",
      "EVIDENCE_MALFORMED",
      map({ id: bytes(ID), kind: text("charters"), chains: array(TWO, longer("A")), version: uint(2) }),
    ],
    [
      "another kind",
      "EVIDENCE_MALFORMED",
      map({ id: bytes(ID), kind: text("receipts"), chains: array(TWO, longer("A")), version: uint(1) }),
    ],
    ["charters of one chain", "EVIDENCE_MALFORMED", charters(TWO)],
    ["charters of three chains", "EVIDENCE_MALFORMED", charters(TWO, longer("A"), longer("B"))],
    ["no chain", "EVIDENCE_MALFORMED", fork(5, 5, { chains: [] })],
    ["three chains", "EVIDENCE_MALFORMED", fork(5, 5, { chains: [ONE, ONE, ONE] })],
    ["an empty chain", "EVIDENCE_MALFORMED", fork(5, 5, { chains: [array()] })],
    ["a charter without a place", "EVIDENCE_MALFORMED", fork(5, 5, { chains: [array(array(text(first.note)))] })],
    ["a hash of 31 bytes", "EVIDENCE_MALFORMED", fork(5, 7, { hashes: [ID.subarray(1), ...proof.slice(1)] })],
    ["64 hashes", "EVIDENCE_MALFORMED", fork(5, 7, { hashes: Array.from({ length: 64 }, () => ID) })],
    ["an id of 31 bytes", "EVIDENCE_MALFORMED", fork(5, 5, { id: ID.subarray(1) })],
    ["a null for the second chain", "EVIDENCE_MALFORMED", fork(5, 5, { chains: [ONE, NULL] })],
  ];
}

/** A third charter with that title. */
function longer(title: string): Item {
  return chain([first, 0], [second, 6], [make(after(second, { title }), roots), 8]);
}

function withUnknown(): Item {
  return map({
    id: bytes(ID),
    kind: text("checkpoints"),
    epoch: uint(0),
    first: text(checkpoint(FORKED, 5)),
    found: text("by comparison"),
    chains: array(ONE),
    hashes: array(),
    second: text(checkpoint(LEAVES, 5)),
    version: uint(1),
  });
}
