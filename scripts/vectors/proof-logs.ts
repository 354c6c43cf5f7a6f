import { after, authority, digest, insertLine, key, make, withLines } from "./authority.ts";
import type { CharterKey, Made, Spec } from "./authority.ts";
import { array, bytes, map, seeded, text, uint } from "./cbor.ts";
import type { Item } from "./cbor.ts";
import { treeRoot } from "./proof-tree.ts";
import { base64, hex, sha256, unhex } from "./tools.ts";

// The logs, chains and parts of which the proof directories of the vectors are made.

const TIME = 1_800_000_000;
const CHUNK = 65_536;

/** A charter at its place in a chain file. */
export type Placed = readonly [made: Made, index: number];

/** An authority with one root key and no roles, so that its charters are short. */
function brief(name: string, edit?: (charter: string) => string) {
  const { roots, next, log, witness, node, spec } = authority(name);
  const briefSpec: Spec = {
    ...spec,
    title: `Authority ${name}`,
    rootThreshold: 1,
    roots: roots.slice(0, 1),
    nextThreshold: 1,
    next: next.slice(0, 1),
    roles: [],
  };
  const [root = log] = roots;
  return { name, root, log, witness, first: make(briefSpec, [root, log, witness, node], edit) };
}

export const owner = brief("nvwa.nl");
const OWNER_ID = unhex(digest(owner.first.text));

// The owner's second charter brings another log key, at index 258: for a full tile and one of level 1.
export const ROTATION = 258;
export const SIZE = 300;
export const log2 = key("nvwa.nl", "log 2");
export const second = make(after(owner.first, { log: [log2] }), [owner.root, log2]);

/** Another second charter, which the owner's chain does not have. */
export const foreign = make(after(owner.first, { title: "Another second charter" }), [owner.root]);
/** Another third one. */
const late = make(after(second, { title: "Signed under theft" }), [owner.root]);
/** Its text is that of `second`, and no root signs it. */
export const secondUnsigned = withLines(second, [log2.sign(second.text)]);

export const charterLeaf = ({ note }: Made): Item => array(text("charter"), uint(TIME), text(note));
export const memo = (n: number): Item => array(text("memo"), uint(TIME), uint(n));

const part = (name: string, type: string, content: Uint8Array, id: Uint8Array = OWNER_ID): Uint8Array => {
  const header = map({ name: text(name), type: text(type), length: uint(content.length) });
  const length = Uint8Array.of(header.length >> 8, header.length & 0xff);
  const bare = Buffer.concat([id, seeded(`proof salt ${name}`, 32), length, header, content]);
  return Buffer.concat([bare, new Uint8Array(paddedSize(bare.length) - bare.length)]);
};

/** Padmé by the page: E = floor(log2 L), S = floor(log2 E) + 1, rounded up to a multiple of 2^(E − S). */
function paddedSize(length: number): number {
  const exponent = length.toString(2).length - 1;
  const step = 2 ** Math.max(0, exponent - exponent.toString(2).length);
  return Math.ceil(length / step) * step;
}

const commitment = (whole: Uint8Array): readonly [Item, Item] => {
  const chunks = Array.from({ length: Math.ceil(whole.length / CHUNK) }, (_, i) =>
    whole.subarray(i * CHUNK, (i + 1) * CHUNK),
  );
  return [bytes(treeRoot(chunks)), uint(whole.length)];
};

export const MEMBERS = part("", "application/vnd.entente.members+cbor", map({}));
export const RECORD = part("", "text/plain", Buffer.from("hello"));
export const PICTURE = part(
  "picture.bin",
  "application/octet-stream",
  Uint8Array.from({ length: CHUNK }, (_, i) => (i * 31) % 251),
);
/** Made for another log; the record at index 8 commits to it. */
export const STOLEN = part("", "text/plain", Buffer.from("hello"), sha256("another owner"));

export const AT = { audience: 1, record: 2, invalidCharter: 3, unknown: 4, critical: 5, malformed: 6, stolen: 8 };

/** A record of one part, for the readers of the entry at `audience`. */
export const recordLeaf = (audience: number, whole: Uint8Array = RECORD): Item =>
  array(text("record"), uint(TIME), array(array(uint(audience), ...commitment(whole))));

const TAGS = Array.from({ length: 4 }, (_, i) => bytes(new Uint8Array(16).fill(i)));
const SPECIAL: Readonly<Record<number, Item>> = {
  0: charterLeaf(owner.first),
  [AT.audience]: array(
    text("audience"),
    uint(TIME),
    bytes(seeded("proof nonce", 16)),
    array(...TAGS),
    array(...commitment(MEMBERS)),
  ),
  [AT.record]: array(
    text("record"),
    uint(TIME),
    array(array(uint(AT.audience), ...commitment(RECORD)), array(uint(AT.audience), ...commitment(PICTURE))),
  ),
  [AT.invalidCharter]: charterLeaf(make(after(owner.first, { title: "Nobody signs this" }), [log2])),
  [AT.unknown]: array(text("memo"), uint(TIME), text("hello")),
  [AT.critical]: array(text("seal!"), uint(TIME)),
  [AT.malformed]: uint(1),
  7: array(text("followers"), uint(TIME), array()),
  [AT.stolen]: recordLeaf(AT.audience, STOLEN),
  [ROTATION]: charterLeaf(second),
};

export const leaves: readonly Item[] = Array.from({ length: SIZE }, (_, i) => SPECIAL[i] ?? memo(i));
export const withLeaf = (index: number, leaf: Item, of: readonly Item[] = leaves): readonly Item[] =>
  of.with(index, leaf);

/** Another tree, which the holder of a stolen log key signs: it differs from index 100 on. */
export const forked = withLeaf(100, memo(7777));
/** A valid charter that the owner did not place stands above the size at which the next epoch continues. */
export const LATE = 290;
export const withLate = withLeaf(LATE, charterLeaf(late));

// Epoch 1 continues epoch 0 at this size.
export const CONTINUED = 280;
export const log1 = key("nvwa.nl/1");
const opening = (before: Made, size: number = CONTINUED): Made =>
  make(after(before, { epoch: 1, continues: `0 ${size} ${base64(treeRoot(leaves.slice(0, size)))}`, log: [log1] }), [
    owner.root,
    log1,
  ]);
const epoch1 = opening(second);
export const epoch1Leaves: readonly Item[] = [charterLeaf(epoch1), memo(1), memo(2)];

export const ONE: readonly Placed[] = [[owner.first, 0]];
export const TWO: readonly Placed[] = [...ONE, [second, ROTATION]];
export const EPOCHS: readonly Placed[] = [...TWO, [epoch1, 0]];
/** The charter in the disavowed range stands in the chain, since the roots signed it. */
export const LATE_EPOCHS: readonly Placed[] = [...TWO, [late, LATE], [opening(late), 0]];

const log12 = key("nvwa.nl/2");
/** A wrong root was continued first; epoch 2 continues the same epoch with the right one. */
export const CORRECTED: readonly Placed[] = (() => {
  const wrong = make(
    after(second, { epoch: 1, continues: `0 ${CONTINUED} ${base64(sha256("a wrong root"))}`, log: [log1] }),
    [owner.root, log1],
  );
  const right = make(
    after(wrong, {
      epoch: 2,
      continues: `0 ${CONTINUED} ${base64(treeRoot(leaves.slice(0, CONTINUED)))}`,
      log: [log12],
    }),
    [owner.root, log12],
  );
  return [...TWO, [wrong, 0], [right, 0]];
})();

/** A line that nobody knows, and whoever does not must stop. */
const critical = (charter: string): string => insertLine(charter, 5, "quorum! 3");
export const criticalOwner = make(after(second, { title: "A later version" }), [owner.root], critical);

// Those who cosign. The first one changed its witness key, and its log key is of no interest.
export const witness = brief("bvl.example");
export const witness2 = key("bvl.example/witness", "bvl.example/witness 2", 0x04);
const witnessSecond = make(after(witness.first, { witness: [witness2] }), [witness.root, witness2]);
export const WITNESS: readonly Placed[] = [
  [witness.first, 0],
  [witnessSecond, 50],
];
export const stranger = brief("stranger.example");
export const criticalWitness = brief("critical.example", critical);

const idOf = ({ first }: { readonly first: Made }): string => digest(first.text);
export const trustLine = (who: { readonly name: string; readonly first: Made }, id: string = idOf(who)): string =>
  `authority ${who.name} ${id}\n`;
export const TRUST = trustLine(owner) + trustLine(witness) + trustLine(criticalWitness);

export const cosign = (signer: CharterKey, checkpoint: string): string => signer.cosign(BigInt(TIME), checkpoint);

export const chainFile = (charters: readonly Placed[], end = ""): string => {
  const [first] = charters;
  if (first === undefined) throw new Error("a chain without charters");
  const blocks = charters.map(
    ([{ spec, note }, index]) => `charter ${spec.epoch} ${index} ${note.split("\n").length - 1}\n${note}`,
  );
  const head = `authority ${first[0].spec.authority} ${hex(sha256(first[0].text))}\n`;
  return `entente chain v1\n${head}${blocks.join("")}${end}`;
};
